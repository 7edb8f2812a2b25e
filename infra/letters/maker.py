"""Makes letters with the templates they name and the links of this installation."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from datetime import datetime
from functools import partial

import structlog

from infra.channels.base import Manners
from infra.db.in_force import InForce
from infra.letters.make import make
from infra.links import Links, link_keys
from infra.settings import Settings
from rules.policy import PolicyDocuments, PolicyMissingError, installed
from rules.reader import CHINA_OFFSET_HOURS
from schemas.letter import Letter, MadeLetter
from schemas.messaging import LetterTemplates

NO_LINK = ""


class Maker:
    """Makes letters; the same letter always gives the same bytes."""

    def __init__(
        self,
        document: Callable[[str], PolicyDocuments],
        link: Callable[[str, str, datetime], str] = lambda _key, _person_id, _at: NO_LINK,
        *,
        shared: Container[str] = (),
        worst: int = 10,
        utc_offset_hours: float = CHINA_OFFSET_HOURS,
    ) -> None:
        """Take what is needed.

        Args:
            document: Finds the published document of a reference.
            link: Returns the link to answer a letter, by its key, its receiver and its date.
            shared: Names of channels on which others read along: letters have no link there.
            worst: How many notices a letter tells in full.
            utc_offset_hours: Offset of the local time of its readers.
        """
        self._document = document
        self._link = link
        self._shared = shared
        self._worst = worst
        self._offset = utc_offset_hours

    def __call__(self, letter: Letter) -> MadeLetter:
        """Return a letter as it leaves the house, with the templates of this tree where its own are not to be found."""
        is_shared = letter.channel in self._shared
        link = NO_LINK if is_shared else self._link(letter.key, letter.person_id, letter.created_at)
        return make(
            letter.model_copy(update={"link": link, "worst": self._worst, "utc_offset_hours": self._offset}),
            self._templates(letter.templates),
        )

    def _templates(self, ref: str) -> LetterTemplates | None:
        if not ref:
            return None
        try:
            found = self._document(ref)
        except PolicyMissingError:
            found = None
        if isinstance(found, LetterTemplates):
            return found
        structlog.get_logger("cuntong.letters").error("templates_missing", ref=ref)
        return None


def open_maker(settings: Settings, in_force: InForce, manners: Mapping[str, Manners]) -> Maker:
    """Return what makes the letters of this installation, with links to answer them when people can reach it.

    Args:
        settings: Settings.
        in_force: What is in force.
        manners: Its channels: where others read along, there are no links.

    Raises:
        Refusal: `link.no_secret`: links are wanted, and their secret can be neither read nor made.
    """
    manner = in_force.manner()
    maker = partial(
        Maker,
        installed.document,
        shared={name for name, one in manners.items() if one.is_shared},
        worst=manner.policy.worst,
        utc_offset_hours=manner.calendar.document.utc_offset_hours,
    )
    if not settings.public_url:
        return maker()
    return maker(Links(link_keys(settings), settings.public_url, manner.policy.promise_days).letter)
