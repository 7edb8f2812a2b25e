"""`/a/{token}`: a letter opened by the link in it. To look never acts: mail scanners and previews follow links too."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from console.limit import Limit
from console.office import PAGE, Answer, Office
from console.pages import letter_page, refusal_page
from infra.db.answers import OpenedLetter
from infra.links import PATH
from rules.text import LANGUAGES
from schemas.reason import ErrorKind, Refusal

ANSWERS_PER_MINUTE = 60
"""Duties acknowledged a minute by one link."""

MISSES_PER_MINUTE = 30
"""Links that are none, a minute and address: people mistype, machines guess."""

STATUS = {
    ErrorKind.REFUSED: 409,
    ErrorKind.CONFLICT: 409,
    ErrorKind.INVALID: 422,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.UNAVAILABLE: 503,
}
_GONE, _TOO_MANY, _FORBIDDEN = 410, 429, 403


class _Counter:
    """Serves links, and counts who asks how often."""

    def __init__(self, office: Office, public_url: str) -> None:
        self.office = office
        self._own = _origin(public_url)
        self._answers, self._misses = Limit(ANSWERS_PER_MINUTE), Limit(MISSES_PER_MINUTE)

    async def opened(self, token: str, request: Request) -> OpenedLetter:
        """Return the letter of a link.

        Raises:
            Refusal: It is none, or no more; or too many that were none came from there. A good link always opens: a
                whole office may share an address with somebody who guesses.
        """
        address = request.client.host if request.client else ""
        try:
            return await asyncio.to_thread(self.office.open, token, datetime.now(UTC))
        except Refusal as refusal:
            is_miss = refusal.reason.kind is ErrorKind.NOT_FOUND
            if is_miss and (seconds := self._misses.wait(address, time.monotonic())):
                raise _too_many(seconds) from refusal
            raise

    def check(self, letter: OpenedLetter, request: Request, count: int) -> None:
        """Pass when an act may come from where it comes from, and this often.

        Raises:
            Refusal: `link.other_origin` or `link.too_many`.
        """
        origin = request.headers.get("origin")
        host = request.headers.get("host", "")
        if origin is not None and origin != self._own and urlsplit(origin).netloc != host:
            raise Refusal("link.other_origin", origin=origin[:100])
        if seconds := self._answers.wait(letter.key, time.monotonic(), cost=count):
            raise _too_many(seconds)


def router(office: Office, public_url: str) -> APIRouter:
    """Return the routes of links."""
    routes, counter = APIRouter(), _Counter(office, public_url)

    @routes.get(PATH + "{token}")
    async def show(request: Request, token: str, page: int = 1) -> HTMLResponse:
        try:
            letter = await counter.opened(token, request)
            found = await asyncio.to_thread(office.page, letter, datetime.now(UTC), page)
        except Refusal as refusal:
            return _refused(refusal, request)
        return HTMLResponse(letter_page(found, token))

    @routes.post(PATH + "{token}")
    async def answer(  # noqa: PLR0913 - the fields of the form
        request: Request,
        token: str,
        notice: Annotated[list[str], Form(max_length=PAGE)],
        promised: Annotated[str, Form(max_length=100)] = "",
        note: Annotated[str, Form(max_length=5000)] = "",
        page: Annotated[int, Form()] = 1,
    ) -> HTMLResponse:
        try:
            letter = await counter.opened(token, request)
            counter.check(letter, request, len(notice))
            answers = await office.acknowledge(letter, notice, promised, note.strip(), datetime.now(UTC))
            found = await asyncio.to_thread(office.page, letter, datetime.now(UTC), page)
        except Refusal as refusal:
            return _refused(refusal, request)
        return HTMLResponse(letter_page(found, token, answers), status_code=_status(answers))

    return routes


def _status(answers: list[Answer]) -> int:
    """Return the status of an answer: done when anything was, else that of the first refusal."""
    reasons = [one.reason for one in answers if one.reason]
    return STATUS[reasons[0].kind] if reasons and len(reasons) == len(answers) else 200


def _refused(refusal: Refusal, request: Request) -> HTMLResponse:
    codes = {"link.expired": _GONE, "link.too_many": _TOO_MANY, "link.other_origin": _FORBIDDEN}
    status = codes.get(refusal.reason.code, STATUS[refusal.reason.kind])
    response = HTMLResponse(refusal_page(refusal.reason, _langs(request)), status_code=status)
    if status == _TOO_MANY:
        response.headers["Retry-After"] = str(refusal.reason.params["seconds"])
    return response


def _langs(request: Request) -> tuple[str, ...]:
    """Return in which languages somebody whom we do not know is spoken to: both, the preferred one first."""
    wanted = request.headers.get("accept-language", "zh").lower()
    return LANGUAGES if wanted.startswith("zh") else tuple(reversed(LANGUAGES))


def _too_many(seconds: float) -> Refusal:
    return Refusal("link.too_many", ErrorKind.UNAVAILABLE, seconds=int(seconds) + 1)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
