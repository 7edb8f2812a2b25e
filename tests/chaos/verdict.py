"""What the oracle expected against what is on record and what the sinks have got: lost, unexpected, duplicated, early.

Plain comparison of plain rows; it knows none of our code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.chaos.oracle import REMINDERS, Duty, day_of
from tests.chaos.script import KEYED, Script

ENDED = frozenset({"stage_closed", "stage_returned", "project_cancelled", "project_completed"})
PATIENCE_SECONDS = 150.0
"""A letter that comes later than so many seconds after its rung is a failure, whatever was broken."""


@dataclass(frozen=True)
class Row:
    """A notice as the records have it."""

    key: str
    village: int
    stage: str
    rung: str
    person: str
    due_day: int
    state: str
    reason: str
    letter: str
    silence: int
    created_at: float


@dataclass(frozen=True)
class LetterRow:
    """A letter as the records have it; `unknown` counts its tries of unknown outcome."""

    key: str
    person: str
    kind: str
    day: str
    channel: str
    state: str
    notices: int
    unknown: int


@dataclass(frozen=True)
class Told:
    """A notice as the body of a webhook tells it."""

    key: str
    project: str
    stage: str
    rung: str
    due_at: float


@dataclass(frozen=True)
class Got:
    """Something a sink has taken.

    Attributes:
        sink: Channel.
        fold: Key by which the receiver recognises a repeat.
        letter: Letter it says it is.
        person: To whom, by the address.
        notices: What its body tells; None where it is not for programs.
        at: When.
    """

    sink: str
    fold: str
    letter: str
    person: str
    notices: tuple[Told, ...] | None
    at: float


@dataclass
class Evidence:
    """Everything that is left of a play."""

    rows: list[Row] = field(default_factory=list)
    letters: dict[str, LetterRow] = field(default_factory=dict)
    rungs: list[tuple[int, str, str, int]] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    broken_answers: list[str] = field(default_factory=list)
    projects: dict[str, int] = field(default_factory=dict)


@dataclass
class Tally:
    """Counts of one channel."""

    expected: int = 0
    received: int = 0
    withdrawn: int = 0
    silenced: int = 0
    lost: int = 0
    unexpected: int = 0
    duplicated: int = 0
    early: int = 0
    late: int = 0
    repeats: int = 0
    delays: list[float] = field(default_factory=list)


@dataclass
class Verdict:
    """What was found.

    Attributes:
        channels: Counts by channel.
        findings: Each failure in a line.
        letters: How many letters were taken.
        notices: How many notices there are.
    """

    channels: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    findings: list[str] = field(default_factory=list)
    letters: int = 0
    notices: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing failed."""
        return not self.findings

    def kinds(self) -> Counter[str]:
        """Return how many failures there are by kind."""
        return Counter(finding.split(":")[0] for finding in self.findings)


