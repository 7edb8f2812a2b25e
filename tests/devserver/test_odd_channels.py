"""Channels that are slow, silent or odd, and letters that cannot be made: the others go on, and nothing is guessed."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from infra.channels.base import Fate, Manners, TemporaryFailure, UnknownOutcome
from infra.channels.file import FileChannel
from infra.db.letter_views import LetterViews
from infra.db.tables import letter
from infra.letters.make import make
from infra.letters.maker import Maker
from schemas.letter import Letter, MadeLetter
from tests.support import books, posting
from tests.support.moments import Clock
from tests.support.odd import odd
from tests.support.posting import rows, tries
from tests.support.stint import Stint

COUNT = 12


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def filed(engine: Engine) -> list[str]:
    """Return the keys of letters to many people without an address, that wait for files."""
    return posting.post(engine, COUNT, channel="file", email=None)


def states(engine: Engine) -> Counter[str]:
    return Counter(posting.states(engine))


async def test_an_error_that_nobody_foresaw_is_on_record_and_stops_nothing(
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock
) -> None:
    channel = odd(tmp_path, filed[0], KeyError("nobody thought of this"))
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT - 1, "pending": 1})
        told = LetterViews(engine).attempts(filed[0])[-1]
        assert (told.state, told.detail) == ("unknown", "KeyError: 'nobody thought of this'")
        channel.key = ""
        clock.turn(hours=1)
        await stint.until(lambda: states(engine) == {"delivered": COUNT})


async def test_a_letter_that_cannot_be_made_stops_no_other(
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock
) -> None:
    def maker(one: Letter) -> MadeLetter:
        if one.key == filed[3]:
            raise ZeroDivisionError("by\nzero")
        return make(one)

    async with Stint(engine, FileChannel(tmp_path, "cuntong@example.cn"), clock, maker) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT - 1, "dead": 1})
    row = rows(engine)[3]
    assert (row.reason_code, row.detail) == ("unmakeable", "it cannot be made: ZeroDivisionError: by zero")


def written(folder: Path, key: str) -> bytes:
    (file,) = folder.rglob(f"{key}.eml")
    return file.read_bytes()


async def test_a_letter_without_its_templates_goes_out_with_those_of_the_tree(
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock
) -> None:
    with engine.begin() as connection:
        connection.execute(update(letter).where(letter.c.key == filed[0]).values(templates="letters/lost@1#00"))
    maker = Maker(books.shelf().document)
    async with Stint(engine, FileChannel(tmp_path, "cuntong@example.cn"), clock, maker) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    assert written(tmp_path, filed[0]), "it was made and written like every other"


async def test_a_channel_that_asks_for_it_is_left_alone_as_a_whole(
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock
) -> None:
    channel = odd(tmp_path, filed[0], TemporaryFailure("429", retry_after=600))
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: bool(tries(engine)))
        await asyncio.sleep(0.1)
        clock.turn(seconds=599)
        await asyncio.sleep(0.1)
        assert channel.sent == filed[:1], "nothing else is tried meanwhile"
        channel.key = ""
        clock.turn(seconds=100)
        await stint.until(lambda: states(engine) == {"delivered": COUNT})


async def test_no_more_letters_go_out_in_a_minute_than_a_channel_takes(
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock
) -> None:
    channel = odd(tmp_path, "", KeyError(), Manners(per_minute=6))
    times: list[float] = []
    channel.noticed = lambda: times.append(clock.seconds())

    def a_second_later() -> bool:
        clock.turn(seconds=1)
        return states(engine) == {"delivered": COUNT}

    async with Stint(engine, channel, clock) as stint:
        await stint.until(a_second_later)
    assert Counter(channel.sent) == Counter(filed)
    assert times[-1] - times[0] >= 60
    assert max(sum(start <= at < start + 60 for at in times) for start in times) <= 6
    assert Counter(one.state for one in tries(engine)) == {"accepted": COUNT}, "what had to wait was not tried"


@pytest.mark.parametrize(
    ("answer", "state", "times"), [("accepted", "delivered", 1), ("absent", "delivered", 2), ("unknown", "unclear", 1)]
)
async def test_the_other_side_is_asked_before_a_doubtful_letter_goes_again(  # noqa: PLR0913 - a stint, and the table
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock, answer: Fate, state: str, times: int
) -> None:
    channel = odd(tmp_path, filed[0], UnknownOutcome("no answer"), Manners(unknown="reconcile"), answer)
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT - 1, "pending": 1})
        channel.key = ""
        clock.turn(hours=1)
        await stint.until(lambda: rows(engine)[0].state == state)
    assert channel.asked == filed[:1]
    assert channel.sent.count(filed[0]) == times


async def test_who_cannot_be_asked_just_now_is_asked_later(
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock
) -> None:
    manners = Manners(unknown="reconcile")
    channel = odd(tmp_path, filed[0], UnknownOutcome("no answer"), manners, TemporaryFailure("503", retry_after=120))
    async with Stint(engine, channel, clock) as stint:
        await stint.until(lambda: states(engine) == {"delivered": COUNT - 1, "pending": 1})
        clock.turn(seconds=5)
        await stint.until(lambda: rows(engine)[0].not_before == clock.at + timedelta(seconds=120))
        channel.answer = "accepted"
        clock.turn(seconds=119)
        await asyncio.sleep(0.1)
        assert len(channel.asked) == 1
        clock.turn(seconds=60)
        await stint.until(lambda: states(engine) == {"delivered": COUNT})
    assert channel.sent.count(filed[0]) == 1


async def test_a_letter_that_never_left_is_in_no_doubt(
    engine: Engine, filed: list[str], tmp_path: Path, clock: Clock
) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def maker(one: Letter) -> MadeLetter:
        begun.set()
        goes_on.wait(5)
        return make(one)

    async with Stint(engine, FileChannel(tmp_path, "cuntong@example.cn"), clock, maker) as stint:
        await stint.until(begun.is_set)
        stint.environment.cancel()
        goes_on.set()
        with pytest.raises(asyncio.CancelledError):
            await stint.ended()
    assert states(engine) == {"pending": COUNT}
    assert [(one.key, one.state) for one in tries(engine)] == [(filed[0], "rejected")]
