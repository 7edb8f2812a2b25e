"""`/hooks/receipts/{channel}`: what became of letters, told by gateways as signed Standard Webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from infra.db.receipts import Receipts
from schemas.reason import ErrorKind, Refusal
from schemas.receipt import LetterEvent

_DONE, _FORGED, _UNKNOWN, _INVALID = 200, 401, 404, 422


def router(receipts: Receipts, signers: Mapping[str, Sequence[Webhook]]) -> APIRouter:
    """Return the route of receipts.

    Args:
        receipts: Takes them.
        signers: Secrets with which they are signed, by channel; a channel without any tells nothing.
    """
    routes = APIRouter()

    @routes.post("/hooks/receipts/{channel}")
    async def receive(request: Request, channel: str) -> JSONResponse:
        body = await request.body()
        if channel not in signers:
            return _said(_UNKNOWN, "unknown_channel")
        if not _is_ours(body, request, signers[channel]):
            return _said(_FORGED, "not_verified")
        try:
            event = LetterEvent.model_validate_json(body)
            event_id = request.headers["webhook-id"]
            taken = await asyncio.to_thread(receipts.take, event, event_id, channel)
        except ValidationError:
            return _said(_INVALID, "invalid")
        except Refusal as refusal:
            if refusal.reason.kind is not ErrorKind.NOT_FOUND:
                raise
            return _said(_UNKNOWN, "unknown_letter")
        return _said(_DONE, taken)

    return routes


def _is_ours(body: bytes, request: Request, signers: Sequence[Webhook]) -> bool:
    """Whether somebody who knows one of the secrets has signed this within the last minutes."""
    headers = dict(request.headers)
    return any(_verified(signer, body, headers) for signer in signers)


def _verified(signer: Webhook, body: bytes, headers: dict[str, str]) -> bool:
    try:
        signer.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # the library lets bad base64 and bad UTF-8 through
        return False
    return True


def _said(status: int, code: str) -> JSONResponse:
    return JSONResponse({"status": code}, status_code=status)
