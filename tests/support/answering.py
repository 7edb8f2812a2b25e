"""A console over records with one letter in them, and an engine that decides by the rules alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Engine, update
from standardwebhooks.webhooks import Webhook

from console.app import Wiring, create_app
from console.office import Office
from infra.db.answers import Answers
from infra.db.directory import People
from infra.db.engine import writing
from infra.db.receipts import Receipts
from infra.db.records import Records
from infra.db.tables import outbox, person
from infra.links import Links
from rules.digest import letter_key
from rules.project import Accepted, Refused, decide
from schemas.command import Command, Receipt
from schemas.event import Acknowledged
from schemas.reason import ErrorKind, Refusal
from tests.support import books, journals, mailroom, offices

KEYS = (b"a secret of the tests that is long enough",)
SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
DAY = timedelta(days=1)


class RuleGateway:
    """Decides like the engine, remembers command ids like the engine, and changes nothing.

    Attributes:
        sent: Every command that came, with its project.
        acts: Commands that were carried out.
        now: The instant at which it decides.
        is_away: Whether no engine answers.
    """

    def __init__(self, answers: Answers, now: datetime) -> None:
        """Nothing has been sent."""
        self._answers = answers
        self.sent: list[tuple[str, Command]] = []
        self.acts: dict[tuple[str, str], Acknowledged] = {}
        self.now = now
        self.is_away = False

    async def send(self, project_id: str, command: Command) -> Receipt:
        """Answer a command.

        Raises:
            Refusal: By the rules, or the engine is away.
        """
        self.sent.append((project_id, command))
        if self.is_away:
            raise Refusal("engine.failed", ErrorKind.UNAVAILABLE, address="127.0.0.1:1", detail="away")
        state = self._answers.states([project_id])[project_id]
        key = (project_id, command.command_id)
        is_repeat = key in self.acts
        if not is_repeat:
            answer = decide(state, command, self.now, books.shelf().book(state.pins))
            if isinstance(answer, Refused):
                raise Refusal(answer.reason.code, answer.reason.kind, **answer.reason.params)
            assert isinstance(answer, Accepted)
            (event,) = answer.events
            assert isinstance(event, Acknowledged)
            self.acts[key] = event
        return Receipt(
            project_id=project_id,
            command_id=command.command_id,
            seq=state.seq + 1,
            is_repeat=is_repeat,
            status=state.status,
            open_stages=tuple(state.open_stages()),
        )


class Counter:
    """A console with one letter to the county officer about projects that are overdue.

    Attributes:
        engine: Database of the records.
        key: Key of the letter.
        gateway: The engine's stand-in.
        client: A browser.
    """

    def __init__(self, engine: Engine, now: datetime, *, projects: int = 2, place: str = "") -> None:
        """Write the records."""
        self.engine = engine
        People(engine).import_directory(offices.directory(), journals.STARTED_AT - DAY)
        records = Records(engine, books.shelf())
        began = now - 60 * DAY
        for number in range(1, projects + 1):
            subject = journals.project(f"US18F-{number:06}", village_code=f"533323{number:06}")
            life = journals.Journal(subject, at=began)
            life.days(60)
            for commit in life.commits:
                records.commit(commit)
        self.receiver = "of-provincial_supervisor"
        mine = [row.key for row in mailroom.notices(engine, person_id=self.receiver) if row.stage]
        assert mine
        self.key = letter_key(self.receiver, "digest", "2018-09-03")
        mailroom.write(engine, self.key, mine, now, person_id=self.receiver, state="delivered")
        if place:
            with writing(engine) as connection:
                connection.execute(update(outbox).values(place=place))
        self.written_at = now
        self.gateway = RuleGateway(Answers(engine), now)
        self.links = Links(KEYS, "https://cuntong.example", 30)
        transport = httpx.ASGITransport(create_app(self._wiring()))
        self.client = httpx.AsyncClient(transport=transport, base_url="https://cuntong.example")

    @property
    def path(self) -> str:
        """Path of the link in the letter."""
        return self.path_of(self.key, self.receiver)

    def path_of(self, key: str, person_id: str, at: datetime | None = None) -> str:
        """Return the path of a link."""
        return self.links.letter(key, person_id, at or self.written_at).removeprefix("https://cuntong.example")

    async def notices(self) -> list[str]:
        """Return the keys that forms of the page send, each once."""
        page = (await self.client.get(self.path)).text
        return list(dict.fromkeys(re.findall(r'name="notice" value="([0-9a-f]{64})"', page)))

    async def answer(
        self, keys: Sequence[str], promised: str, note: str = "", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send the form of a page."""
        form = {"notice": list(keys), "promised": promised, "note": note}
        return await self.client.post(self.path, data=form, headers=headers)

    def speak(self, lang: str) -> None:
        """Let the receiver read another language."""
        with writing(self.engine) as connection:
            connection.execute(update(person).where(person.c.person_id == self.receiver).values(lang=lang))

    def _wiring(self) -> Wiring:
        async def gateway() -> Any:  # noqa: ANN401 - stands in for one
            return self.gateway

        async def is_well() -> bool:
            return not self.gateway.is_away

        return Wiring(
            office=Office(self.engine, books.shelf(), KEYS, gateway),
            receipts=Receipts(self.engine, {"file", "email", "gateway"}),
            signers={"gateway": [Webhook(SECRET)]},
            public_url="https://cuntong.example",
            is_well=is_well,
        )
