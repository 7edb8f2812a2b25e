"""Whatever is wrong with templates and hours is told before they are published: where, what, and the way out."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from cli import policy as command
from cli.desk import Shared
from infra.files.letters import HEAD
from infra.files.policies import BadPolicyError, compressed_messaging, kept_by_projects, load_file, load_tree, problems
from infra.letters.make import make
from infra.letters.templates import standard
from infra.letters.trial import VARIABLES, template_problems
from rules.letter_sample import SORTS, busy_day, letter, notice
from rules.messaging_check import messaging_problems
from rules.policy import parse
from rules.text import LANGUAGES, render
from schemas.messaging import LetterTemplates, MessagingPolicy
from schemas.reason import Reason, Refusal

CHINA = HEAD.parents[2] / "messaging" / "china.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the letters of the tree, under a version of its own."""
    made = tmp_path / "ours"
    shutil.copytree(HEAD.parent, made)
    head = made / HEAD.name
    head.write_text(head.read_text(encoding="utf-8").replace("'2026.1'", "'2026.9'"), encoding="utf-8")
    return made


def changed(folder: Path, place: str, text: str) -> list[Reason]:
    """Return what is wrong after one text was replaced."""
    (folder / place).write_text(text, encoding="utf-8")
    return problems([load_file(folder / HEAD.name)])


def told(found: list[Reason]) -> str:
    """Return the one problem, in English; it names itself in both languages."""
    (reason,) = found
    sentences = [render(reason, lang) for lang in LANGUAGES]
    assert all("ours@" in one or "standard@2026.9" in one for one in sentences)
    assert sentences[0] != sentences[1]
    return sentences[1]


def test_the_letters_of_the_tree_are_sound() -> None:
    assert template_problems(standard()) == []


@pytest.mark.parametrize(
    ("place", "text", "parts"),
    [
        (
            "en/digest.text.j2",
            "Dear {{ name }},\n\n{% if total %}\n",
            ["en/digest.text.j2, line 3", "'text' of the letter 'digest' in en", "no Jinja2 template", "endif"],
        ),
        (
            "zh-CN/alone.html.j2",
            "<p>\n{{ first.place }\n</p>\n",
            ["zh-CN/alone.html.j2, line 2", "'html' of the letter 'alone' in zh-CN", "no Jinja2 template"],
        ),
        (
            "en/digest.subject.j2",
            "{{ totl }}\n",
            ["en/digest.subject.j2, line 1", "reads 'totl', which no letter has", "total"],
        ),
        (
            "en/alone.text.j2",
            "{{ name }}\n{% if total > 1000000 %}\n{{ never }}\n{% endif %}\n",
            ["line 3", "reads 'never'"],  # although no letter comes by there
        ),
        (
            "en/alone.text.j2",
            "{{ name }}\n{{ first.plase }}\n",
            ["line 2", "cannot be made of the sample 'reminder'", "no attribute 'plase'"],
        ),
        ("en/alone.text.j2", "{{ name }}\n{{ total / 0 }}\n", ["line 2", "division by zero"]),
        ("en/alone.text.j2", "{{ name }}\n\n{% include 'x' %}\n", ["line 3", "sample 'reminder'"]),
        ("en/alone.subject.j2", "{# nothing #}\n", ["comes out empty", "'subject' of the letter 'alone' in en"]),
        (
            "en/alone.subject.j2",
            "{% if first.kind == 'reminder' %}{{ first.headline }}{% endif %}\n",
            ["sample 'overdue'", "comes out empty"],
        ),
        ("en/alone.short.j2", "{{ name }}" + "x" * 500 + "\n", ["has 510 characters, more than 450", "raise longest"]),
        ("zh-CN/digest.subject.j2", "{{ total }}" + "长" * 200 + "\n", ["has 201 characters, more than 160"]),
        ("en/alone.text.j2", "{{ ''.__class__ }}\n", ["line 1", "unsafe"]),
    ],
)
def test_a_faulty_text_is_told_with_its_place(folder: Path, place: str, text: str, parts: list[str]) -> None:
    said = told(changed(folder, place, text))
    assert [part for part in parts if part not in said] == []


