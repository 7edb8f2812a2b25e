"""No more of a body is taken in than anybody has reason to send: before it is parsed, whatever its length says."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024


class CappedBodies:
    """Reads the body of a request before the application does, and lets `too_large` answer where it is too long."""

    def __init__(self, app: ASGIApp, too_large: ASGIApp) -> None:
        """Take the application, and what answers instead of it."""
        self._app = app
        self._too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; of a body that is too long no more is read than that."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        body, is_more = b"", True
        while is_more:
            part = await receive()
            if part["type"] != "http.request":
                return None  # whoever asked has gone
            body += part.get("body", b"")
            if len(body) > LARGEST_BODY:
                return await self._too_large(scope, receive, send)
            is_more = part.get("more_body", False)
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def read() -> Message:
            return whole.pop() if whole else await receive()

        return await self._app(scope, read, send)
