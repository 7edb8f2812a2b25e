"""Puts an explanation into words, a line a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules import batch_why, explain_matter
from rules.headline import rung_title
from rules.moment import due, moment
from rules.policy import Rulebook
from rules.text import say
from rules.texts import CATALOGUE
from rules.wording import item_title, money, refs
from schemas.explanation import Explanation, Move, NextRung, RetainedWhy, StageWhy, Stretch
from schemas.message import Title
from schemas.plan import ReasonGroup, Unit


def text(explanation: Explanation, book: Rulebook, lang: str) -> list[str]:
    """Return an explanation as lines in the reader's language."""
    return list(_lines(explanation, _Words(book, lang)))


class _Words:
    """Names and times of a rulebook in one language."""

    def __init__(self, book: Rulebook, lang: str) -> None:
        self.book = book
        self.lang = lang

    def say(self, code: str, **params: str | int) -> str:
        return say(code, self.lang, **params)

    def roles(self, keys: Iterable[str]) -> str:
        return self.listed(self.book.role_title(key) for key in keys)

    def party(self, key: str) -> str:
        return self.book.party_title(key).text(self.lang)

    def stage(self, key: str) -> str:
        return self.book.title(key).text(self.lang)

    def reason(self, group: ReasonGroup, code: str) -> str:
        known = self.book.coded(group, code)
        return known.title.text(self.lang) if known else code

    def rung(self, key: str) -> str:
        return rung_title(key, self.book).text(self.lang)

    def listed(self, titles: Iterable[Title]) -> str:
        return ("、" if self.lang.startswith("zh") else "; ").join(title.text(self.lang) for title in titles) or "—"


def _lines(explanation: Explanation, words: _Words) -> Iterator[str]:
    calendar, hold = words.book.calendar, explanation.hold
    status = words.say(f"status.{explanation.status}")
    yield words.say("why.head", project=explanation.project_id, status=status, at=moment(explanation.at, calendar))
    if hold:
        reason, party = words.reason("hold", hold.code), words.party(hold.party)
        yield words.say("why.hold", since=moment(hold.at, calendar), reason=reason, by=hold.by, party=party)
    if explanation.pins and explanation.pinned_since_at:
        since = moment(explanation.pinned_since_at, calendar)
        yield words.say(
            "why.policies", plan=words.book.plan.title.text(words.lang), since=since, refs=refs(explanation.pins)
        )
    if explanation.batch:
        yield from batch_why.text(explanation.batch, words.book, words.lang)
    for stage in explanation.stages:
        yield from _stage(stage, words)
    for matter in explanation.matters:
        yield from explain_matter.text(matter, words.book, words.lang)
        yield from _next(matter.next_rung, words)
    yield words.say("why.moves")
    yield from (_move(move, words) for move in explanation.moves)
    if explanation.retained:
        yield _retained(explanation.retained, words)
    if explanation.days_by_party:
        yield words.say("why.days")
        for party, days in explanation.days_by_party.items():
            yield words.say("why.day", party=words.party(party), days=days)


def _stage(stage: StageWhy, words: _Words) -> Iterator[str]:
    turn = words.say(f"turn.{stage.turn}")
    name = words.stage(stage.stage)
    yield words.say("why.stage", stage=name, round=stage.round, turn=turn, percent=stage.percent)
    owner = words.roles([stage.owner])
    if stage.person:
        yield words.say("why.duty.person", owner=owner, person=stage.person)
    else:
        yield words.say("why.duty", owner=owner)
    if stage.suspended_turn:
        yield words.say(
            "why.obstacle",
            reason=words.reason("obstacle", stage.code),
            turn=words.say(f"turn.{stage.suspended_turn}"),
            left=stage.suspended_left_days,
            unit=words.say(f"unit.{stage.suspended_unit}"),
        )
    if stage.periods:
        yield words.say("why.period", period=stage.period, periods=stage.periods, end=stage.period_ends_on)
    yield from _accepting(stage, words)
    yield from _clock(stage, words)
    yield from _due(stage, words)
    yield from _sent(stage, words)
    yield from _next(stage.next_rung, words)


def _accepting(stage: StageWhy, words: _Words) -> Iterator[str]:
    found = stage.acceptance
    if found is None:
        return

    def items(keys: Iterable[str]) -> str:
        return words.listed(item_title(stage.stage, key, words.book) for key in keys)

    if found.passed:
        yield words.say(
            "why.parts.passed", parts=items(found.passed), people=", ".join(dict.fromkeys(found.passed.values()))
        )
    if found.waiting:
        yield words.say("why.parts.waiting", parts=items(found.waiting))
    if found.missing:
        yield words.say("why.facts.missing", facts=items(found.missing))


def _retained(found: RetainedWhy, words: _Words) -> str:
    amounts = {
        "amount": money(found.amount_cny),
        "retained": money(found.retained_cny),
        "released": money(found.released_cny),
        "paid": money(found.paid_cny),
        "left": money(found.left_cny),
    }
    return words.say("why.retained.frozen" if found.is_frozen else "why.retained", **amounts)