class Judge:
    """Compares one play with what was expected."""

    def __init__(self, script: Script, duties: list[Duty], evidence: Evidence) -> None:
        """Take what to compare."""
        self._script, self._duties, self._evidence = script, duties, evidence
        self._rows = {row.key: row for row in evidence.rows}
        self.verdict = Verdict(letters=len({got.letter for got in evidence.got}), notices=len(evidence.rows))

    def judge(self) -> Verdict:
        """Return what was found."""
        delivered = self._delivered()
        fitting: dict[Duty, list[Row]] = defaultdict(list)
        for row in self._evidence.rows:
            duty = self._duty_of(row)
            if duty:
                fitting[duty].append(row)
            else:
                self._fail("unexpected", self._channel(row.person), f"{_told(row)}, {row.state} {row.reason}")
        for duty in self._duties:
            self._weigh(duty, fitting[duty], delivered)
        self._count_copies()
        self._check_bodies()
        self._check_digests()
        self._check_journal()
        for line in self._evidence.complaints:
            self.verdict.findings.append(f"log: {line[:300]}")
        for line in self._evidence.broken_answers:
            self.verdict.findings.append(f"answer: {line}")
        return self.verdict

    def _delivered(self) -> dict[str, list[Got]]:
        """Return what was taken by notice, the first copy of each thing at each sink."""
        found: dict[str, list[Got]] = defaultdict(list)
        seen: set[tuple[str, str]] = set()
        of_letter: dict[str, list[str]] = defaultdict(list)
        for row in self._evidence.rows:
            of_letter[row.letter].append(row.key)
        for got in self._evidence.got:
            if (got.sink, got.fold) in seen:
                continue
            seen.add((got.sink, got.fold))
            for key in of_letter[got.letter] if got.notices is None else [told.key for told in got.notices]:
                found[key].append(got)
        return found

    def _duty_of(self, row: Row) -> Duty | None:
        """Return the duty that a notice fulfils; of several whose due days are not known for sure the surest."""
        fitting = [
            duty
            for duty in self._duties
            if (duty.village, duty.stage, duty.rung) == (row.village, row.stage, row.rung)
            and duty.due_days[0] <= row.due_day <= duty.due_days[1]
            and row.person in duty.people
        ]
        return min(fitting, key=lambda duty: duty.due_days[1] - duty.due_days[0], default=None)

    def _weigh(self, duty: Duty, rows: list[Row], delivered: dict[str, list[Got]]) -> None:
        took = [(row, got) for row in rows for got in delivered[row.key]]
        channel = self._channel(rows[0].person if rows else min(duty.people))
        tally = self.verdict.channels[channel]
        tally.expected += duty.is_sure
        told = f"{duty.stage}/{duty.rung} of village {duty.village} for {'|'.join(sorted(duty.people))}"
        if any(min(row.created_at, got.at) < duty.earliest for row, got in took):
            self._fail("early", channel, told)
        if len({(got.sink, got.fold) for _, got in took}) > 1 or len({row.person for row, _ in took}) > 1:
            self._fail("duplicated", channel, f"{told}: in {sorted({got.letter[:8] for _, got in took})}")
        if took:
            tally.received += 1
            if duty.silence == "yes":
                self._fail("unexpected", channel, f"{told}: a silence should have held it back")
            delay = (min(got.at for _, got in took) - duty.latest) / self._script.day_seconds
            tally.delays.append(delay)
            if delay * self._script.day_seconds > PATIENCE_SECONDS:
                self._fail("late", channel, f"{told}: {delay:.1f} days")
        elif any(_is_silenced(row, duty) for row in rows):
            tally.silenced += 1
        elif any(_is_lapsed(row, duty) or self._was_called_back(row, duty) for row in rows):
            tally.withdrawn += 1
        elif duty.is_sure:
            states = ", ".join(f"{row.state} {row.reason}{self._letter_state(row)}" for row in rows)
            self._fail("lost", channel, f"{told}: {states or 'nothing on record'}")

    def _count_copies(self) -> None:
        """Count repeats: folded where there is a key; else each must be a try that the records call unknown."""
        copies = Counter((got.sink, got.fold, got.letter) for got in self._evidence.got)
        for (sink, _, letter), count in copies.items():
            known = self._evidence.letters.get(letter)
            self.verdict.channels[sink].repeats += count - 1
            if known is None:
                self._fail("unexpected", sink, f"letter {letter[:8]} is not on record")
            elif sink not in KEYED and count - 1 > known.unknown:
                self._fail("duplicated", sink, f"letter {letter[:8]}: {count} copies, {known.unknown} tries unknown")

    def _check_bodies(self) -> None:
        """Check that a letter tells the notices that the records say are in it, to the right person."""
        of_letter: dict[str, set[object]] = defaultdict(set)
        for row in self._evidence.rows:
            if row.letter:
                of_letter[row.letter].add((row.key, row.village, row.stage, row.rung, row.due_day))
        for got in self._evidence.got:
            if got.notices is not None and {self._meant(told) for told in got.notices} != of_letter[got.letter]:
                self._fail("unexpected", got.sink, f"letter {got.letter[:8]} tells other notices than are on record")
            known = self._evidence.letters.get(got.letter)
            if known and known.person != got.person:
                self._fail("unexpected", got.sink, f"letter {got.letter[:8]} went to {got.person}")

    def _meant(self, told: Told) -> object:
        village = self._evidence.projects.get(told.project, -1)
        return (told.key, village, told.stage, told.rung, day_of(told.due_at, self._script.day_seconds) - 1)

    def _check_digests(self) -> None:
        """Check that nobody got two digests on a day."""
        sent = {got.letter for got in self._evidence.got}
        letters = [one for key, one in self._evidence.letters.items() if one.kind == "digest" and key in sent]
        for (person, day), count in Counter((one.person, one.day) for one in letters).items():
            if count > 1:
                self._fail("duplicated", self._channel(person), f"{count} digests for {person} on {day}")

    def _check_journal(self) -> None:
        """Check that every rung is on record once, and with notices."""
        for (village, stage, rung, due_day), count in Counter(self._evidence.rungs).items():
            told = f"{stage}/{rung} of village {village}, due {due_day}"
            if count > 1:
                self.verdict.findings.append(f"duplicated: {told} fired {count} times")
            meaning = (village, stage, rung, due_day)
            if not any((row.village, row.stage, row.rung, row.due_day) == meaning for row in self._evidence.rows):
                self.verdict.findings.append(f"lost: {told} fired without a notice")

    def _was_called_back(self, row: Row, duty: Duty) -> bool:
        """Whether a notice was taken back between two tries of its letter, which is then not tried again."""
        known = self._evidence.letters.get(row.letter)
        is_given_up = known is not None and known.state in {"superseded", "unclear"}
        return duty.may_lapse and is_given_up and row.reason in ENDED

    def _letter_state(self, row: Row) -> str:
        known = self._evidence.letters.get(row.letter)
        return f" in a letter {known.state}" if known else ""

    def _channel(self, person: str) -> str:
        return self._script.people[person].channel if person in self._script.people else "nobody"

    def _fail(self, kind: str, channel: str, detail: str) -> None:
        tally = self.verdict.channels[channel]
        setattr(tally, kind, getattr(tally, kind) + 1)
        self.verdict.findings.append(f"{kind}: {channel}: {detail}")


def _is_silenced(row: Row, duty: Duty) -> bool:
    return row.state == "suppressed" and row.silence > 0 and duty.silence != "no"


def _is_lapsed(row: Row, duty: Duty) -> bool:
    """Whether a notice was taken back for a reason that the script knows of."""
    is_known = row.reason in ENDED if row.reason != "outdated" else row.rung in REMINDERS
    return row.state == "superseded" and is_known and duty.may_lapse


def _told(row: Row) -> str:
    return f"{row.stage}/{row.rung} of village {row.village} for {row.person}, due {row.due_day}"
