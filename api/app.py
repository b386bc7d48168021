"""The HTTP application: routes, errors, limits and headers put together."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files

from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import collection_routes, document_routes, errors, page_routes, routes, widget_routes
from api.addresses import is_loopback_name
from api.errors import ForbiddenError
from api.guard import Guard
from api.key_file import KeyFile
from api.limits import BodyLimit
from api.logs import Metrics, RequestLog
from api.openapi import describe
from api.pages import Pages
from api.question_pool import QuestionPool, QuestionProcesses, QuestionThreads
from api.rates import Rates
from api.service import Service
from api.settings import Settings
from api.state import State
from api.upkeep import Upkeep
from api.workers import Workers

__all__ = ["create_app"]

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def create_app(settings: Settings, *, service: Service | None = None) -> FastAPI:
    """Make the application.

    Args:
        settings: Read once, at start.
        service: Used instead of one made from the settings, for tests.
    """
    service = service or Service(settings)
    keys = KeyFile(settings.data)
    metrics = Metrics()
    workers = Workers(threads=settings.workers, waiting=settings.waiting)
    state = State(service, _questions(settings, service, workers), workers, metrics, Pages())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.get_running_loop().run_in_executor(None, state.questions.warm)
        upkeep = Upkeep(service.opened, settings.compaction())
        upkeep.start()
        yield
        upkeep.stop()
        state.questions.close()
        workers.close()
        service.close()

    middleware = [
        Middleware(RequestLog, metrics=metrics),
        Middleware(SecurityHeaders),
        Middleware(
            Guard,
            keys=keys,
            rates=Rates(per_key=settings.limit_per_key, per_address=settings.limit_per_address),
            open_pages=settings.open_pages,
        ),
        Middleware(BodyLimit, document_bytes=settings.max_file_bytes),
    ]
    app = FastAPI(
        title="footnoted",
        version=version("footnoted"),
        summary="Answers from your own documents, in the words of the source",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=middleware,
        dependencies=[Depends(_own_host_unless(keys))] if is_loopback_name(settings.host) else [],
    )
    app.state.footnoted = state
    errors.install(app)
    app.include_router(routes.router)
    app.include_router(document_routes.router)
    app.include_router(collection_routes.router)
    app.include_router(page_routes.router)
    app.include_router(widget_routes.router)
    app.mount("/static/swagger", StaticFiles(directory=page_routes.swagger_folder()))
    app.mount("/static", StaticFiles(directory=str(files("api").joinpath("static"))))
    described = functools.cache(lambda: describe(app))
    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way
    return app


def _questions(settings: Settings, service: Service, workers: Workers) -> QuestionPool:
    if settings.processes == 1:
        return QuestionThreads(service, workers)
    return QuestionProcesses(settings, processes=settings.processes, waiting=settings.waiting)


def _own_host_unless(keys: KeyFile) -> Callable[[Request], Awaitable[None]]:
    async def require_own_host(request: Request) -> None:
        """A page of another site can point a name of its own at this machine; Host tells.

        With keys it may: a proxy on this machine keeps the public name, and a key is asked for.
        """
        name = request.url.hostname or ""
        if not is_loopback_name(name) and not keys.ring().keys:
            raise ForbiddenError(f"this service is not called {name[:200]!r}")

    return require_own_host


class SecurityHeaders:
    """Adds the headers that keep a page from running or loading what is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()),
                ]
            await send(message)

        await self._app(scope, receive, sending)
