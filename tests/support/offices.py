"""A directory for tests: a holder for every role around one village."""

from __future__ import annotations

from schemas.directory import Directory, Person, PostLine
from tests.support.journals import BUILDER, VILLAGE

AREAS = {
    "ministry_supervisor": "",
    "provincial_supervisor": VILLAGE[:2],
    "prefecture_officer": VILLAGE[:4],
    "county_officer": VILLAGE[:6],
    "builder": VILLAGE[:6],
    "builder_province": VILLAGE[:2],
    "tower_company": VILLAGE[:4],
    "power_company": VILLAGE[:4],
}


def directory(*vacant: str, without_mail: str = "", **holders: str) -> Directory:
    """Return a directory in which `of-ROLE` holds the post of each role.

    Args:
        vacant: Roles whose post nobody holds.
        without_mail: Role whose holder has no mail address.
        holders: Other holders, by role.
    """
    people = {f"of-{role}": None if role == without_mail else f"{role}@example.cn" for role in AREAS}
    people |= {person_id: f"{person_id}@example.cn" for person_id in holders.values()}
    posts = [
        PostLine(
            post_id=f"post-{role}",
            role=role,
            area=area,
            organisation=BUILDER if role.startswith("builder") else "",
            holder=None if role in vacant else holders.get(role, f"of-{role}"),
        )
        for role, area in AREAS.items()
    ]
    persons = [Person(person_id=key, name=f"{key} 同志", email=email) for key, email in people.items()]
    return Directory(people=tuple(persons), posts=tuple(posts))
