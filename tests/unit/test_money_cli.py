"""`sample`, `funding` and the preview of `start`, as people meet them: from the records alone, without an engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from cli.app import main
from infra.db import migrate
from infra.db.directory import People
from infra.db.engine import open_engine
from infra.db.policies import Policies
from infra.db.records import Records
from infra.db.registry import Registry
from infra.db.tables import draw
from infra.db.tables import project as project_table
from infra.files.directory import read_directory
from infra.files.ledger import read_ledger
from schemas.record import Commit
from tests.support import books, journals

SAMPLES = Path(__file__).parents[2] / "samples" / "nujiang"
LEDGER, PEOPLE = SAMPLES / "ledger-2018.csv", SAMPLES / "people.yaml"
PREFECTURE, PROVINCE = "he.zhiming", "zhou.min"
STARTED = 4


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return records in which a few projects of the sample ledger stand at the preliminary acceptance."""
    file = tmp_path_factory.mktemp("prepared") / "records.db"
    migrate.upgrade(f"sqlite:///{file}")
    engine = open_engine(f"sqlite:///{file}")
    People(engine).import_directory(read_directory(PEOPLE), journals.STARTED_AT)
    Policies(engine).publish(list(books.raws()), journals.STARTED_AT)
    county = journals.VILLAGE[:6]
    fibre = [row for row in read_ledger(LEDGER).rows if (row.technology, row.village_code[:6]) == ("fibre", county)]
    rows = [row.model_copy(update={"builder": journals.BUILDER}) for row in fibre[:STARTED]]
    for one in Registry(engine).register(rows, "US", journals.STARTED_AT):
        journal = journals.Journal(one.project)
        while journal.now.stages["preliminary_acceptance"].status == "pending":
            journal.days(10)
            journal.close()
        everything = Commit(project_id=one.project.project_id, entries=tuple(journal.entries))
        Records(engine, books.shelf()).commit(everything)
    engine.dispose()
    return file


@pytest.fixture
def records(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Yield a copy of these records, which the command line uses."""
    (tmp_path / "data").mkdir()
    shutil.copy(prepared, tmp_path / "data" / "records.db")
    monkeypatch.setenv("CUNTONG_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)  # a `.env` of the tree must not speak here
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'records.db'}")
    yield engine
    engine.dispose()


class Asked:
    """What a command said with `--json`, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *argv: str) -> None:
        self.code = main([*argv, "--json"])
        self.out, self.err = capsys.readouterr()
        self.answer: dict[str, Any] = json.loads(self.out)

    @property
    def error(self) -> str:
        """Code of the refusal."""
        return str(self.answer["error"]["code"])


DRAW = ("sample", "draw", "--area", "5333", "--as", PREFECTURE)


@pytest.mark.usefixtures("records")
def test_a_sample_is_drawn_shown_and_verified(capsys: pytest.CaptureFixture[str]) -> None:
    drawn = Asked(capsys, *DRAW, "--seed", "lot 7").answer
    assert (drawn["is_new"], len(drawn["sites"])) == (True, STARTED)
    again = Asked(capsys, *DRAW, "--seed", "lot 7").answer
    assert (again["is_new"], again["draw_no"], again["chosen"]) == (False, drawn["draw_no"], drawn["chosen"])
    shown = Asked(capsys, "sample", "show", drawn["draw_no"]).answer
    assert (shown["person_id"], shown["sample"]["chosen"]) == (PREFECTURE, drawn["chosen"])
    checked = Asked(capsys, "sample", "verify", drawn["draw_no"])
    assert (checked.code, checked.answer["is_sound"]) == (0, True)
    assert [one["sample"]["draw_no"] for one in Asked(capsys, "sample", "list").answer["samples"]] == [drawn["draw_no"]]


