"""Pages with the widget in a real browser, over replies that were written by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from replies import ReplyServer, page

REFUSED = "Failed to load resource"  # how Chromium itself tells of a status of 400 and more


@pytest.fixture(scope="session")
def reply_server() -> Iterator[ReplyServer]:
    with ReplyServer.running() as server:
        yield server


@pytest.fixture
def replies(reply_server: ReplyServer) -> ReplyServer:
    """The server of the replies, with nothing left of the test before."""
    reply_server.forget()
    return reply_server


@pytest.fixture
def opened(chromium: Any, replies: ReplyServer) -> Iterator[Callable[..., Page]]:
    """Opens a page with the widget; at the end, no page may have told of an error."""
    contexts, errors = [], []

    def note(message: Any) -> None:
        if message.type == "error" and not message.text.startswith(REFUSED):
            errors.append(message.text)

    def go(
        tag: str = "<ask-widget></ask-widget>",
        *,
        head: str = "",
        body: str = "",
        before: Callable[[Page], object] = lambda tab: None,
        **options: Any,
    ) -> Page:
        headers = options.pop("headers", {})
        contexts.append(chromium.new_context(**options))
        contexts[-1].set_default_timeout(20_000)
        tab: Page = contexts[-1].new_page()
        tab.on("console", note)
        tab.on("pageerror", lambda error: errors.append(str(error)))
        before(tab)
        tab.goto(replies.show("/page", page(head, body, tag=tag), **headers))
        tab.locator("ask-widget:defined").first.wait_for(state="attached")
        return tab

    yield go
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def tab(opened: Callable[..., Page]) -> Page:
    """A page with the widget as its one tag makes it."""
    return opened()


@pytest.fixture
def box(tab: Page) -> Page:
    """The same, with the box open."""
    tab.get_by_role("button", name="Ask").click()
    return tab
