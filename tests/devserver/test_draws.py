"""The log of samples, on both databases: drawn and written at once, the same again, and no change goes unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from infra.db.draws import Draws
from infra.db.records import Records
from infra.db.registry import Registry
from infra.db.tables import draw
from rules import sampling
from schemas.plan import SamplingRule
from schemas.reason import Refusal
from schemas.sample import Sample, Site
from schemas.view import ProjectFilter, ProjectRow
from tests.support import books, journals
from tests.support.ledger_rows import ledger_rows

AT = journals.STARTED_AT
RULE = SamplingRule(share=0.5, per_county=1)
OPEN = ProjectFilter(statuses=("running",), stage="funding")


def drawn(seed: str) -> Callable[[Sequence[ProjectRow]], Sample]:
    def draws(rows: Sequence[ProjectRow]) -> Sample:
        found = [Site(project_id=row.project_id, county=row.county_code, tier=row.tier) for row in rows]
        return sampling.draw(RULE, seed, found)

    return draws


@pytest.fixture
def started(engine: Engine) -> Draws:
    """Return the log of an installation in which three of four projects have started."""
    registered = Registry(engine).register(ledger_rows(4), "US", AT)
    for one in registered[:3]:
        for commit in journals.Journal(one.project).commits:
            Records(engine, books.shelf()).commit(commit)
    return Draws(engine)


def test_a_draw_is_logged_with_all_that_is_needed_to_draw_it_again(started: Draws) -> None:
    logged, is_new = started.draw(OPEN, drawn("a"), "li", AT)
    assert is_new
    assert [site.project_id for site in logged.sample.sites] == ["US18F-000001", "US18F-000002", "US18F-000003"]
    assert len(logged.sample.chosen) == 2
    found = started.find(logged.sample.draw_no)
    assert found == logged
    assert sampling.draw(found.sample.rule, found.sample.seed, found.sample.sites) == found.sample


def test_the_same_draw_changes_nothing(started: Draws) -> None:
    first, _ = started.draw(OPEN, drawn("a"), "li", AT)
    again, is_new = started.draw(OPEN, drawn("a"), "wang", AT + timedelta(days=1))
    assert (again, is_new) == (first, False)
    other, _ = started.draw(OPEN, drawn("b"), "wang", AT + timedelta(days=1))
    assert other.sample.draw_no != first.sample.draw_no
    assert [one.sample.draw_no for one in started.latest(9)] == [other.sample.draw_no, first.sample.draw_no]
    assert len(started.latest(1)) == 1


def test_draws_at_the_same_moment_agree(started: Draws) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: started.draw(OPEN, drawn("a"), f"p{n}", AT), range(4)))
    assert sum(is_new for _, is_new in answers) == 1
    assert len({logged.person_id for logged, _ in answers}) == 1


def test_what_is_refused_is_not_logged(started: Draws, engine: Engine) -> None:
    with pytest.raises(Refusal) as refused:
        started.draw(OPEN.model_copy(update={"area": "99"}), drawn("a"), "li", AT)
    assert refused.value.reason.code == "sample.no_sites"
    with engine.connect() as connection:
        assert connection.execute(select(draw)).all() == []
    with pytest.raises(Refusal) as unknown:
        started.find("S-0")
    assert unknown.value.reason.code == "sample.unknown"


def test_a_change_in_the_log_is_seen(started: Draws, engine: Engine) -> None:
    logged, _ = started.draw(OPEN, drawn("a"), "li", AT)
    other = next(site.project_id for site in logged.sample.sites if site.project_id not in logged.sample.chosen)
    with engine.begin() as connection:
        connection.execute(draw.update().values(chosen=f'["{other}", "{logged.sample.chosen[0]}"]'))
    found = started.find(logged.sample.draw_no).sample
    assert sampling.draw(found.rule, found.seed, found.sites) != found
