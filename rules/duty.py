"""Who has a duty, for very many projects at one instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rules.policy import Rulebook
from rules.post import Away, resolve
from schemas.directory import Resolution, Seat
from schemas.project import Project

AREA_DIGITS = (0, 2, 4, 6)


class Receivers:
    """Finds who receives what, by looking only at the posts around a project."""

    def __init__(self, seats: Iterable[Seat], away: Away | None = None) -> None:
        """Take the posts with their holders, and who is away, at the instant of the question."""
        self._away = away or {}
        self._by_area: dict[str, list[Seat]] = {}
        for seat in seats:
            self._by_area.setdefault(seat.post.area, []).append(seat)

    def of(self, role: str, project: Project, assigned: Mapping[str, str], book: Rulebook) -> Resolution:
        """Return who receives a message for a role about a project; as `rules.post.resolve`."""
        areas = [project.village_code[:digits] for digits in AREA_DIGITS]
        near = [seat for area in areas for seat in self._by_area.get(area, ())]
        return resolve(role, project, near, assigned, book, self._away)