def _clock(stage: StageWhy, words: _Words) -> Iterator[str]:
    calendar, unit = words.book.calendar, words.say(f"unit.{stage.unit}")
    opened = moment(stage.opened_at, calendar)
    if stage.extensions:
        more = {"count": stage.extensions, "extension": stage.extension_days}
        yield words.say("why.budget.extended", days=stage.budget_days, unit=unit, opened=opened, **more)
    else:
        yield words.say("why.budget", days=stage.budget_days, unit=unit, opened=opened)
    for season in (known for known in words.book.plan.seasons if known.code in stage.seasons):
        party, title = words.party(season.party), season.title.text(words.lang)
        yield words.say("why.season", title=title, since=season.since, until=season.until, party=party)
    for one in stage.stretches:
        yield from stretch_lines(one, stage.unit, words.book, words.lang)
    if stage.left_days < 0:
        yield words.say("why.overdue", used=stage.used_days, over=-stage.left_days, unit=unit)
    else:
        yield words.say("why.left", used=stage.used_days, left=stage.left_days, unit=unit)


def stretch_lines(stretch: Stretch, unit: Unit, book: Rulebook, lang: str) -> Iterator[str]:
    """Yield a stretch of a clock in words."""
    calendar = book.calendar
    since, party = moment(stretch.since_at, calendar), book.party_title(stretch.party)
    until = moment(stretch.until_at, calendar) if stretch.until_at else say("why.until_now", lang)
    days = stretch.working_days
    if stretch.is_running:
        used, each = stretch.used_days, say(f"unit.{unit}", lang)
        yield say("why.stretch.running", lang, since=since, until=until, party=party, days=days, used=used, unit=each)
    else:
        yield say("why.stretch.held", lang, since=since, until=until, party=party, days=days)
    if stretch.stopped_days:
        yield say("why.stretch.stopped", lang, days=stretch.stopped_days)


def _due(stage: StageWhy, words: _Words) -> Iterator[str]:
    calendar, unit = words.book.calendar, words.say(f"unit.{stage.unit}")
    if stage.due_at is None or stage.running_since is None:
        yield words.say("why.due.held", left=stage.left_days, unit=unit)
    else:
        since, when = moment(stage.running_since, calendar), due(stage.due_at, calendar)
        yield words.say("why.due", due=when, since=since, left=stage.left_at_running, unit=unit)
    if stage.is_moved_to_working_day:
        yield words.say("why.due.moved")
    if stage.is_provisional:
        yield words.say("why.due.provisional")
    if stage.original_due_at != stage.due_at:
        yield words.say("why.original", original=due(stage.original_due_at, calendar))


def _sent(stage: StageWhy, words: _Words) -> Iterator[str]:
    calendar, request, receipt = words.book.calendar, stage.request, stage.acknowledged
    if request:
        at = moment(request.requested_at, calendar)
        yield words.say("why.request", days=request.days, by=request.requested_by, at=at, reason=request.reason)
    if stage.fired:
        rungs = words.listed(rung_title(key, words.book) for key in stage.fired)
        yield words.say("why.fired", rungs=rungs, level=stage.level)
    if receipt:
        promised, at = moment(receipt.promised_at, calendar), moment(receipt.at, calendar)
        yield words.say("why.acknowledged", by=receipt.by, at=at, promised=promised)


def _next(rung: NextRung | None, words: _Words) -> Iterator[str]:
    if rung is None:
        yield words.say("why.next.none")
        return
    calendar = words.book.calendar
    at = moment(rung.at, calendar)
    if rung.kind == "elapse":
        yield words.say("why.next.elapse", at=at)
        return
    if rung.kind == "reminder":
        yield words.say("why.next.reminder", at=at, rung=words.rung(rung.key), to=words.roles(rung.to))
    else:
        title, to = words.rung(rung.key), words.roles(rung.to)
        yield words.say("why.next.escalation", at=at, rung=title, level=rung.level, to=to)
    if rung.consequence:
        code = f"consequence.{rung.consequence}"
        consequence = words.say(code) if code in CATALOGUE else rung.consequence
        yield words.say("why.next.consequence", consequence=consequence)
    if rung.postponed_to:
        yield words.say("why.next.postponed", until=moment(rung.postponed_to, calendar))
    if rung.is_faster:
        yield words.say("why.next.faster")


def _move(move: Move, words: _Words) -> str:
    stage = words.stage(move.stage) if move.stage else words.say("why.move.whole")
    if move.matter:
        stage = words.say("journal.matter_of", key=move.matter)
    if move.kind == "wait":
        return words.say("why.move.wait", stage=stage)
    acts = words.listed(Title(zh=f"{zh}（{act}）", en=act) for act in move.acts for zh in [say(f"act.{act}", "zh-CN")])
    roles = words.roles(move.roles)
    if move.not_by:
        return words.say("why.move.not_by", stage=stage, acts=acts, roles=roles, people=", ".join(move.not_by))
    return words.say("why.move", stage=stage, acts=acts, roles=roles)
