"""Our own series for Prometheus: what the last audit counted, and when each part was last heard of.

They are read from the records when they are asked for, so every worker tells the same, and a worker that has just begun
tells it at once. What an audit counted is as old as the audit; its instant is a series too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, NamedTuple, TypeAlias, get_args

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from infra import scrape
from infra.db.audit import Audited, last_audit
from infra.db.heartbeats import Heartbeats
from infra.settings import Settings
from schemas.audit import Balance, FindingKind

PLACES = tuple(name for name in Balance.model_fields if name not in {"rungs", "silent_rungs", "notices"})
"""Where a notice can be; what is in these adds up to all notices."""


class Series(NamedTuple):
    """One series.

    Attributes:
        kind: What Prometheus calls it.
        told: What it tells.
        labels: By what it is divided.
    """

    kind: Literal["gauge", "counter"]
    told: str
    labels: tuple[str, ...] = ()


SERIES: dict[str, Series] = {
    "cuntong_records_up": Series("gauge", "Whether the records could be asked for the series below, 1 or 0."),
    "cuntong_audit_timestamp_seconds": Series("gauge", "When the last audit was, in seconds since 1970."),
    "cuntong_audit_duration_seconds": Series("gauge", "How long the last audit took."),
    "cuntong_audit_findings": Series(
        "gauge", "Findings that stand, by kind; 0 for kinds of which none does.", ("kind",)
    ),
    "cuntong_conservation_gap": Series(
        "gauge", "Rungs and notices that are unaccounted for; anything but 0 is an alarm."
    ),
    "cuntong_rungs": Series("gauge", "Rungs in the journals that speak to people."),
    "cuntong_balance_notices": Series("gauge", "Notices by the place they are in; they add up to all.", ("place",)),
    "cuntong_notices": Series("gauge", "Notices by state.", ("state",)),
    "cuntong_letters": Series("gauge", "Letters by channel and state.", ("channel", "state")),
    "cuntong_attempts_unknown_total": Series("counter", "Tries of unknown outcome, by channel.", ("channel",)),
    "cuntong_oldest_waiting_notice_age_seconds": Series(
        "gauge", "Age of the oldest notice that waited for its letter when the last audit was; 0 when none did."
    ),
    "cuntong_oldest_pending_letter_age_seconds": Series(
        "gauge", "Age of the oldest letter to be handed over when the last audit was, by channel.", ("channel",)
    ),
    "cuntong_heartbeat_timestamp_seconds": Series(
        "gauge", "When a part of the system was last heard of, in seconds since 1970.", ("part",)
    ),
}
"""Every series of our own by name."""


def serving(settings: Settings, engine: Engine, core: str) -> AbstractContextManager[int]:
    """Answer Prometheus with our series and the engine core's until the end; not at all when the port is 0.

    Args:
        settings: Address and port to listen on.
        engine: Database of the records.
        core: `host:port` of the engine core's series.

    Raises:
        Refusal: `metrics.port_taken`, when it is entered.
    """
    if not settings.metrics_port:
        return nullcontext(0)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(RecordsCollector(engine))
    return scrape.serving(settings.metrics_host, settings.metrics_port, registry, core)


class RecordsCollector(Collector):
    """Reads the series from the records."""

    def __init__(self, engine: Engine) -> None:
        """Take the database of the records."""
        self._engine = engine
        self._heartbeats = Heartbeats(engine)

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Yield the series; only that the records are away when they are."""
        try:
            last = last_audit(self._engine)
            heard = {part: at.timestamp() for part, (at, _) in self._heartbeats.heard().items()}
        except SQLAlchemyError:
            yield _family("cuntong_records_up", {(): 0})
            return
        yield _family("cuntong_records_up", {(): 1})
        yield _family("cuntong_heartbeat_timestamp_seconds", {(part,): at for part, at in heard.items()})
        if last:
            yield from (_family(name, values) for name, values in _of_audit(last).items())


_Values: TypeAlias = dict[tuple[str, ...], float]


def _of_audit(last: Audited) -> dict[str, _Values]:
    report, figures = last.report, last.figures
    waiting = (report.at - figures.oldest_waiting_at).total_seconds() if figures.oldest_waiting_at else 0
    pending: _Values = {(name,): (report.at - at).total_seconds() for name, at in figures.oldest_pending_at.items()}
    letters: _Values = {(name, state): n for name, states in figures.letters.items() for state, n in states.items()}
    return {
        "cuntong_audit_timestamp_seconds": {(): report.at.timestamp()},
        "cuntong_audit_duration_seconds": {(): figures.seconds},
        "cuntong_audit_findings": {(kind,): report.findings.get(kind, 0) for kind in get_args(FindingKind)},
        "cuntong_conservation_gap": {(): report.gap},
        "cuntong_rungs": {(): report.balance.rungs},
        "cuntong_balance_notices": {(place,): getattr(report.balance, place) for place in PLACES},
        "cuntong_notices": {(state,): count for state, count in figures.notices.items()},
        "cuntong_letters": letters,
        "cuntong_attempts_unknown_total": {(name,): count for name, count in figures.unknown_attempts.items()},
        "cuntong_oldest_waiting_notice_age_seconds": {(): waiting},
        "cuntong_oldest_pending_letter_age_seconds": pending,
    }


def _family(name: str, values: _Values) -> GaugeMetricFamily | CounterMetricFamily:
    series = SERIES[name]
    make = CounterMetricFamily if series.kind == "counter" else GaugeMetricFamily
    family = make(name, series.told, labels=series.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
