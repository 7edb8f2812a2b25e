"""Directories as people write them: what is wrong is told with line, field, value and rule."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import get_args

import pytest

from infra.files.directory import read_directory
from rules.directory import AREA_DIGITS, fault
from rules.text import LANGUAGES, render
from schemas.directory import PostLine
from schemas.hierarchy import Role, Scope
from schemas.message import Title
from schemas.reason import ErrorKind, Refusal
from tests.support.life import beijing

GOOD = """\
kind: directory
people:
  - person_id: li
    name: 李
    email: li@nujiang.example
  - person_id: he
    name: 和
posts:
  - post_id: county-533301
    role: county_officer
    area: "533301"
    holder: li
  - post_id: county-533324
    role: county_officer
    area: "533324"
    holder: null
"""


def refusal(path: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_directory(path)
    assert all(str(path) in render(caught.value.reason, lang) for lang in LANGUAGES)
    return caught.value


def test_people_and_posts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(GOOD, encoding="utf-8")
    directory = read_directory(path)
    assert [(person.person_id, person.email, person.lang) for person in directory.people] == [
        ("li", "li@nujiang.example", "zh-CN"),
        ("he", None, "zh-CN"),
    ]
    assert [(post.area, post.holder) for post in directory.posts] == [("533301", "li"), ("533324", None)]


def test_people_say_how_they_are_reached(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    ways = "name: 和\n    channels: [sms, pigeon]\n    addresses: {sms: '13800000000', pigeon: '巷口'}"
    ways += "\n    digest_at: '16:30'"
    path.write_text(GOOD.replace("name: 和", ways), encoding="utf-8")
    he = read_directory(path).people[1]
    assert he.channels == ("sms", "pigeon"), "another installation may have that one"
    assert (he.addresses["sms"], he.digest_at) == ("13800000000", time(16, 30))


def test_a_plain_day_away_is_a_whole_day(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    away = "name: 和\n    absent: [{since: 2018-07-01, until: '2018-07-02', reason: 休假}]"
    deputy = "holder: li\n    deputy: he"
    path.write_text(GOOD.replace("name: 和", away).replace("holder: li", deputy), encoding="utf-8")
    directory = read_directory(path)
    (absence,) = directory.people[1].absent
    assert (absence.since, absence.until) == (beijing("2018-07-01", "00:00"), beijing("2018-07-03", "00:00"))
    assert [post.deputy for post in directory.posts] == ["he", None]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("person_id: he", "person_id: li", "directory.repeated_id", 6),
        ("post_id: county-533324", "post_id: county-533301", "directory.repeated_id", 13),
        ("holder: li", "holder: wang", "directory.unknown_holder", 12),
        ("person_id: he", "person_id: 和", "directory.bad_id", 6),
        ('area: "533301"', 'area: "53330"', "directory.bad_area", 11),
        ('area: "533301"', 'area: "53330１"', "directory.bad_area", 11),
        ("li@nujiang.example", "li.nujiang.example", "directory.bad_email", 5),
        ("li@nujiang.example", "li..he@nujiang.example", "directory.bad_email", 5),
        ("li@nujiang.example", "'li,he@nujiang.example'", "directory.bad_email", 5),
        ("li@nujiang.example", "李@nujiang.example", "directory.bad_email", 5),
        ("name: 和", "name: 和\n    digest_at: '25:00'", "directory.invalid", 8),
        ("name: 和", "name: 和\n    digest_at: 10:00", "directory.invalid", 8),
        ("name: 和", "name: 和\n    channels: sms", "directory.invalid", 8),
        ("name: 和", "name: 和\n    channels: [sms]\n    addresses: {sms: ''}", "directory.bad_address", 9),
        ("name: 和", 'name: 和\n    addresses: {sms: "138\\n00"}', "directory.bad_address", 8),
        ("name: 和", "name: 和\n    addresses: {sms: 13800000000}", "directory.invalid", 8),
        ("name: 和", "name: 和\n    addresses: {email: he.example}", "directory.bad_email", 8),
        ("role: county_officer", "role: county_oficer", "directory.unknown_role", 10),
        ("role: county_officer", "role: ministry_supervisor", "directory.area_of_nation", 11),
        ("role: county_officer", "role: prefecture_officer", "directory.area_of_role", 11),
        ('area: "533301"', 'area: "5333"', "directory.area_of_role", 11),
        ('area: "533301"', 'area: ""', "directory.area_of_role", 11),
        ("role: county_officer", "role: builder", "directory.no_organisation", 9),
        ('area: "533301"', "area: 533301", "directory.invalid", 11),
        ("    name: 和\n", "", "directory.invalid", 6),
        ("name: 和", "nmae: 和", "directory.invalid", 6),
        ("name: 和", "name: 和\n    lang: fr", "directory.invalid", 8),
        ("holder: li", "holder: li\n    holder: he", "yaml.key_twice", 13),
        ("holder: li", "holder: li\n    deputy: wang", "directory.unknown_holder", 13),
        ("holder: li", "holder: li\n    deputy: li", "directory.own_deputy", 13),
        (
            "name: 和",
            "name: 和\n    absent: [{since: 2018-07-02, until: 2018-06-30, reason: 休假}]",
            "directory.absence_backwards",
            8,
        ),
        ("name: 和", "name: 和\n    absent: [{since: tomorrow, until: 2018-06-30, reason: x}]", "directory.invalid", 8),
        ("name: 和", "name: 和\n    absent: [{since: 2018-06-30, until: 2018-07-02}]", "directory.invalid", 8),
        ("holder: li", "holder: [li", "yaml.syntax", 13),
        ("kind: directory", "kind: plan", "directory.not_a_directory", None),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, code: str, line: int | None) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    reason = refusal(path).reason
    assert (reason.code, reason.kind, reason.params.get("line")) == (code, ErrorKind.INVALID, line)


@pytest.mark.parametrize("scope", get_args(Scope))
def test_every_scope_binds_an_area(scope: Scope) -> None:
    role = Role(key="r", title=Title(zh="角色", en="Role"), scope=scope, side="government")
    sound = [
        digits
        for digits in (0, 2, 4, 6)
        if fault(PostLine(post_id="p", role="r", area="533301"[:digits], organisation="mobile"), {"r": role}) is None
    ]
    assert sound == [AREA_DIGITS[scope]]


def test_roles_may_be_those_of_another_regime(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        read_directory(path, {})
    assert caught.value.reason.code == "directory.unknown_role"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "yaml.not_a_mapping"),
        ("- 1\n", "yaml.not_a_mapping"),
        ("name: x\n", "directory.not_a_directory"),
        ("people: []\n", "directory.invalid"),
        ("people: 3\nposts: []\n", "directory.invalid"),
        ("people: !!python/name:os.system\n", "yaml.syntax"),
    ],
)
def test_what_is_no_directory_is_refused(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(content, encoding="utf-8")
    assert refusal(path).reason.code == code


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.yaml").reason.kind == ErrorKind.NOT_FOUND
    assert refusal(tmp_path).reason.code == "file.not_regular"
