"""A link acknowledges what is in its letter, for its receiver alone, once, and never by being looked at."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, update

from console.body import LARGEST_BODY
from console.links import MISSES_PER_MINUTE
from console.office import LONGEST_NOTE, PAGE
from infra.db.engine import writing
from infra.db.tables import letter
from rules.text import LANGUAGES, say
from schemas.command import Acknowledge
from tests.support import mailroom
from tests.support.answering import DAY, Counter

NOW = datetime.now(UTC)
BEIJING = ZoneInfo("Asia/Shanghai")


def day(ahead: int) -> str:
    return f"{(datetime.now(UTC) + ahead * DAY).astimezone(BEIJING):%Y-%m-%d}"


@pytest.fixture
def counter(engine: Engine) -> Counter:
    return Counter(engine, NOW)


async def test_to_look_never_acts(counter: Counter) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        await counter.client.request(method, counter.path)
    await counter.client.get(counter.path, params={"notice": await counter.notices(), "promised": day(5)})
    assert counter.gateway.sent == []


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_what_is_in_the_letter_can_be_acknowledged_with_a_date(counter: Counter, lang: str) -> None:
    counter.speak(lang)
    page = await counter.client.get(counter.path)
    assert (page.status_code, f'<html lang="{lang}">' in page.text) == (200, True)
    assert say("page.acknowledge", lang) in page.text
    first, second = await counter.notices()
    told = await counter.answer([first], day(5), note="路已通")
    assert told.status_code == 200
    ((project_id, command),) = counter.gateway.sent
    assert isinstance(command.act, Acknowledge)
    assert (command.actor.person_id, command.act.note) == (counter.receiver, "路已通")
    closes = command.act.promised_at.astimezone(BEIJING)
    assert (f"{closes - timedelta(seconds=1):%Y-%m-%d}", closes.hour, closes.minute) == (day(5), 0, 0)
    assert project_id in told.text
    assert say("page.done_count", lang, count=1) in told.text
    assert second in told.text


async def test_a_double_click_is_one_act(counter: Counter) -> None:
    keys = await counter.notices()
    once, again = await counter.answer(keys[:1], day(5)), await counter.answer(keys[:1], day(5))
    assert (once.status_code, again.status_code) == (200, 200)
    assert len({command.command_id for _, command in counter.gateway.sent}) == 1
    assert len(counter.gateway.acts) == 1
    assert "未重复办理" in again.text
    assert "未重复办理" not in once.text


async def test_all_of_a_page_are_acknowledged_with_one_date_each_once(counter: Counter) -> None:
    keys = await counter.notices()
    for _ in range(2):
        assert (await counter.answer(keys, day(5))).status_code == 200
    assert sorted({project for project, _ in counter.gateway.sent}) == ["US18F-000001", "US18F-000002"]
    assert len(counter.gateway.acts) == 2


@pytest.mark.parametrize(
    ("promised", "code", "status"),
    [
        ("", "option.no_instant", 422),
        ("soon", "option.no_instant", 422),
        ("2018-13-40", "option.no_instant", 422),
        ("+999999999999d", "", 422),
        ("2018-01-05", "acknowledge.bad_promise", 409),
        ("2030-01-05", "acknowledge.bad_promise", 409),
        ("9999-12-31", "", 422),
    ],
)
async def test_a_date_that_will_not_do_is_refused_with_the_way_out(
    counter: Counter, promised: str, code: str, status: int
) -> None:
    told = await counter.answer((await counter.notices())[:1], promised)
    assert told.status_code == status
    assert 'class="refused" role="alert"' in told.text
    assert counter.gateway.acts == {}
    assert not code.startswith("acknowledge") or "申请延期" in told.text


async def test_when_the_engine_is_away_it_says_so_and_the_form_can_be_sent_again(counter: Counter) -> None:
    keys = await counter.notices()
    counter.gateway.is_away = True
    assert (await counter.client.get("/healthz")).status_code == 503
    assert (await counter.answer(keys[:1], day(5))).status_code == 503
    counter.gateway.is_away = False
    assert (await counter.client.get("/healthz")).status_code == 200
    assert (await counter.answer(keys[:1], day(5))).status_code == 200


async def test_a_link_is_good_for_its_receiver_and_letter_only(counter: Counter) -> None:
    other, somebody = "c" * 64, "of-ministry_supervisor"
    mine = mailroom.notices(counter.engine, person_id=counter.receiver)
    outside = [row.key for row in mailroom.notices(counter.engine) if row.person_id != counter.receiver][:1]
    assert outside, {row.rung for row in mine}
    mailroom.write(counter.engine, other, outside, NOW, person_id=somebody, state="delivered")
    for path in (
        counter.path_of(counter.key, somebody),
        counter.path_of(other, counter.receiver),
        counter.path_of("d" * 64, counter.receiver),
        counter.path[:-1] + ("a" if counter.path[-1] != "a" else "b"),
        "/a/nonsense",
    ):
        assert (await counter.client.get(path)).status_code == 404
        assert (await counter.client.post(path, data={"notice": outside, "promised": day(5)})).status_code == 404
    assert (await counter.client.get(counter.path_of(other, somebody))).status_code == 200
    assert (await counter.answer(outside, day(5))).status_code == 404, "a notice of another letter"
    assert counter.gateway.sent == []


async def test_an_old_link_says_where_to_turn(counter: Counter) -> None:
    path = counter.path_of(counter.key, counter.receiver, NOW - 31 * DAY)
    told = await counter.client.get(path, headers={"Accept-Language": "en"})
    assert told.status_code == 410
    for lang in LANGUAGES:
        assert say("link.expired", lang, days=30) in told.text
    assert "./cuntong project acknowledge" in told.text
    assert (await counter.client.post(path, data={"notice": ["x"], "promised": day(5)})).status_code == 410
    assert counter.gateway.sent == []


async def test_whoever_guesses_is_slowed_and_a_good_link_is_not(counter: Counter) -> None:
    codes = [(await counter.client.get(f"/a/guess-{number}")).status_code for number in range(MISSES_PER_MINUTE + 3)]
    assert codes[:MISSES_PER_MINUTE] == [404] * MISSES_PER_MINUTE
    slowed = await counter.client.get("/a/guess")
    assert (codes[-1], slowed.status_code, int(slowed.headers["Retry-After"]) > 0) == (429, 429, True)
    assert (await counter.client.get(counter.path)).status_code == 200, "many share one address with whoever guesses"


async def test_a_link_cannot_answer_by_the_thousand(counter: Counter) -> None:
    key = (await counter.notices())[0]
    codes = [(await counter.answer([key] * PAGE, day(5))).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert (await counter.answer([key] * (PAGE + 1), day(5))).status_code == 422


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://cuntong.example", 200), ("https://evil.example", 403), ("null", 403), ("not an origin", 403)],
)
async def test_another_site_cannot_send_the_form(counter: Counter, origin: str, status: int) -> None:
    told = await counter.answer((await counter.notices())[:1], day(5), headers={"Origin": origin})
    assert told.status_code == status
    assert len(counter.gateway.acts) == int(status == 200)


@pytest.mark.parametrize("has_length", [True, False])
async def test_a_body_too_long_is_not_taken_in(counter: Counter, *, has_length: bool) -> None:
    taken = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield b"note=" + b"x" * 4091 + b"&"

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    content: bytes | AsyncIterator[bytes] = b"note=" + b"x" * LARGEST_BODY if has_length else chunks()
    told = await counter.client.post(counter.path, content=content, headers=form)
    assert (told.status_code, told.headers["Cache-Control"]) == (413, "no-store")
    for lang in LANGUAGES:
        assert say("link.too_large", lang, most=64) in told.text
    assert taken <= LARGEST_BODY // 4096 + 1
    assert counter.gateway.sent == []


async def test_the_note_is_looked_at(counter: Counter) -> None:
    key = (await counter.notices())[0]
    assert (await counter.answer([key], day(5), note="x" * (LONGEST_NOTE + 1))).status_code == 422
    assert (await counter.answer([key], day(5), note="a\x00b")).status_code == 422
    assert (await counter.answer([key], day(5), note="x" * 6000)).status_code == 422
    assert counter.gateway.acts == {}


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_whatever_stands_in_a_ledger_is_text(engine: Engine, lang: str) -> None:
    markup = '<script>alert(1)</script><img src=x onerror="alert(2)">{{ 7*7 }}\u202e'
    counter = Counter(engine, NOW, place=markup)
    counter.speak(lang)
    page = (await counter.client.get(counter.path)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert not re.search(r"<script|<img|<[^>]*\s(on\w+|style)=|javascript:|\u202e", page)


async def test_every_answer_is_careful(counter: Counter) -> None:
    for path in (counter.path, "/a/nonsense", "/static/console.css", "/healthz", "/nowhere"):
        headers = (await counter.client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
    page = (await counter.client.get(counter.path)).text
    assert not re.search(r'(?:src|href|action)="(?!/)', page), "nothing from another host"
    assert (await counter.client.get("/docs")).status_code == 404


async def test_a_large_letter_is_told_page_by_page(engine: Engine) -> None:
    counter = Counter(engine, NOW, projects=PAGE + 3)
    first = await counter.notices()
    second = (await counter.client.get(counter.path, params={"page": 2})).text
    rest = set(re.findall(r'name="notice" value="([0-9a-f]{64})"', second))
    assert (len(first), len(rest)) == (PAGE, 3)
    assert rest.isdisjoint(first)
    for page in ("0", "-1", "99"):
        assert (await counter.client.get(counter.path, params={"page": page})).status_code == 200
    nonsense = await counter.client.get(counter.path, params={"page": "x"})
    assert (nonsense.status_code, say("page.cannot", "zh-CN") in nonsense.text) == (422, True)


async def test_a_letter_of_somebody_who_has_left_says_why_nothing_can_be_done(engine: Engine) -> None:
    counter = Counter(engine, NOW)
    key = (await counter.notices())[0]
    with writing(engine) as connection:
        connection.execute(update(letter).where(letter.c.key == counter.key).values(person_id="gone"))
    counter.receiver = "gone"
    page = await counter.client.get(counter.path)
    assert (page.status_code, "<form" in page.text) == (200, False)
    assert (await counter.answer([key], day(5))).status_code == 404
    assert counter.gateway.sent == []