def test_every_fault_is_told_at_once(folder: Path) -> None:
    (folder / "en" / "alone.text.j2").unlink()
    (folder / "zh-CN" / "digest.short.j2").write_text("{{ nothing }}", encoding="utf-8")
    found = changed(folder, "en/digest.subject.j2", "{% for %}")
    assert [(one.code, one.params["place"]) for one in found] == [
        ("letters.unknown_name", "zh-CN/digest.short.j2"),
        ("letters.syntax", "en/digest.subject.j2"),
        ("letters.missing", "en/alone.text.j2"),
    ]


def test_a_missing_language_is_told_text_by_text(folder: Path) -> None:
    shutil.rmtree(folder / "en")
    found = problems([load_file(folder / HEAD.name)])
    assert {one.code for one in found} == {"letters.missing"}
    assert len(found) == 8


def test_a_file_that_nobody_would_read_is_told(folder: Path) -> None:
    (folder / "en" / "digest.sms.j2").write_text("x", encoding="utf-8")
    with pytest.raises(BadPolicyError) as caught:
        load_file(folder / HEAD.name)
    assert "digest.sms.j2 is no text of a letter" in render(caught.value.reasons[0], "en")


def test_a_text_of_another_encoding_is_told(folder: Path) -> None:
    (folder / "zh-CN" / "digest.text.j2").write_bytes("和建国".encode("gb18030"))
    with pytest.raises(Refusal) as caught:
        load_file(folder / HEAD.name)
    assert "digest.text.j2 cannot be read as text: byte 1 is no UTF-8" in render(caught.value.reason, "en")


def test_line_ends_are_no_part_of_a_text(folder: Path) -> None:
    reference = load_file(folder / HEAD.name).reference
    for path in folder.glob("*/*.j2"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_file(folder / HEAD.name).reference == reference


def test_check_takes_a_folder_of_letters(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.check((folder,), shared=Shared(lang="en")) == 0
    (folder / "en" / "alone.short.j2").write_text("{{ x }}", encoding="utf-8")
    assert command.check((folder,), shared=Shared(lang="zh-CN")) == 1
    assert "en/alone.short.j2第1行" in capsys.readouterr().err


def test_a_template_can_use_every_variable_and_its_own() -> None:
    own = "{% set mine = total %}{% macro m(a) %}{{ a }}{% endmacro %}{{ mine }}{{ m(1) }}"
    loop = "{% for found in worst %}{{ loop.index }}{% endfor %}"
    every = own + loop + "".join(f"{{{{ {name} }}}}" for name in VARIABLES)
    raw = deepcopy(load_file(HEAD).raw)
    raw["texts"]["en"]["digest"]["text"] = every
    assert template_problems(LetterTemplates.model_validate(raw)) == []


def test_a_template_that_fails_all_the_same_loses_no_letter() -> None:
    """What no trial can foresee: the letter is made with the texts of the tree."""
    raw = deepcopy(load_file(HEAD).raw)
    raw["texts"]["en"]["digest"]["html"] = "{{ first.place if total < 10000 else first.nothing }}"
    templates = LetterTemplates.model_validate(raw)
    many = letter("en", notices=tuple(notice("reply", number) for number in range(10_000)))
    assert make(many, templates).html == make(many).html
    few = letter("en", "digest", "reply")
    assert make(few, templates).html == notice("reply").place + "\n"


def test_the_trial_has_every_sort_and_every_way_on() -> None:
    found = [notice(sort) for sort in SORTS]
    assert {one.kind for one in found} == {"reminder", "escalation", "milestone"}
    assert {one.step for one in found} == {"act", "reply", "decide", "press", ""}
    assert any(one.vacant_zh for one in found)
    assert any(one.consequence for one in found)
    assert any(one.matter for one in found)
    assert any(not one.stage and not one.matter for one in found)
    assert len(busy_day("en").notices) > 10


# Hours


def hours(**changes: Any) -> MessagingPolicy:  # noqa: ANN401 - any field
    return MessagingPolicy.model_validate({**load_file(CHINA).raw, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"office": {"since": "18:00", "until": "09:00"}}, "office: 18:00-09:00 are no office hours"),
        ({"office": {"since": "09:00", "until": "09:00"}}, "office: 09:00-09:00 are no office hours"),
        ({"digest_at": "08:59"}, "digest_at: 08:59 lies outside the office hours 09:00-18:00"),
        ({"digest_at": "18:00"}, "digest_at: 18:00 lies outside the office hours 09:00-18:00"),
        (
            {"office": {"since": "09:00", "until": "10:00"}, "jitter_minutes": 61},
            "jitter_minutes: 61 minutes are longer than the office hours; 60 at most",
        ),
        ({"quiet": {"since": "08:00", "until": "19:00"}}, "the quiet hours 08:00-19:00 cover all office hours"),
        ({"quiet": {"since": "20:00", "until": "18:30"}}, "the quiet hours 20:00-18:30 cover all office hours"),
        ({"quiet": {"since": "08:30", "until": "08:00"}}, "the quiet hours 08:30-08:00 cover all office hours"),
        ({"alone_from_level": -1}, "alone_from_level: -1 is no level"),
        ({"unsilenced_from_level": -2}, "unsilenced_from_level: -2 is no level"),
    ],
)
def test_hours_that_cannot_be_kept_are_told(changes: dict[str, Any], said: str) -> None:
    (reason,) = messaging_problems(hours(**changes))
    assert said in render(reason, "en")
    assert "china@2026.1" in render(reason, "zh-CN")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"quiet": {"since": "12:00", "until": "14:00"}},
        {"quiet": {"since": "00:00", "until": "00:00"}},
        {"alone_from_level": None},
    ],
)
def test_hours_that_can_be_kept_are_sound(changes: dict[str, Any]) -> None:
    assert messaging_problems(hours(**changes)) == []


