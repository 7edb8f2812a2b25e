"""Base classes of all messages.

`Message` is for what is written once and read for years (histories, journal): unknown fields are ignored and
new fields always carry a default. `Document` is for what people write (policies, files): a typing error in a
field name must be told, so unknown fields are refused.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("an instant between the years 1 and 9999 is needed") from None


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A point in time, always aware and always UTC."""


class Message(BaseModel):
    """A frozen, additive message: what an older version wrote, a newer version reads."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Document(BaseModel):
    """A frozen document written by a person: unknown fields are refused, with their place."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(Document):
    """The same name in the two languages of every reader.

    Attributes:
        zh: Chinese, as officials write it.
        en: English, in the field's standard terms.
    """

    zh: str
    en: str

    def text(self, lang: str) -> str:
        """Return the name in `lang` (anything that starts with `zh`, else English)."""
        return self.zh if lang.startswith("zh") else self.en
