"""Directories as people write them: what is wrong is told with line, field, value and rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.files.directory import read_directory
from rules.text import LANGUAGES, render
from schemas.reason import ErrorKind, Refusal

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
        ('area: "533301"', "area: 533301", "directory.invalid", 11),
        ("    name: 和\n", "", "directory.invalid", 6),
        ("name: 和", "nmae: 和", "directory.invalid", 6),
        ("name: 和", "name: 和\n    lang: fr", "directory.invalid", 8),
        ("holder: li", "holder: li\n    holder: he", "yaml.key_twice", 13),
        ("holder: li", "holder: [li", "yaml.syntax", 13),
        ("kind: directory", "kind: plan", "directory.not_a_directory", None),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, code: str, line: int | None) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    reason = refusal(path).reason
    assert (reason.code, reason.kind, reason.params.get("line")) == (code, ErrorKind.INVALID, line)


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
