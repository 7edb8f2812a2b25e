"""People of one county and around it, with the posts that tests need."""

from __future__ import annotations

from schemas.command import Actor, Post

VILLAGE = "533301101201"
"""A village of Lushui (533301), Nujiang prefecture (5333), Yunnan (53)."""

BUILDING_COMPANY = "telecom"


def actor(person_id: str, *posts: Post) -> Actor:
    """Return a person with posts."""
    return Actor(person_id=person_id, posts=posts)


def post(role: str, area: str = "", organisation: str = "") -> Post:
    """Return a post with a readable id."""
    return Post(post_id=f"{role}:{area}:{organisation}", role=role, area=area, organisation=organisation)


MINISTRY = actor("ministry", post("ministry_supervisor"))
PROVINCE = actor("province", post("provincial_supervisor", "53"))
PROVINCE_DEPUTY = actor("province-deputy", post("provincial_supervisor", "53"))
PREFECTURE = actor("prefecture", post("prefecture_officer", "5333"))
PREFECTURE_DEPUTY = actor("prefecture-deputy", post("prefecture_officer", "5333"))
COUNTY = actor("county", post("county_officer", "533301"))
BUILDER = actor("builder", post("builder", "533301", BUILDING_COMPANY))
BUILDER_PROVINCE = actor("builder-province", post("builder_province", "53", BUILDING_COMPANY))
TOWER = actor("tower", post("tower_company", "5333", "tower"))
POWER = actor("power", post("power_company", "5333", "grid"))
AUDITOR = actor("auditor", post("auditor"))

NEIGHBOUR = actor("neighbour", post("county_officer", "533323"))
"""The officer of another county."""

OTHER_PROVINCE = actor("other-province", post("provincial_supervisor", "51"))
"""The supervisor of another province."""

RIVAL = actor("rival", post("builder", "533301", "mobile"))
"""A builder of another organisation in the same county."""

NOBODY = actor("nobody")
"""A person without a post."""

TWO_HATS = actor("two-hats", *BUILDER.posts, *PREFECTURE.posts, *PROVINCE.posts)
"""A person who builds and also sits in the offices that accept."""

EVERYBODY = (
    MINISTRY,
    PROVINCE,
    PROVINCE_DEPUTY,
    PREFECTURE,
    PREFECTURE_DEPUTY,
    COUNTY,
    BUILDER,
    BUILDER_PROVINCE,
    TOWER,
    POWER,
    AUDITOR,
    NEIGHBOUR,
    OTHER_PROVINCE,
    RIVAL,
    NOBODY,
    TWO_HATS,
)

BY_ROLE = {
    "ministry_supervisor": MINISTRY,
    "provincial_supervisor": PROVINCE,
    "prefecture_officer": PREFECTURE,
    "county_officer": COUNTY,
    "builder": BUILDER,
    "builder_province": BUILDER_PROVINCE,
    "tower_company": TOWER,
    "power_company": POWER,
    "auditor": AUDITOR,
}
"""The right person for each role."""

OPERATOR = actor("operator", post("operator"))
EDUCATION = actor("education", post("education_bureau", "533301"))
HEALTH = actor("health", post("health_commission", "533301"))
POVERTY = actor("poverty", post("poverty_office", "533301"))
BUREAU = actor("bureau", post("fcc_bureau"))
ADMINISTRATOR = actor("administrator", post("usac"))
CARRIER = actor("carrier", post("carrier_officer", "53", BUILDING_COMPANY))
CONTRACT_DIRECTOR = actor("contract-director", post("contract_director"))
CONTRACT_MANAGER = actor("contract-manager", post("contract_manager", "53"))
ASSURANCE = actor("assurance", post("assurance"))
SUPPLIER = actor("supplier", post("supplier", "53", BUILDING_COMPANY))
ELSEWHERE = (
    OPERATOR,
    EDUCATION,
    HEALTH,
    POVERTY,
    BUREAU,
    ADMINISTRATOR,
    CARRIER,
    CONTRACT_DIRECTOR,
    CONTRACT_MANAGER,
    ASSURANCE,
    SUPPLIER,
)
"""People of the platform itself, of other offices of the county, and of other regimes."""

BY_NAME = {person.person_id: person for person in (*EVERYBODY, *ELSEWHERE)}
"""Everybody by person id."""

FOR_ROLE = {**BY_ROLE, **{person.posts[0].role: person for person in ELSEWHERE}}
"""The right person for each role of every regime."""


def around(village_code: str, builder: str = BUILDING_COMPANY) -> dict[str, Actor]:
    """Return everybody by person id, with posts as they are around another village and another builder."""
    areas = {VILLAGE[:digits]: village_code[:digits] for digits in (2, 4, 6)}
    areas[NEIGHBOUR.posts[0].area] = f"{village_code[:4]}99"
    areas[OTHER_PROVINCE.posts[0].area] = "52" if village_code.startswith("51") else "51"
    rival = RIVAL.posts[0].organisation if builder == BUILDING_COMPANY else BUILDING_COMPANY
    organisations = {BUILDING_COMPANY: builder, RIVAL.posts[0].organisation: rival}

    def moved(known: Post) -> Post:
        area = areas.get(known.area, known.area)
        return post(known.role, area, organisations.get(known.organisation, known.organisation))

    return {key: actor(key, *map(moved, person.posts)) for key, person in BY_NAME.items()}
