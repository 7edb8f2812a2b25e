"""What a play found, for people: a table by channel, and each failure in a line."""

from __future__ import annotations

from statistics import median

from tests.chaos.campaign import Played
from tests.chaos.verdict import Tally

FINDINGS_SHOWN = 30
_HEAD = (
    "channel   expected received withdrawn silenced | lost unexpected duplicated early late | repeats  delay p50/max d"
)


def table(found: Played, seconds: float) -> str:
    """Return the table of one play."""
    verdict, script = found.verdict, found.script
    kills = ", ".join(f"{name} {count}" for name, count in sorted(found.kills.items())) or "none"
    modes = ", ".join(f"{name} {count}" for name, count in sorted(found.modes.items()) if name != "ok") or "none"
    lines = [
        f"seed {script.seed}: {len(script.villages)} projects, {verdict.notices} notices, {verdict.letters} letters",
        f"{seconds:.0f} s, of these {found.drained_seconds:.0f} s after the last day",
        f"killed: {kills}; sinks: {modes}",
        _HEAD,
        *(_line(name, tally) for name, tally in sorted(verdict.channels.items())),
    ]
    lines += [f"  {finding}" for finding in verdict.findings[:FINDINGS_SHOWN]]
    hidden = len(verdict.findings) - FINDINGS_SHOWN
    lines += [f"  and {hidden} more"] if hidden > 0 else []
    return "\n".join([*lines, ""])


def _line(name: str, one: Tally) -> str:
    delays = f"{median(one.delays):.1f} / {max(one.delays):.1f}" if one.delays else "-"
    return (
        f"{name:9} {one.expected:8} {one.received:8} {one.withdrawn:9} {one.silenced:8} | {one.lost:4} "
        f"{one.unexpected:10} {one.duplicated:10} {one.early:5} {one.late:4} | {one.repeats:7}  {delays}"
    )


def summary(found: Played, seconds: float) -> str:
    """Return one play as a line of the table in docs/chaos.md."""
    tallies = list(found.verdict.channels.values())

    def total(name: str) -> int:
        return sum(getattr(tally, name) for tally in tallies)

    kills = sum(count for name, count in found.kills.items() if not name.endswith("stopped"))
    stops = sum(found.kills.values()) - kills
    cells = [found.script.seed, found.verdict.notices, found.verdict.letters, kills, stops]
    cells += [total(name) for name in ("lost", "unexpected", "duplicated", "early", "late", "repeats")]
    other = sum(count for kind, count in found.verdict.kinds().items() if kind in {"log", "answer"})
    result = "clean" if found.verdict.is_clean else "FAILED"
    return "| " + " | ".join(str(cell) for cell in [*cells, other, f"{seconds:.0f} s", result]) + " |"
