"""The widget over HTTP: its script, its types, and a page to try it and to copy the tag."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.errors import NotFoundError
from api.state import state_of
from api.widget_files import SCRIPT, TYPES, built

__all__ = ["router"]

router = APIRouter(prefix="/widget", include_in_schema=False)

# A page that checks the script's integrity asks for it as another site, and without credentials.
FOR_EVERY_SITE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
HOUR = "public, max-age=3600"
FOR_EVER = "public, max-age=31536000, immutable"


@router.get("", response_class=HTMLResponse)
async def demo(request: Request) -> HTMLResponse:
    """Set it up, see it live, copy the tag."""
    script = built()
    page = state_of(request).pages.widget(version=script.version, integrity=script.integrity)
    return HTMLResponse(page)


@router.get(f"/{SCRIPT}")
async def latest_script(request: Request) -> Response:
    """The widget of this release."""
    return _script(request, HOUR)


@router.get(f"/{TYPES}")
async def types() -> Response:
    """Its types, for pages that are written in TypeScript."""
    headers = {**FOR_EVERY_SITE, "Cache-Control": HOUR}
    return Response(built().types, media_type="text/plain; charset=utf-8", headers=headers)


@router.get(f"/{{version}}/{SCRIPT}")
async def versioned_script(request: Request, version: str) -> Response:
    """Exactly these bytes, for as long as anybody keeps them."""
    if version != built().version:
        raise NotFoundError(
            f"this service has the widget {built().version}, not {version[:100]!r}; "
            "`footnoted widget` prints the tag for it"
        )
    return _script(request, FOR_EVER)


def _script(request: Request, kept: str) -> Response:
    script = built()
    content, encoding = script.encoded(request.headers.get("accept-encoding", ""))
    headers = {**FOR_EVERY_SITE, "Cache-Control": kept, "ETag": f'"{script.version}-{encoding}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)
