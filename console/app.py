"""The web application: assembled here, with what every answer carries and what becomes of errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from standardwebhooks.webhooks import Webhook

from console import hooks, links
from console.body import LARGEST_BODY, CappedBodies
from console.office import Office
from console.pages import refusal_page
from infra.db.receipts import Receipts
from rules.text import LANGUAGES
from schemas.reason import ErrorKind, Reason

STATIC = Path(__file__).parent / "static"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a link is a secret; and with `no-referrer` forms would name no origin
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer: nothing from elsewhere, no script at all, nothing kept, nothing told to others."""


@dataclass(frozen=True)
class Wiring:
    """What the application works with.

    Attributes:
        office: Answers letters.
        receipts: Takes receipts of letters.
        signers: Secrets with which receipts are signed, by channel.
        public_url: Address at which people reach the application; empty when unknown.
        is_well: Whether what it needs answers; never raises.
    """

    office: Office
    receipts: Receipts
    signers: Mapping[str, Sequence[Webhook]]
    public_url: str
    is_well: Callable[[], Awaitable[bool]]


def create_app(wiring: Wiring) -> FastAPI:
    """Return the application."""
    app = FastAPI(title="Cuntong", docs_url=None, redoc_url=None, openapi_url=None)

    app.add_middleware(CappedBodies, too_large=_too_large())

    @app.middleware("http")
    async def _careful(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    @app.exception_handler(RequestValidationError)
    async def _bad_form(_request: Request, _error: RequestValidationError) -> HTMLResponse:
        reason = Reason(code="link.bad_form", kind=ErrorKind.INVALID)
        return HTMLResponse(refusal_page(reason, LANGUAGES), status_code=422)

    @app.get("/healthz")
    async def _health() -> PlainTextResponse:
        is_well = await wiring.is_well()
        return PlainTextResponse("ok\n" if is_well else "unavailable\n", status_code=200 if is_well else 503)

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(links.router(wiring.office, wiring.public_url))
    app.include_router(hooks.router(wiring.receipts, wiring.signers))
    return app


def _too_large() -> HTMLResponse:
    reason = Reason(code="link.too_large", kind=ErrorKind.INVALID, params={"most": LARGEST_BODY // 1024})
    return HTMLResponse(refusal_page(reason, LANGUAGES), status_code=413, headers={"Connection": "close"})
