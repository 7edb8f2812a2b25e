"""What a play stands on: its policies, its people and posts, its projects, and the commands of its acts."""

from __future__ import annotations

from pathlib import Path

from infra.files.policies import LoadedPolicy, compressed, default_pins, load_files, load_tree
from rules.policy import Raw, parse, reference
from schemas.command import Actor, Command, Post
from schemas.directory import Directory, Person, PostLine
from schemas.ledger import LedgerRow
from schemas.policy import Pins
from tests.chaos.script import BUILDERS, COUNTIES, PREFECTURES, PROVINCE, Act, Script, holder

OWN = Path(__file__).parent / "policies"


def policies(day_seconds: float) -> list[Raw]:
    """Return every policy of the tree and of the play, the compressed calendar with days of that length."""
    raws = [*(one.raw for one in load_tree()), *(one.raw for one in load_files(sorted(OWN.glob("*.yaml"))))]
    base = next(raw for raw in raws if (raw["kind"], raw["name"]) == ("calendar", "compressed"))
    return [compressed(base, day_seconds) if raw is base else raw for raw in raws]


def command(act: Act, script: Script) -> Command:
    """Return the command of an act, by whoever has the right to it."""
    village = script.villages[act.village]
    name = holder("builder", village.county, village.builder)
    builder = Post(post_id=f"p-{name}", role="builder", area=village.county, organisation=village.builder)
    province = Post(post_id="p-province", role="provincial_supervisor", area=PROVINCE)
    is_builder = act.kind == "submit"
    actor = Actor(person_id=name if is_builder else "province", posts=(builder if is_builder else province,))
    more: dict[str, dict[str, str]] = {
        "submit": {"stage": "build"},
        "approve": {"stage": "review"},
        "return": {"stage": "build", "code": "EVIDENCE", "note": "x"},
        "cancel": {"code": "DUPLICATE", "decision_no": "1"},
        "reassign": {"role": "builder", "person_id": act.person, "reason": "x"},
    }
    return Command.model_validate({"command_id": act.key, "actor": actor, "act": {"act": act.kind, **more[act.kind]}})


def pins(raws: list[Raw]) -> Pins:
    """Return the pins of every project of the play."""
    loaded = [LoadedPolicy(raw, parse(raw), OWN, reference(raw)) for raw in raws]
    return default_pins(loaded, "chaos", "compressed")


def row(number: int, script: Script) -> LedgerRow:
    village = script.villages[number]
    return LedgerRow(
        row=number + 2,
        village_code=village.code,
        village_name=f"village {number}",
        county=village.county,
        technology="fibre",
        batch="2018",
        builder=village.builder,
    )


def directory(script: Script) -> Directory:
    """Return the people of a script and their posts."""
    people = [
        Person(
            person_id=one.key,
            name=one.key,
            email=one.address if one.channel == "email" else None,
            lang="en" if number % 2 else "zh-CN",
            channels=(one.channel,),
            addresses={one.channel: one.address} if one.channel in {"hook", "sms"} else {},
        )
        for number, one in enumerate(script.people.values())
    ]
    posts = [PostLine(post_id="p-province", role="provincial_supervisor", area=PROVINCE, holder="province")]
    posts += [_post("prefecture_officer", area) for area in PREFECTURES]
    posts += [_post("county_officer", area) for area in COUNTIES]
    posts += [_post("builder", area, one) for area in COUNTIES for one in BUILDERS]
    return Directory(people=tuple(people), posts=tuple(posts))


def _post(role: str, area: str, organisation: str = "") -> PostLine:
    name = holder(role, area, organisation)
    post_id = f"p-{name or area}"
    return PostLine(post_id=post_id, role=role, area=area, organisation=organisation, holder=name or None)
