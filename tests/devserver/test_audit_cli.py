"""An installation audits itself, tells Prometheus everything at one address, and tells people in words."""

from __future__ import annotations

import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from prometheus_client import CollectorRegistry, Gauge
from temporalio.client import ScheduleActionStartWorkflow
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.audit import WHOLE_EVERY, AuditActivity
from infra import deadman, scrape
from infra.db.audit import Auditor, Strays
from infra.roll import differing
from schemas import names
from schemas.audit import AuditOrder, AuditReport, Balance
from schemas.reason import Refusal
from tests.support.house import TREE, House
from tests.support.ports import free_port

pytestmark = pytest.mark.timeout(200)
PATIENCE = 60.0


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> Iterator[House]:
    """Yield an installation whose auditor comes every second, with two projects."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUNTONG_AUDIT_EVERY_SECONDS", "1")
        patch.setenv("CUNTONG_METRICS_PORT", str(metrics_port))
        patch.setenv("CUNTONG_LETTERS_EVERY_SECONDS", "3600")
        made = House(tmp_path_factory.mktemp("audited"))
    made.variables["CUNTONG_AUDIT_EVERY_SECONDS"] = "1"
    samples = TREE / "samples" / "nujiang"
    head = "\n".join((samples / "ledger-2018.csv").read_text(encoding="utf-8").splitlines()[:3])
    ledger = made.folder / "ledger.csv"
    ledger.write_text(head + "\n", encoding="utf-8")
    try:
        assert made.run("people", "import", str(samples / "people.yaml")).code == 0
        started = made.run("start", str(ledger), "--as", "zhou.min")
        assert started.code == 0, started.err
        yield made
    finally:
        made.close()


def scraped(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def test_the_auditor_comes_by_its_schedule_and_is_told_at_the_address_of_the_engine_core(
    house: House, metrics_port: int
) -> None:
    end = time.monotonic() + PATIENCE
    while "cuntong_conservation_gap" not in (series := scraped(metrics_port)) and time.monotonic() < end:
        time.sleep(0.2)
    assert series["cuntong_records_up"] == 1
    assert series["cuntong_conservation_gap"] == 0
    assert series["cuntong_audit_timestamp_seconds"] > time.time() - PATIENCE
    assert series['cuntong_heartbeat_timestamp_seconds{part="letters/0"}'] > time.time() - PATIENCE
    assert any(name.startswith("temporal_") for name in series), "the engine core's series stand beside ours"
    assert house.asked("SELECT count(*) > 0 FROM audit") == [1]


async def test_the_schedule_follows_the_settings(house: House) -> None:
    known = await (await house.client()).get_schedule_handle(names.AUDIT_SCHEDULE).describe()
    (interval,) = known.schedule.spec.intervals
    assert interval.every == timedelta(seconds=1)
    action = known.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert (action.workflow, action.task_queue) == (names.AUDIT_WORKFLOW, names.DELIVERY_QUEUE)


@pytest.mark.parametrize(("lang", "told"), [("zh-CN", "稽核无误"), ("en", "Sound (")])
def test_a_sound_installation_is_told_so(house: House, lang: str, told: str) -> None:
    said = house.call("messages", "audit", "--lang", lang)
    assert said.code == 0, said.out
    assert told in said.out
    assert "+ " in said.out
    assert "= " in said.out
    answer = house.call("messages", "audit", "--everything", "--json").answer()
    assert (answer["is_sound"], answer["is_engine_asked"], answer["findings"]) == (True, True, [])


def test_what_is_wrong_is_told_with_its_remedy(house: House) -> None:
    with closing(sqlite3.connect(house.data / "records.db")) as records, records:
        records.execute("DELETE FROM heartbeat WHERE part = 'letters/1'")
    said = house.call("messages", "audit", "--lang", "zh-CN")
    assert said.code == 1
    assert "系统部件失去联系：1 项" in said.out
    assert "letters/1  never heard of" in said.out
    assert "处理：启动工作进程" in said.out
    doctor = house.call("doctor", "--json").answer()["findings"]
    assert next(one for one in doctor if one["check"] == "audit")["verdict"] == "fail"


async def test_the_engine_is_asked_where_each_project_stands(house: House) -> None:
    (seq,) = house.asked("SELECT seq FROM project WHERE project_id = 'US18F-000001'")
    expected = {"US18F-000001": (seq, False), "US18F-000002": (seq + 5, False), "US18F-000009": (1, False)}
    told = await differing(await house.client(), {**expected, "US18F-000008": (9, True)})
    assert sorted(told) == ["US18F-000002", "US18F-000009"]
    assert told["US18F-000002"].endswith(f"journal at {seq + 5}")
    assert await differing(await house.client(), {"US18F-000001": (seq, True)}) == {
        "US18F-000001": "runs although it is over"
    }


async def test_the_switch_outside_is_called_and_misses_only_its_call() -> None:
    called: list[str] = []

    class Watch(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_response(302 if self.path == "/away" else 204)
            self.send_header("Location", "/ping")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Watch) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        here = f"http://127.0.0.1:{server.server_address[1]}"
        taken = [await deadman.call(url) for url in (f"{here}/ping", f"{here}/away", "", "nonsense")]
        server.shutdown()
        thread.join()
    assert taken == [True, False, False, False]
    assert called == ["/ping", "/away"], "a redirect is not followed"
    assert not await deadman.call("http://169.254.169.254/latest/meta-data"), "no leave opens what clouds keep"
    assert not await deadman.call(here)


@pytest.mark.parametrize(("gap", "findings", "is_called"), [(0, {}, True), (1, {}, False), (0, {"silent": 1}, False)])
async def test_the_switch_is_called_only_when_all_is_well(gap: int, findings: dict[str, int], is_called: bool) -> None:  # noqa: FBT001 - a column
    report = AuditReport(at=datetime(2018, 9, 3, tzinfo=UTC), balance=Balance(), gap=gap, findings=findings)
    told: list[object] = []
    asked: list[bool] = []

    class Sham(Auditor):
        def __init__(self) -> None:
            pass

        def audit(self, strays: Strays | None = None, *, is_whole: bool = False) -> AuditReport:
            told.append((strays, is_whole))
            return report

    async def roll(*, is_whole: bool) -> Strays:
        asked.append(is_whole)
        if len(asked) == 2:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
        return Strays(["P-1"], [])

    async def all_is_well() -> bool:
        told.append("well")
        return True

    audits = AuditActivity(Sham(), roll, all_is_well)
    once = [(Strays(["P-1"], []), False), *(["well"] if is_called else [])]
    assert await ActivityEnvironment().run(audits.audit, AuditOrder()) == report
    assert told == once
    assert await ActivityEnvironment().run(audits.audit, AuditOrder()) == report
    assert told == [*once, (None, False)], "the engine is away: the records are audited, and all is not said to be well"
    for _ in range(WHOLE_EVERY):
        await ActivityEnvironment().run(audits.audit, AuditOrder())
    assert asked == [True, False, *[False] * (WHOLE_EVERY - 1), True]


def test_a_taken_metrics_port_is_told_and_a_core_that_is_away_leaves_our_series() -> None:
    registry = CollectorRegistry()
    Gauge("cuntong_test", "A series.", registry=registry).set(7)
    with scrape.serving("127.0.0.1", 0, registry, scrape.private_address()) as port:
        assert scraped(port) == {"cuntong_test": 7}
        with pytest.raises(Refusal) as refused, scrape.serving("127.0.0.1", port, registry, ""):
            pass
        assert refused.value.reason.code == "metrics.port_taken"
