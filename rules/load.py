"""The load of a rehearsal: rungs and messages by day, level, person and place.

Rungs are counted in bundles: those of one course that speak to the same roles. A bundle goes to the same people
whenever it comes, so its days are looked at once for each person and not once for each project.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rules.calendar import WorkingCalendar
from rules.course import COUNTY_DIGITS, Course, Kin
from rules.directory import AREA_DIGITS
from rules.policy import Rulebook
from rules.post import resolve
from schemas.directory import Seat
from schemas.message import Title
from schemas.project import Project
from schemas.rehearsal import Assumption, DayLoad, Gap, HolidayLoad, PersonLoad, Rehearsal

LONG_HOLIDAY_DAYS = 3
"""Free days in a row from which a holiday counts as long: more than a weekend."""

_DIGITS = sorted({*AREA_DIGITS.values()})
_Days = Counter[int]


class _Place(NamedTuple):
    """A post for which a rung was meant, and who receives it."""

    role: str
    area: str
    organisation: str
    person_id: str


class _Heard(NamedTuple):
    """Who hears of a rung for some roles.

    Attributes:
        people: Each once.
        nobody: Posts for whose duty nobody is to be found.
        upward: Posts whose duty passed to somebody higher up.
    """

    people: tuple[str, ...]
    nobody: tuple[_Place, ...]
    upward: tuple[_Place, ...]


class _Bundle:
    """The rungs of one course that speak to the same roles; compared as the object it is, which is quick.

    Attributes:
        to: The roles.
        rungs: How many there are, by day and level.
        days: How many there are, by day.
        messages: How many messages each of them is, for all projects together.
    """

    def __init__(self, to: tuple[str, ...], rungs: Counter[tuple[int, int]]) -> None:
        self.to, self.rungs, self.messages = to, rungs, 0
        self.days: _Days = Counter()
        for (day, _), times in rungs.items():
            self.days[day] += times


class _Played(NamedTuple):
    """A course with its bundles."""

    course: Course
    bundles: tuple[_Bundle, ...]


class _Receivers:
    """Who receives what, found once for each role and the area and builder that can make a difference to it."""

    def __init__(self, seats: Sequence[Seat]) -> None:
        self._by_area: defaultdict[str, list[Seat]] = defaultdict(list)
        self._digits: defaultdict[str, int] = defaultdict(int)
        for seat in seats:
            self._by_area[seat.post.area].append(seat)
            self._digits[seat.post.role] = max(self._digits[seat.post.role], len(seat.post.area))
        self._places: dict[tuple[str, str, str, str], tuple[_Place, bool]] = {}
        self._scopes: dict[tuple[str, str], tuple[int, bool]] = {}
        self._heard: defaultdict[tuple[str, str, str], dict[tuple[str, ...], _Heard]] = defaultdict(dict)

    def here(self, project: Project, book: Rulebook) -> Callable[[tuple[str, ...]], _Heard]:
        """Return the function that tells who hears of a rung of this project for some roles."""
        known = self._heard[project.village_code[:COUNTY_DIGITS], project.builder, book.pins.hierarchy]

        def heard(to: tuple[str, ...]) -> _Heard:
            if to not in known:
                places = [self._place(role, project, book) for role in to]
                known[to] = _Heard(
                    people=tuple(dict.fromkeys(place.person_id for place, _ in places if place.person_id)),
                    nobody=tuple(place for place, _ in places if not place.person_id),
                    upward=tuple(place for place, is_passed in places if place.person_id and is_passed),
                )
            return known[to]

        return heard

    def _place(self, role: str, project: Project, book: Rulebook) -> tuple[_Place, bool]:
        """Return the post that is meant with its receiver, and whether that is somebody higher up."""
        digits, is_builder = self._scope(role, book)
        code, builder = project.village_code, project.builder if is_builder else ""
        key = (role, code[:digits], builder, book.pins.hierarchy)
        if key not in self._places:
            near = [seat for length in _DIGITS for seat in self._by_area.get(code[:length], ())]
            found, known = resolve(role, project, near, {}, book), book.roles.get(role)
            area = code[: AREA_DIGITS[known.scope]] if known else ""
            organisation = builder if known and known.is_builder else ""
            self._places[key] = (_Place(role, area, organisation, found.person_id), bool(found.vacant))
        return self._places[key]

    def _scope(self, role: str, book: Rulebook) -> tuple[int, bool]:
        """Return how much of a village code, and whether its builder, can make a difference to who receives for a role.

        That depends on the posts of the role and of all the superiors to whom its duty may pass.
        """
        key = (role, book.pins.hierarchy)
        if key not in self._scopes:
            chain: list[str] = []
            current: str | None = role
            while current and current not in chain:
                chain.append(current)
                current = book.roles[current].superior if current in book.roles else None
            known = [book.roles[one] for one in chain if one in book.roles]
            digits = max([AREA_DIGITS[one.scope] for one in known] + [self._digits[one] for one in chain])
            self._scopes[key] = (digits, any(one.is_builder for one in known))
        return self._scopes[key]


class Tally:
    """Counts what a rehearsal gives."""

    def __init__(self, seats: Sequence[Seat], assumed: Assumption) -> None:
        """Begin with nothing.

        Args:
            seats: Posts with their holders.
            assumed: How people behave.
        """
        self._assumed = assumed
        self._receivers = _Receivers(seats)
        self._played: dict[Kin, _Played] = {}
        self._projects: Counter[Kin] = Counter()
        self._people: defaultdict[str, Counter[_Bundle]] = defaultdict(Counter)
        self._nobody: Counter[_Place] = Counter()
        self._upward: Counter[_Place] = Counter()

    def play(self, kin: Kin, course: Callable[[], Course]) -> None:
        """Take the course of a kin, unless it is known already."""
        if kin not in self._played:
            played = course()
            self._played[kin] = _Played(played, tuple(_bundles(played)))

    def add(self, kin: Kin, project: Project, book: Rulebook, count: int) -> None:
        """Count `count` projects of one kin, county and builder; `project` is one of them."""
        self._projects[kin] += count
        hears = self._receivers.here(project, book)
        for bundle in self._played[kin].bundles:
            heard = hears(bundle.to)
            bundle.messages += count * len(heard.people)
            for person in heard.people:
                self._people[person][bundle] += count
            for place in heard.nobody:
                self._nobody[place] += count * bundle.rungs.total()
            for place in heard.upward:
                self._upward[place] += count * bundle.rungs.total()

    def result(self, books: Sequence[Rulebook]) -> Rehearsal:
        """Return what was counted over all projects, whose policies are `books`."""
        calendar, capacity = books[0].calendar, self._assumed.capacity
        by_person = self._by_person()
        days = self._days(by_person, calendar)
        people = [_person(who, load, capacity, calendar) for who, load in by_person.items()]
        by_level: Counter[int] = Counter()
        provisional = 0
        for kin, count in self._projects.items():
            for rung in self._played[kin].course.rungs:
                by_level[rung.level] += count
                provisional += count if rung.is_provisional else 0
        return Rehearsal(
            policies=tuple(sorted({ref for book in books for ref in book.pins.model_dump().values()})),
            assumed=self._assumed,
            projects=self._projects.total(),
            rungs=by_level.total(),
            messages=sum(day.messages for day in days),
            rungs_by_level=dict(sorted(by_level.items())),
            titles=_titles(books),
            roles={role.key: role.title for book in books for role in book.hierarchy.roles},
            days=tuple(days),
            people=tuple(sorted(people, key=lambda one: (-one.messages, one.person_id))),
            nobody=_gaps(self._nobody),
            upward=_gaps(self._upward),
            moved=self._moved().total(),
            holidays=tuple(self._holidays(days, calendar)),
            provisional=provisional,
        )

    def _by_person(self) -> dict[str, _Days]:
        """Return messages by day for each person."""
        found: dict[str, _Days] = {}
        for person, bundles in self._people.items():
            load = found[person] = Counter()
            for bundle, count in bundles.items():
                for day, times in bundle.days.items():
                    load[day] += times * count
        return found

    def _days(self, by_person: Mapping[str, _Days], calendar: WorkingCalendar) -> list[DayLoad]:
        levels: defaultdict[int, Counter[int]] = defaultdict(Counter)
        for bundle in (bundle for played in self._played.values() for bundle in played.bundles if bundle.messages):
            for (day, level), times in bundle.rungs.items():
                levels[day][level] += times * bundle.messages
        busiest, over = Counter[int](), Counter[int]()
        for load in by_person.values():
            for day, messages in load.items():
                busiest[day] = max(busiest[day], messages)
                over[day] += messages > self._assumed.capacity
        return [
            DayLoad(
                number=day,
                day=calendar.label(day),
                messages=by_level.total(),
                by_level=dict(sorted(by_level.items())),
                busiest=busiest[day],
                over_capacity=over[day],
            )
            for day, by_level in sorted(levels.items())
        ]

    def _moved(self) -> _Days:
        moved: _Days = Counter()
        for kin, count in self._projects.items():
            for day in self._played[kin].course.moved:
                moved[day] += count
        return moved

    def _holidays(self, days: Sequence[DayLoad], calendar: WorkingCalendar) -> Iterator[HolidayLoad]:
        messages, moved = {day.number: day.messages for day in days}, self._moved()
        for first, last in _long_holidays(days, calendar):
            yield HolidayLoad(
                since=calendar.label(first),
                until=calendar.label(last),
                first=first,
                last=last,
                free_days=last - first + 1,
                resumes_on=calendar.label(last + 1),
                messages=messages.get(last + 1, 0),
                moved=sum(moved[day] for day in range(first, last + 1)),
            )


def _bundles(played: Course) -> Iterator[_Bundle]:
    """Yield the rungs of a course by the roles they speak to."""
    found: defaultdict[tuple[str, ...], Counter[tuple[int, int]]] = defaultdict(Counter)
    for rung in played.rungs:
        found[rung.to][rung.day, rung.level] += 1
    return (_Bundle(to, rungs) for to, rungs in found.items())


def _long_holidays(days: Sequence[DayLoad], calendar: WorkingCalendar) -> Iterator[tuple[int, int]]:
    """Yield first and last day of the long holidays between the first and the last day of a rehearsal."""
    day, end = (days[0].number, days[-1].number) if days else (0, -1)
    while day <= end:
        resumes = calendar.next_working(day)
        if resumes - day >= LONG_HOLIDAY_DAYS:
            yield day, resumes - 1
        day = resumes + 1


def _person(person_id: str, load: Mapping[int, int], capacity: int, calendar: WorkingCalendar) -> PersonLoad:
    day = min(load, key=lambda one: (-load[one], one))
    return PersonLoad(
        person_id=person_id,
        messages=sum(load.values()),
        busiest_day=calendar.label(day),
        on_busiest_day=load[day],
        days_over=sum(messages > capacity for messages in load.values()),
    )


def _gaps(places: Counter[_Place]) -> tuple[Gap, ...]:
    ordered = sorted(places.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Gap(**place._asdict(), rungs=rungs) for place, rungs in ordered)


def _titles(books: Sequence[Rulebook]) -> dict[int, Title]:
    """Return the names of the escalations by level: each that of its first rung."""
    titles: dict[int, Title] = {}
    for rule in (rule for book in books for rule in book.ladder.rungs if rule.level):
        titles.setdefault(rule.level, rule.title)
    return dict(sorted(titles.items()))
