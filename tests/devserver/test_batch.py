"""A batch of another regime on a real installation: started, counted, missed, told of, caught up."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.house import House, until

PEOPLE = """
kind: directory
people:
  - {person_id: ann.bureau, name: Ann (invented), lang: en}
  - {person_id: bob.carrier, name: Bob (invented), lang: en}
  - {person_id: cy.usac, name: Cy (invented), lang: en}
posts:
  - {post_id: BUREAU, role: fcc_bureau, area: '', holder: ann.bureau}
  - {post_id: CARRIER, role: carrier_officer, area: '48', organisation: prairie, holder: bob.carrier}
  - {post_id: USAC, role: usac, area: '', holder: cy.usac}
"""
WHERE = ("--area", "48", "--name", "Texas", "--builder", "prairie", "--batch", "2021-1")
UNDER = ("--calendar", "compressed", "--day-seconds", "0.01")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield an installation with the people of one carrier."""
    made = House(tmp_path_factory.mktemp("house"))
    try:
        (made.folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
        told = made.run("people", "import", "people.yaml")
        assert told.code == 0, told
        yield made
    finally:
        made.close()


def events(house: House, kind: str) -> list[dict[str, object]]:
    entries = house.asked("SELECT entry FROM journal WHERE type = ? ORDER BY seq", kind)
    return [json.loads(entry)["event"] for entry in entries]


def test_a_batch_from_its_start_to_the_day_it_has_caught_up(house: House) -> None:
    checked = house.run("batch", "start", "rdof", *WHERE, *UNDER, "--dry-run", "--as", "ann.bureau", "--json")
    assert checked.answer() == {"started": 0}
    assert house.asked("SELECT count(*) FROM project") == [0]
    order = ("batch", "start", "rdof", *WHERE, *UNDER, "--as", "ann.bureau", "--json")
    project = house.run(*order).answer()["project"]
    assert project == "US21T-000001"
    assert house.run(*order).answer() == {"started": 0, "project": project}

    facts = ("--fact", "public_notice=DA-1", "--fact", "locations=1000")
    stated = house.run("project", "record-contract", project, *facts, "--as", "ann.bureau")
    assert stated.code == 0, stated
    too_many = ("--fact", "locations_served=1001", "--fact", "certified=true", "--stage", "returns")
    refused = house.run("project", "submit", project, *too_many, "--as", "bob.carrier", "--json")
    assert (refused.code, refused.answer()["error"]["code"]) == (1, "batch.more_than_total")

    def tiers() -> list[object]:
        return [event["tier"] for event in events(house, "gap_assessed")]

    until(lambda: "tier-4" in tiers())  # the first milestone comes after 36 months of 30 short days
    missed = next(event for event in events(house, "gap_assessed") if event["tier"])
    assert (missed["built"], missed["gap"], missed["withheld_share"]) == (0, 1.0, 0.5)
    caught_up = ("--fact", "locations_served=1000", "--fact", "certified=true", "--stage", "returns")
    assert house.run("project", "submit", project, *caught_up, "--as", "bob.carrier").code == 0
    until(lambda: tiers()[-1] == "")
    down = [event["tier"] for event in events(house, "gap_assessed") if event["built"] == 1000]
    assert down[:4] == ["tier-3", "tier-2", "tier-1", ""]

    whole = "SELECT DISTINCT person_id FROM outbox WHERE stage = '' AND matter = '' ORDER BY 1"
    assert house.asked(whole) == ["ann.bureau", "bob.carrier", "cy.usac"]
    shown = house.call("project", "show", project, "--lang", "en")
    assert "1000 of 1000 units are built" in shown.out
    assert "Tier 4 (gap of 50 % or more) (level 4)" in shown.out
    asked = house.call("why", project, "--rung", "tier-4", "--lang", "en")
    assert "● Tier 4 (gap of 50 % or more): applied at" in asked.out
    assert "more units been built by then" in asked.out
    found = house.run("why", project, "--json").answer()["batch"]
    assert (found["total"], found["built"], found["tier"]) == (1000, 1000, "")


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("batch", "start", "universal-service-4g", *WHERE), "batch.other_plan"),
        (("batch", "start", "nowhere", *WHERE), "policy.unknown"),
        (("batch", "start", "rdof", *WHERE, "--area", "x"), "usage.repeated"),
        (("batch", "start", "rdof", "--area", "4", *WHERE[2:]), "batch.bad_option"),
        (("batch", "start", "rdof", *WHERE[:-2], "--batch", ""), "batch.bad_option"),
        (("batch", "start", "rdof", *WHERE[:4], "--builder", "Prairie Inc.", *WHERE[6:]), "batch.bad_option"),
    ],
)
def test_what_cannot_be_started_is_told(house: House, argv: tuple[str, ...], code: str) -> None:
    before = house.asked("SELECT project_id FROM project")
    told = house.call(*argv, *UNDER, "--as", "ann.bureau", "--json")
    assert told.answer()["error"]["code"] == code
    assert house.asked("SELECT project_id FROM project") == before


def test_a_carrier_starts_no_batch(house: House) -> None:
    told = house.call("batch", "start", "rdof", *WHERE[:-1], "2022-1", *UNDER, "--as", "bob.carrier", "--json")
    assert (told.code, told.answer()["error"]["code"]) == (1, "authority.wrong_role")
