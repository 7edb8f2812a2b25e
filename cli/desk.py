"""What every command works with: options, language, output, exit codes, and the way to records and engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from pydantic import BaseModel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import Engine

from cli.screen import Screen, json_line
from cli.trouble import checked_url, read_settings
from infra import engine as temporal
from infra.db import migrate
from infra.db.directory import People
from infra.db.engine import open_engine
from infra.db.policies import Policies
from infra.db.refusals import Refusals
from infra.db.views import Views
from infra.gateway import Gateway
from infra.settings import Settings
from rules import policy
from rules.text import language, render, say
from rules.texts import CATALOGUE
from schemas.command import Actor
from schemas.message import Title
from schemas.reason import ErrorKind, Param, Reason, Refusal

DONE, PROBLEMS, USAGE, UNAVAILABLE = 0, 1, 2, 3


@Parameter(name="*")
@dataclass(frozen=True)
class Shared:
    """Options of every command.

    Attributes:
        json: One JSON object on stdout.
        lang: Language.
        data: Data folder.
        acting_as: Person that acts.
    """

    json: Annotated[bool, Parameter(negative=(), help="以 JSON 输出 / answer as one JSON object")] = False
    lang: Annotated[str, Parameter(help="语言 / language: zh-CN, en")] = ""
    data: Annotated[Path | None, Parameter(help="数据目录 / data folder (CUNTONG_DATA)")] = None
    acting_as: Annotated[
        str, Parameter(name="--as", help="以某人身份办理 / act as this person (CUNTONG_ACTING_AS)")
    ] = ""


class Desk:
    """The place a command works at. Text goes to stdout, progress and refusals to stderr; `--json` to stdout."""

    def __init__(self, shared: Shared | None = None) -> None:
        """Take the options; settings are read when they are needed, so that a refusal can be told without them."""
        self.shared = shared or Shared()
        self.json = self.shared.json
        self.lang = language(self.shared.lang or _reader_lang())
        self.console = Screen(is_terminal=sys.stdout.isatty(), stderr=False)
        self.errors = Screen(is_terminal=sys.stderr.isatty(), stderr=True)

    @cached_property
    def settings(self) -> Settings:
        """The settings of this installation, under the options.

        Raises:
            Refusal: One of them is not what it should be.
        """
        given = {"lang": self.shared.lang, "data": self.shared.data, "acting_as": self.shared.acting_as}
        return read_settings({key: value for key, value in given.items() if value})

    # Output

    def say(self, code: str, /, **params: Param | datetime | None) -> str:
        """Return a sentence in the reader's language."""
        return say(code, self.lang, **params)

    def word(self, family: str, code: str) -> str:
        """Return the word for a code of a family in the reader's language; the code itself where there is none."""
        return self.say(f"{family}.{code}") if f"{family}.{code}" in CATALOGUE else code or "—"

    def listed(self, titles: Iterable[Title]) -> str:
        """Return names in the reader's language, one after the other; a dash when there are none."""
        return ("、" if self.lang.startswith("zh") else ", ").join(title.text(self.lang) for title in titles) or "—"

    def line(self, code: str, /, **params: Param | datetime | None) -> None:
        """Print a sentence, unless the answer is JSON."""
        if not self.json:
            self.console.print(self.say(code, **params))

    def print(self, text: str) -> None:
        """Print a text as it is, unless the answer is JSON."""
        if not self.json:
            self.console.print(text)

    def note(self, code: str, /, **params: Param | datetime | None) -> None:
        """Tell progress on stderr."""
        self.errors.print(self.say(code, **params))

    def table(self, codes: Iterable[str], rows: Iterable[Iterable[str]], totals: Iterable[str] = ()) -> None:
        """Draw a table, unless the answer is JSON.

        Args:
            codes: Codes of the column heads.
            rows: Cells, as they are to be read.
            totals: Cells of a last row below a line; empty for none.
        """
        table = Table()
        for code in codes:
            table.add_column(self.say(code), overflow="fold")  # a cell that is cut off tells half the truth
        for row in rows:
            table.add_row(*row)
        if last := tuple(totals):
            table.add_section()
            table.add_row(*last)
        self.show(table)

    def show(self, what: Table) -> None:
        """Draw a table, unless the answer is JSON."""
        if not self.json:
            self.console.print(what)

    def answer(self, data: Any, code: int = DONE) -> int:  # noqa: ANN401 - whatever JSON can hold
        """Print the answer as JSON when asked to, and return the exit code."""
        if self.json:
            sys.stdout.write(json_line(plain(data)) + "\n")
            sys.stdout.flush()
        return code

    def refuse(self, reason: Reason, code: int | None = None) -> int:
        """Tell a refusal in the reader's language and return its exit code, `code` when given."""
        text = render(reason, self.lang)
        if self.json:
            self.answer({"error": {**reason.model_dump(mode="json"), "message": text}})
        self.errors.print(f"✗ {text}")
        return code or (UNAVAILABLE if reason.kind is ErrorKind.UNAVAILABLE else PROBLEMS)

    @contextmanager
    def progress(self, code: str, total: int) -> Iterator[Progress]:
        """Show progress of long work on stderr; its only task has id 0."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.errors, disable=not self.errors.is_terminal) as bar:
            bar.add_task(self.say(code), total=total)
            yield bar

    # Records, people, policies, engine

    @cached_property
    def records(self) -> Engine:
        """The records database, up to date.

        Raises:
            Refusal: Not there, not reachable, or older than this program.
        """
        url = checked_url(self.settings)
        migrate.check(url)
        return open_engine(url)

    @cached_property
    def shelf(self) -> policy.Shelf:
        """Policies of this installation, by reference."""
        return policy.Shelf(fetch=Policies(self.records).fetch)

    @cached_property
    def views(self) -> Views:
        """The read model."""
        return Views(self.records)

    @cached_property
    def refusals(self) -> Refusals:
        """The record of refusals."""
        return Refusals(self.records)

    def actor(self) -> Actor:
        """Return the person the command line acts as, with the posts held now.

        Raises:
            Refusal: Nobody is named, or the directory does not know them.
        """
        person = self.settings.acting_as
        if not person:
            raise Refusal("actor.none", ErrorKind.INVALID)
        return People(self.records).actor(person)

    async def gateway(self) -> Gateway:
        """Return the way to the engine.

        Raises:
            Refusal: No engine answers.
        """
        client = await temporal.connect(self.settings)
        return Gateway(client, recall=self.views.receipt, keep=self.refusals.keep)


def _reader_lang() -> str:
    """Return the language of the person at the terminal, also when something is wrong with the settings."""
    try:
        return read_settings({}).reader_lang
    except Refusal:
        return Settings.model_construct(lang=os.environ.get("CUNTONG_LANG", "")).reader_lang


def plain(data: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return data with every model as a plain dictionary."""
    if isinstance(data, BaseModel):
        return data.model_dump(mode="json")
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    return data
