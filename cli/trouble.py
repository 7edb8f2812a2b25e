"""Turns errors of the outside world into coded reasons; what it does not know is a bug, and stays one."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from temporalio.service import RPCError

from infra.db.engine import database_url
from infra.files.model_error import rule
from infra.settings import Settings
from rules.policy import PolicyMissingError
from schemas.reason import ErrorKind, Reason, Refusal

_PASSWORD = re.compile(r"(://[^/]*:).*@")
_SHOWN = 200


def reason_of(error: BaseException) -> Reason | None:
    """Return why something failed, as a person can act on it; None when this error should not have happened."""
    match error:
        case Refusal():
            return error.reason
        case PolicyMissingError():
            return Reason(code="policy.not_published", params={"ref": str(error)}, kind=ErrorKind.UNAVAILABLE)
        case SQLAlchemyError():
            detail = _line(error.orig if isinstance(error, DBAPIError) and error.orig else error)
            return Reason(code="records.away", params={"detail": detail}, kind=ErrorKind.UNAVAILABLE)
        case RPCError():
            return Reason(code="engine.answered", params={"detail": _line(error)}, kind=ErrorKind.UNAVAILABLE)
        case OSError():
            path, detail = str(error.filename or "—"), error.strerror or _line(error)
            return Reason(code="file.failed", params={"path": path, "detail": detail}, kind=ErrorKind.UNAVAILABLE)
        case _:
            return None


def read_settings(given: dict[str, Any]) -> Settings:
    """Return the settings of this installation, with the options given over them.

    Raises:
        Refusal: One of them is not what it should be; names the setting, the value and the rule.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        name, value = f"CUNTONG_{str(wrong['loc'][-1]).upper()}", str(wrong.get("input", ""))[:_SHOWN]
        raise Refusal("settings.invalid", ErrorKind.INVALID, setting=name, value=value, rule=rule(wrong)) from error


def checked_url(settings: Settings) -> str:
    """Return the URL of the records.

    Raises:
        Refusal: It is none, or of a database that cannot keep them.
    """
    url = settings.records_url
    try:
        database_url(url).get_dialect()
    except (SQLAlchemyError, ValueError) as error:
        raise Refusal("records.bad_url", ErrorKind.INVALID, url=_PASSWORD.sub(r"\1***@", url)) from error
    return url


def shown_url(url: str) -> str:
    """Return a sound database URL without its password."""
    return database_url(url).render_as_string(hide_password=True)


def _line(error: object) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:_SHOWN]