@pytest.mark.usefixtures("records")
def test_without_a_seed_one_is_made_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    one, two = (Asked(capsys, *DRAW).answer for _ in range(2))
    assert one["seed"] != two["seed"]
    assert one["draw_no"] != two["draw_no"]


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_sample_that_was_changed_is_found_out(records: Engine, capsys: pytest.CaptureFixture[str], lang: str) -> None:
    drawn = Asked(capsys, *DRAW, "--seed", "lot 7").answer
    other = next(site["project_id"] for site in drawn["sites"] if site["project_id"] not in drawn["chosen"])
    with records.begin() as connection:
        connection.execute(draw.update().values(chosen=json.dumps([other])))
    assert main(["sample", "verify", drawn["draw_no"], "--lang", lang]) == 1
    assert other in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("sample", "draw", "--area", "99", "--as", PREFECTURE), "sample.no_sites"),
        (("sample", "draw", "--stage", "cable", "--as", PREFECTURE), "sample.no_sites"),
        (("sample", "draw", "--as", "yu.jinhua"), "authority.wrong_role"),
        (("sample", "draw"), "actor.none"),
        (("sample", "show", "S-0"), "sample.unknown"),
        (("sample", "verify", "S-0"), "sample.unknown"),
        (("funding", "show", "--area", "99"), "funding.no_projects"),
        (("funding", "allocate", str(LEDGER), "--batch", "1999"), "funding.no_projects"),
    ],
)
def test_refusals_have_a_code(
    records: Engine, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], code: str
) -> None:
    asked = Asked(capsys, *argv)
    assert (asked.code, asked.error) == (1, code)
    with records.connect() as connection:
        assert connection.execute(draw.select()).all() == []


def test_the_money_of_projects_is_added_up(records: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Asked(capsys, "funding", "show", "--by", "county", "--batch", "2018")
    totals = shown.answer["totals"]
    assert (shown.code, totals["projects"], shown.answer["mismatches"]) == (0, STARTED, [])
    assert totals["amount_cny"] == totals["retained_cny"] == 1000.0 * STARTED, "these contracts retain everything"
    with records.begin() as connection:
        connection.execute(project_table.update().values(money='{"central_cny":10.0,"amount_cny":11.0}'))
    assert main(["funding", "show"]) == 1
    assert capsys.readouterr().err.count("above the budget of 10.00 CNY") == STARTED


def test_a_surplus_is_offered_to_further_villages(records: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with records.begin() as connection:
        connection.execute(project_table.update().values(money='{"central_cny":400000.0,"amount_cny":200000.0}'))
    found = Asked(capsys, "funding", "allocate", str(LEDGER), "--batch", "2018").answer
    assert found["available_cny"] == 200000.0 * STARTED
    funded = [one for one in found["villages"] if one["is_funded"]]
    assert funded
    assert sum(one["funding_cny"] for one in funded) == pytest.approx(found["available_cny"] - found["left_cny"])
    reasons = [one["reason"]["code"] for one in found["villages"] if one["reason"]]
    assert reasons.count("funding.has_project") == STARTED
    assert set(reasons) == {"funding.has_project", "funding.not_enough"}


@pytest.mark.parametrize(
    ("programme", "changes", "code"),
    [
        ("US", {"status": "cancelled"}, ""),
        ("US", {"batch": "2017", "status": "running"}, "funding.double"),
        ("US", {"batch": "2017", "status": "completed"}, ""),
        ("RT", {"status": "completed"}, "funding.double"),
    ],
)
def test_the_preview_of_a_start_tells_what_would_be_paid_twice(
    records: Engine, capsys: pytest.CaptureFixture[str], programme: str, changes: dict[str, str], code: str
) -> None:
    with records.begin() as connection:
        connection.execute(project_table.update().values(**changes))
    argv = ("start", str(LEDGER), "--dry-run", "--programme", programme, "--as", PROVINCE)
    asked = Asked(capsys, *argv)
    if code:
        assert (asked.code, asked.error) == (1, code)
        assert asked.answer["error"]["params"]["count"] == STARTED
    else:
        assert (asked.code, asked.answer["started"]) == (0, 0)
