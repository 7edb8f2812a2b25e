"""What people might do next: right and wrong persons, stages, reasons and facts, for hypothesis."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args

from hypothesis import strategies as st
from pydantic import TypeAdapter

from schemas.command import (
    Acknowledge,
    Act,
    Actor,
    Agree,
    Cancel,
    Check,
    ClearObstacle,
    Close,
    ContestDays,
    Correct,
    Decline,
    DenyExtension,
    FactValue,
    GrantExtension,
    HoldProject,
    Reassign,
    RecordOutage,
    Refuse,
    Reject,
    ReleasePayment,
    Report,
    ReportObstacle,
    RequestChange,
    RequestExtension,
    ResumeProject,
    Return,
    SpotCheckResult,
    Withdraw,
)
from schemas.matter import ChangeKind
from schemas.plan import CodedReason, ReasonGroup, Stage
from tests.support import people
from tests.support.life import TECHNOLOGY, Life, beijing, closing, good_facts

Draw = st.DrawFn
PARTS = ("list", "field", "files")
"""Parts of the final acceptance of the shipped plans."""
OPERATOR = people.actor("operator", people.post("operator"))
_ACT: TypeAdapter[Act] = TypeAdapter(Act)

plans = st.sampled_from(sorted(TECHNOLOGY))
tiers = st.sampled_from(["general", "three-regions"])
starts = st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: beijing("2016-01-04") + timedelta(minutes=minutes))
"""From the first days of the calendar on, over ten years."""
persons = st.sampled_from(people.EVERYBODY)
waits = st.one_of(st.none(), st.none(), st.floats(0, 3), st.integers(0, 120))
"""Days, with parts of days among them; None for as long as nothing happens."""


@st.composite
def proper_acts(draw: Draw, life: Life) -> tuple[Actor, Act]:
    """Return what the person in duty could do now, at an open stage."""
    key = draw(st.sampled_from(life.state.open_stages()))
    rule, turn = life.book.stages[key], life.turn(key)
    owner = people.BY_ROLE[turn.owner]
    if life.state.hold:
        return people.PREFECTURE, ResumeProject()
    if turn.kind == "obstacle":
        return owner, ClearObstacle(stage=key)
    if turn.kind == "rectification":
        return owner, Close(act="submit", stage=key)
    if rule.closed_by.act == "elapse":
        return owner, Report(stage=key, percent=draw(st.integers(0, 100)))
    if rule.rectification and draw(st.booleans()):
        return owner, Refuse(stage=key, item=rule.closed_by.facts[0].key)
    return people.BY_ROLE[rule.closed_by.by[0]], closing(rule)


@st.composite
def eventful_acts(draw: Draw, life: Life) -> tuple[Actor, Act]:
    """Return an act on time or on the course of things that fits what is, by a person who may."""
    decisions = _decisions(life)
    if life.state.hold:
        return draw(st.sampled_from([(people.PREFECTURE, ResumeProject()), *decisions]))
    key = draw(st.sampled_from(life.state.open_stages()))
    turn, owner = life.turn(key), people.BY_ROLE[life.turn(key).owner]
    done = [stage for stage, state in life.state.stages.items() if state.status == "done"]
    days = draw(st.integers(1, 60))
    acts: list[tuple[Actor, Act]] = [
        (people.PREFECTURE, HoldProject(code="WINTER_STOP")),
        (people.PREFECTURE, Reassign(role=turn.owner, person_id="two-hats", reason="leave")),
        *([(owner, RequestExtension(stage=key, days=days, reason="rain"))] * 2),
    ]
    acts += [*decisions, *decisions, draw(_claims(life, key))]
    if turn.fired:
        promise = life.now + timedelta(days=days, hours=draw(st.integers(0, 23)))
        acts += [(people.COUNTY, Acknowledge(stage=key, promised_at=promise))] * 2
    if turn.request:
        grant = GrantExtension(stage=key, days=draw(st.sampled_from([None, days])))
        acts += [(people.MINISTRY, grant)] * 3 + [(people.PROVINCE, DenyExtension(stage=key, reason="no ground"))]
    if turn.kind == "obstacle":
        acts += [(people.COUNTY, ClearObstacle(stage=key))] * 2
    else:
        acts.append((people.BUILDER, ReportObstacle(stage=key, code=draw(_codes(life, "obstacle")), note="no road")))
    if key == "final_acceptance" and turn.kind in {"work", "recheck"}:
        acts += [(people.PROVINCE, _check(life, part)) for part in PARTS] * 2
    if "final_acceptance" in done:
        failed = SpotCheckResult(result="failed", report_no="No. 4", item="field")
        acts += [(people.MINISTRY, failed), (people.PROVINCE, ReleasePayment(amount_cny=days, decision_no="No. 5"))]
    if done:
        acts.append((people.COUNTY, Return(stage=draw(st.sampled_from(done)), code="QUALITY", note="loose poles")))
    return draw(st.sampled_from(acts))


@st.composite
def any_acts(draw: Draw, life: Life) -> tuple[Actor, Act]:
    """Return anything a person might send, sensible or not."""
    keys = st.sampled_from(["", "nowhere", *life.book.stages])
    key, note = draw(keys), "as seen"
    rule = life.book.stages.get(key) or draw(st.sampled_from(life.book.plan.stages))
    promise = life.now + timedelta(days=draw(st.integers(-4000, 40000)))
    days = draw(st.integers(1, 400))
    matters, parties = st.sampled_from(["", "M1", "M2", "M9"]), st.sampled_from(["moon", "road", "weather"])
    moments = st.integers(-400, 10).map(lambda day: life.now + timedelta(days=day))
    span: dict[str, st.SearchStrategy[datetime]] = {"since_at": moments, "until_at": moments}
    verb = draw(st.sampled_from(get_args(Close.model_fields["act"].annotation)))
    builders: list[st.SearchStrategy[Act]] = [
        st.builds(Close, act=st.just(verb), stage=st.just(key), facts=_facts(rule)),
        st.builds(Reject, stage=st.just(key), code=_codes(life, "reject"), note=st.just(note)),
        st.just(Refuse(stage=key, item=note)),
        st.builds(Report, stage=st.just(key), percent=st.integers(0, 100)),
        st.builds(Return, stage=st.just(key), code=_codes(life, "return"), note=st.just(note)),
        st.just(RequestExtension(stage=key, days=days, reason=note)),
        st.builds(GrantExtension, stage=st.just(key), days=st.sampled_from([None, days])),
        st.just(DenyExtension(stage=key, reason=note)),
        st.builds(HoldProject, code=_codes(life, "hold")),
        st.just(ResumeProject()),
        st.builds(ReportObstacle, stage=st.just(key), code=_codes(life, "obstacle"), note=st.just(note)),
        st.just(ClearObstacle(stage=key)),
        st.just(Acknowledge(stage=key, promised_at=promise)),
        st.builds(
            Reassign,
            role=st.sampled_from(["", "king", *life.book.roles]),
            person_id=st.sampled_from(["", "two-hats", "nobody", "builder"]),
            reason=st.just(note),
        ),
        st.builds(Cancel, code=_codes(life, "cancel"), decision_no=st.just("No. 9")),
        st.builds(Correct, seq=st.integers(1, 1000), note=st.just(note)),
        st.builds(Check, stage=st.just(key), part=st.sampled_from(["", "lists", *PARTS]), facts=_facts(rule)),
        st.builds(
            SpotCheckResult,
            result=st.sampled_from(["passed", "failed"]),
            report_no=st.just("No. 4"),
            item=st.sampled_from(["", "speed", *PARTS]),
        ),
        st.builds(ReleasePayment, amount_cny=st.sampled_from([0.001, 0.01, 250, 1e300]), decision_no=st.just("No. 5")),
        st.builds(Agree, matter=matters, number=st.sampled_from(["", "No. 9"])),
        st.builds(Decline, matter=matters, reason=st.just(note)),
        st.builds(Withdraw, matter=matters),
        st.builds(
            RequestChange,
            kind=st.sampled_from(get_args(ChangeKind)),
            code=_codes(life, "change"),
            village_code=st.sampled_from(["", people.VILLAGE, "533301101202", "12"]),
            into=st.sampled_from(["", "P-1", "P-2"]),
            successors=st.sampled_from([(), ("533301101203",)]),
            note=st.just(note),
        ),
        st.builds(ContestDays, stage=st.just(key), **span, party=parties, reason=st.just(note)),
        st.builds(RecordOutage, **span, note=st.just(note)),
    ]
    return draw(persons), draw(st.one_of(builders))


def _check(life: Life, part: str) -> Check:
    rule = life.book.stages["final_acceptance"]
    own = {fact.key for fact in rule.closed_by.facts if fact.part == part}
    facts = {key: value for key, value in good_facts(rule).items() if key in own}
    return Check(stage=rule.key, part=part, facts=facts)


def _decisions(life: Life) -> list[tuple[Actor, Act]]:
    """Return acts by which what waits is decided, each by somebody who had no part in it."""
    deciding = (people.MINISTRY, people.PROVINCE, people.PROVINCE_DEPUTY)
    return [
        (next(one for one in deciding if one.person_id not in matter.passed_by), act)
        for matter in life.state.matters
        if matter.kind != "extension"
        for act in (Agree(matter=matter.key, number="No. 9"), Decline(matter=matter.key, reason="no ground"))
    ]


@st.composite
def _claims(draw: Draw, life: Life, key: str) -> tuple[Actor, Act]:
    """Return a request for a change, contested days, or an outage, of which some cannot be."""
    opened = life.turn(key).opened_at
    span = (life.now - opened) / 100
    since, until = sorted((draw(st.integers(0, 100)), draw(st.integers(0, 100))))
    days = {"since_at": opened + since * span, "until_at": opened + until * span}
    party = draw(st.sampled_from(["road", "builder", "weather"]))
    place = f"place {draw(st.integers(0, 9))}"
    claims: list[tuple[Actor, dict[str, object]]] = [
        (people.COUNTY, {"act": "contest_days", "stage": key, **days, "party": party, "reason": "road closed"}),
        (OPERATOR, {"act": "record_outage", **days, "note": "server room"}),
        (people.COUNTY, {"act": "request_change", "kind": "move", "code": "SITE_MOVE", "place": place, "note": "x"}),
    ]
    actor, fields = draw(st.sampled_from(claims))
    return actor, _ACT.validate_python(fields)


def _codes(life: Life, group: ReasonGroup) -> st.SearchStrategy[str]:
    known: tuple[CodedReason, ...] = life.book.plan.reasons[group]
    return st.sampled_from([*(reason.code for reason in known), "NOPE"])


@st.composite
def _facts(draw: Draw, rule: Stage) -> dict[str, FactValue]:
    """Return facts for a stage, of which some may be wrong."""
    facts = good_facts(rule)
    for key in draw(st.sets(st.sampled_from([*facts, "colour"]), max_size=2)):
        value = draw(st.sampled_from(["", " ", "inf", "nan", "12,5", "2018-13-01", "x", False, -1, 0, 11.9, None]))
        if value is None:
            facts.pop(key, None)
        else:
            facts[key] = value
    return facts
