"""Running the service: address, announcement, logs, and an orderly end."""

import datetime as dt
import logging
import signal
import socket
import sys

import uvicorn

from api.addresses import is_loopback_name
from api.app import create_app
from api.discovery import announce, withdraw
from api.http_protocol import BoundedProtocol
from api.key_file import KeyFile
from api.logs import configure_logging
from api.settings import Settings, SettingsError

__all__ = ["run"]

log = logging.getLogger("footnoted")
BACKLOG = 128
SHUTDOWN_SECONDS = 10


def run(settings: Settings) -> None:
    """Serve until the process is told to end.

    Raises:
        SettingsError: The address cannot be listened on.
    """
    listener = _listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    configure_logging()
    app = create_app(settings.for_questions())
    url = f"http://{_reachable(host)}:{port}"
    _tell_where(url)
    _tell_who_may_ask(settings)
    announce(settings.data, url)
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    # When it has shut down, uvicorn raises the signal again; by default that would end the process
    # with the announcement still there.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        withdraw(settings.data)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it on, every
    # second request on a connection takes 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"cannot listen on {host} port {port}: {error.strerror or error}; "
            "choose another with --host and --port"
        ) from None
    listener.listen(BACKLOG)
    return listener


def _reachable(host: str) -> str:
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
    return anywhere.get(host, f"[{host}]" if ":" in host else host)


def _tell_where(url: str) -> None:
    """To a person on a terminal; elsewhere as a line of the log, which programs read."""
    if sys.stderr.isatty():
        print(f"footnoted serves {url}  (Ctrl-C ends it)", file=sys.stderr, flush=True)
    else:
        log.info("serving at %s", url)


def _tell_who_may_ask(settings: Settings) -> None:
    if kept := KeyFile(settings.data).ring().keys:
        live = sum(key.is_live(dt.datetime.now(dt.UTC)) for key in kept)
        log.info("keys: every request needs one; %d of %d may be used", live, len(kept))
    elif is_loopback_name(settings.host):
        log.info("no keys: this machine may ask, and change documents")
    else:
        log.warning(
            "no keys: everyone who reaches %s may ask; documents can be changed from this "
            "machine only",
            settings.host,
        )
