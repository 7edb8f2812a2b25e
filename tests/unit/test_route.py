"""A letter goes by what its receiver prefers, as far as this installation can; a file is always left."""

from __future__ import annotations

import pytest

from rules.route import Hop, address_of, hop_after, route
from schemas.directory import Person

HERE = ("email", "file", "sms", "wecom")
MAIL, FILE = Hop("email", "a@example.cn"), Hop("file")
SMS, ROBOT = Hop("sms", "13800000000"), Hop("wecom", "zhang")
ADDRESSES = {"sms": "13800000000", "wecom": "zhang"}


def person(*channels: str, email: str | None = "a@example.cn", **addresses: str) -> Person:
    return Person(person_id="p", name="张", email=email, channels=channels, addresses=addresses)


@pytest.mark.parametrize(
    ("who", "here", "expected"),
    [
        pytest.param(person(), HERE, [MAIL, FILE], id="mail when nothing is chosen"),
        pytest.param(person(email=None), HERE, [FILE], id="no address at all"),
        pytest.param(person(email="  "), HERE, [FILE], id="an address of blanks is none"),
        pytest.param(person(), ("file",), [FILE], id="no mail server"),
        pytest.param(None, HERE, [FILE], id="not in the directory"),
        pytest.param(
            person("wecom", "sms", **ADDRESSES), HERE, [ROBOT, SMS, MAIL, FILE], id="two channels, in their order"
        ),
        pytest.param(person("sms", "email", **ADDRESSES), HERE, [SMS, MAIL, FILE], id="mail as the second"),
        pytest.param(person("sms", "sms", **ADDRESSES), HERE, [SMS, MAIL, FILE], id="named twice, tried once"),
        pytest.param(person("sms"), HERE, [MAIL, FILE], id="no number for the channel of choice"),
        pytest.param(
            person("pigeon", "sms", pigeon="left", sms="1"), HERE, [Hop("sms", "1"), MAIL, FILE], id="unknown here"
        ),
        pytest.param(person("pigeon", pigeon="left"), HERE, [MAIL, FILE], id="only unknown ones"),
        pytest.param(person("file"), HERE, [FILE], id="files by choice"),
        pytest.param(person("file", "sms", **ADDRESSES), HERE, [SMS, FILE], id="a file is always the last"),
        pytest.param(person("email"), HERE, [MAIL, FILE], id="mail by choice"),
        pytest.param(
            person(email="not-an-address"),
            HERE,
            [Hop("email", "not-an-address"), FILE],
            id="a wrong one is for the channel to refuse",
        ),
    ],
)
def test_ways(who: Person | None, here: tuple[str, ...], expected: list[Hop]) -> None:
    assert list(route(who, here)) == expected


@pytest.mark.parametrize(
    ("who", "refused", "expected"),
    [
        (person("wecom", "sms", **ADDRESSES), "wecom", SMS),
        (person("wecom", "sms", **ADDRESSES), "sms", MAIL),
        (person("wecom", "sms", **ADDRESSES), "email", FILE),
        (person("wecom", "sms", **ADDRESSES), "file", None),
        (person("sms", **ADDRESSES), "wecom", SMS),
        (person(), "email", FILE),
        (None, "email", FILE),
        (None, "file", None),
    ],
)
def test_the_way_after_a_refusal(who: Person | None, refused: str, expected: Hop | None) -> None:
    assert hop_after(who, HERE, refused) == expected


def test_an_address_given_for_mail_goes_before_the_one_of_the_directory() -> None:
    who = Person(person_id="p", name="张", email="a@example.cn", addresses={"email": " b@example.cn "})
    assert (address_of(who, "email"), address_of(who, "sms")) == ("b@example.cn", "")