def test_a_messaging_policy_names_a_calendar_and_letters_that_are_there(tmp_path: Path) -> None:
    for field in ("calendar: china", "letters: standard"):
        path = tmp_path / "ours.yaml"
        path.write_text(CHINA.read_text(encoding="utf-8").replace(field, field.split(":")[0] + ": nowhere"))
        (reason,) = problems([load_file(path)], load_tree())
        assert reason.code == "policy.unknown"
        assert reason.params["name"] == "nowhere"


@pytest.mark.parametrize("field", ["digest_at: '09:30'", "since: '09:00'"])
def test_a_time_without_quotes_is_told(tmp_path: Path, field: str) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(CHINA.read_text(encoding="utf-8").replace(field, field.replace("'", "").replace(": 0", ": 1"), 1))
    with pytest.raises(BadPolicyError) as caught:
        load_file(path)
    assert "must be a time of day in quotes" in render(caught.value.reasons[0], "en")


def test_days_of_a_second_are_office_time_from_end_to_end() -> None:
    raw = compressed_messaging(load_file(CHINA).raw, 1.0)
    found = parse(raw)
    assert isinstance(found, MessagingPolicy)
    assert (found.version, found.calendar) == ("2026.1-1s", "compressed")
    assert messaging_problems(found) == []
    with pytest.raises(Refusal):
        compressed_messaging(raw, 0)


def test_projects_keep_no_policy_of_how_people_are_told() -> None:
    assert {one.parsed.kind for one in kept_by_projects(load_tree())} == {"plan", "ladder", "hierarchy", "calendar"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_show_tells_hours_and_texts(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name, part in (("china", "20:00-08:00"), ("standard", "zh-CN/digest.html.j2")):
        assert command.show(name, shared=Shared(lang=lang)) == 0
        assert part in capsys.readouterr().out
    assert command.show("standard", shared=Shared(json=True)) == 0
    assert "digest" in json.loads(capsys.readouterr().out)["policies"][0]["document"]["texts"]["en"]
