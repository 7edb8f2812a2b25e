"""What every command works with: options, language, output, exit codes, and the way to records and engine."""

from __future__ import annotations

import json
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
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from infra import engine as temporal
from infra.db import migrate
from infra.db.directory import People
from infra.db.engine import open_engine
from infra.db.policies import Policies
from infra.db.views import Views
from infra.gateway import Gateway
from infra.settings import Settings
from rules import policy
from rules.text import language, render, say
from schemas.command import Actor
from schemas.message import Title
from schemas.reason import ErrorKind, Param, Reason, Refusal

DONE, PROBLEMS, USAGE, UNAVAILABLE = 0, 1, 2, 3
_FILE_WIDTH = 160


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
        """Take the options over the settings."""
        shared = shared or Shared()
        given: dict[str, Any] = {"lang": shared.lang, "data": shared.data, "acting_as": shared.acting_as}
        self.settings = Settings(**{key: value for key, value in given.items() if value})
        self.json = shared.json
        self.lang = language(self.settings.reader_lang)
        self.console = _console(sys.stdout.isatty(), stderr=False)
        self.errors = _console(sys.stderr.isatty(), stderr=True)

    # Output

    def say(self, code: str, /, **params: Param | datetime | None) -> str:
        """Return a sentence in the reader's language."""
        return say(code, self.lang, **params)

    def listed(self, titles: Iterable[Title]) -> str:
        """Return names in the reader's language, one after the other; a dash when there are none."""
        return ("、" if self.lang.startswith("zh") else ", ").join(title.text(self.lang) for title in titles) or "—"

    def line(self, code: str, /, **params: Param | datetime | None) -> None:
        """Print a sentence, unless the answer is JSON."""
        if not self.json:
            self.console.print(self.say(code, **params), markup=False)

    def print(self, text: str) -> None:
        """Print a text as it is, unless the answer is JSON."""
        if not self.json:
            self.console.print(text, markup=False)

    def note(self, code: str, /, **params: Param | datetime | None) -> None:
        """Tell progress on stderr."""
        self.errors.print(self.say(code, **params), markup=False)

    def show(self, what: Any) -> None:  # noqa: ANN401 - whatever rich can draw
        """Draw a table or text, unless the answer is JSON."""
        if not self.json:
            self.console.print(what)

    def answer(self, data: Any, code: int = DONE) -> int:  # noqa: ANN401 - whatever JSON can hold
        """Print the answer as JSON when asked to, and return the exit code."""
        if self.json:
            sys.stdout.write(json.dumps(plain(data), ensure_ascii=False, default=str) + "\n")
            sys.stdout.flush()
        return code

    def refuse(self, reason: Reason) -> int:
        """Tell a refusal in the reader's language and return its exit code."""
        text = render(reason, self.lang)
        if self.json:
            self.answer({"error": {**reason.model_dump(mode="json"), "message": text}})
        self.errors.print(f"✗ {text}", markup=False)
        return UNAVAILABLE if reason.kind is ErrorKind.UNAVAILABLE else PROBLEMS

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
        url = self.settings.records_url
        if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
            raise Refusal("records.none", ErrorKind.UNAVAILABLE, url=url)
        if migrate.pending(url):
            raise Refusal("records.old", ErrorKind.UNAVAILABLE, url=shown_url(url))
        return open_engine(url)

    @cached_property
    def shelf(self) -> policy.Shelf:
        """Policies of this installation, by reference."""
        return policy.Shelf(fetch=Policies(self.records).fetch)

    @cached_property
    def views(self) -> Views:
        """The read model."""
        return Views(self.records)

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
        return Gateway(await temporal.connect(self.settings))


def _console(is_terminal: bool, *, stderr: bool) -> Console:
    return Console(stderr=stderr, soft_wrap=True, highlight=False, width=None if is_terminal else _FILE_WIDTH)


def shown_url(url: str) -> str:
    """Return a database URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def plain(data: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return data with every model as a plain dictionary."""
    if isinstance(data, BaseModel):
        return data.model_dump(mode="json")
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    return data


def database_away(error: OperationalError | ProgrammingError) -> Reason:
    """Return the reason that tells of a database that does not answer."""
    detail = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    return Reason(code="records.away", params={"detail": detail}, kind=ErrorKind.UNAVAILABLE)


def policy_away(missing: policy.PolicyMissingError) -> Reason:
    """Return the reason that tells of a policy that these records do not hold."""
    return Reason(code="policy.not_published", params={"ref": str(missing)}, kind=ErrorKind.UNAVAILABLE)
