"""Puts into words why rungs fired or did not: the clock, then what became of each and what would have changed it."""

from __future__ import annotations

from collections.abc import Iterator

from rules.calendar import WorkingCalendar
from rules.climb import Books
from rules.explain_text import stretch_lines
from rules.headline import rung_title
from rules.moment import due, moment
from rules.narrate import narrate
from rules.policy import Rulebook
from rules.post import told as found_by
from rules.text import both, say
from rules.wording import named, same, stage_title
from schemas.directory import Resolution
from schemas.policy import Pins
from schemas.reason import Param
from schemas.why import ClimbWhy, RungWhy, Why


def text(why: Why, pins: Pins, books: Books, lang: str) -> list[str]:
    """Return the explanation as lines in the reader's language; the last of each rung tells what would change it."""
    book = books(pins)
    lines = [say("why_rung.head", lang, project=why.project_id, at=moment(why.at, book.calendar))]
    if not why.climbs:
        lines.append(say("why_rung.none", lang))
    for climb in why.climbs:
        known = pins.model_copy(update={"plan": climb.plan, "ladder": climb.ladder, "calendar": climb.calendar})
        lines += _climb(climb, books(known), lang)
    return lines


def _climb(climb: ClimbWhy, book: Rulebook, lang: str) -> Iterator[str]:
    calendar = book.calendar
    stage = stage_title(climb.stage, book) if climb.stage else both("topic.whole")
    if climb.matter:
        stage = both("why_rung.matter", stage=stage, key=climb.matter)
    yield say(
        "why_rung.climb",
        lang,
        stage=stage,
        round=climb.round,
        turn=both(f"turn.{climb.turn}"),
        owner=book.role_title(climb.owner),
        opened=moment(climb.opened_at, calendar),
    )
    if climb.generation:
        yield say("why_rung.again", lang, count=climb.generation)
    for one in climb.stretches:
        yield from stretch_lines(one, climb.unit, book, lang)
    if climb.ended_at:
        yield say("why_rung.ended", lang, at=moment(climb.ended_at, calendar))
    yield say("why_rung.policies", lang, calendar=climb.calendar, ladder=climb.ladder, plan=climb.plan)
    for rung in climb.rungs:
        yield from _rung(rung, climb, book, lang)


def _rung(rung: RungWhy, climb: ClimbWhy, book: Rulebook, lang: str) -> Iterator[str]:
    calendar = book.calendar
    title = rung_title(rung.rung, book)
    at = moment(rung.at, calendar) if rung.at else ""
    taken = moment(rung.taken_up_at, calendar) if rung.taken_up_at else ""
    yield say(f"why_rung.fate.{rung.fate}", lang, rung=title, level=rung.level, at=at, taken=taken)
    if rung.due_at:
        yield say("why_rung.due", lang, due=due(rung.due_at, calendar))
    if rung.is_provisional:
        yield say("why.due.provisional", lang)
    if rung.is_faster:
        yield say("why.next.faster", lang)
    if rung.postponed_to:
        yield say("why.next.postponed", lang, until=moment(rung.postponed_to, calendar))
    if rung.consequence:
        yield say("why.next.consequence", lang, consequence=named("consequence", rung.consequence))
    if rung.cause:
        yield say("why_rung.cause", lang, seq=rung.cause.seq, text=narrate(rung.cause, book, lang))
    for receiver in rung.receivers:
        yield _receiver(receiver, book, lang)
    yield _what_if(rung, climb, calendar, lang)


def _receiver(found: Resolution, book: Rulebook, lang: str) -> str:
    steps = ("；" if lang.startswith("zh") else "; ").join(found_by(found, book, lang))
    role, person = book.role_title(found.role), same(found.person_id) if found.person_id else both("people.nobody")
    return say("why_rung.receiver", lang, role=role, person=person, steps=steps)


def _what_if(rung: RungWhy, climb: ClimbWhy, calendar: WorkingCalendar, lang: str) -> str:
    what = rung.counterfactual
    at = moment(what.at, calendar) if what.at else ""
    params: dict[str, Param] = {} if what.code == "nothing" else {"at": at}
    if what.code == "unless":
        return say(
            "why_rung.unless.ahead" if rung.fate == "ahead" else "why_rung.unless.fired",
            lang,
            at=at,
            act=both(f"act.{what.act}"),
        )
    if what.code == "had_not":
        when = moment(rung.cause.at, calendar) if rung.cause else ""
        return say(f"why_rung.had_not.{rung.fate}", lang, at=at, cause=when)
    if what.code == "longer_term":
        params["days"] = what.days
    if what.code == "even_then":
        params["ended"] = moment(climb.ended_at, calendar) if climb.ended_at else ""
    return say(f"why_rung.what_if.{what.code}", lang, **params)
