"""What stands in a name stays a name: it is no markup, no header, no formula, and turns no writing around."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.letters.make import make
from infra.letters.templates import rendered
from rules.letter import view
from rules.letter_sample import busy_day, letter, notice
from rules.text import one_line
from schemas.letter import MadeLetter
from tests.support.workbook import rows_of, stored

MARKUP = "<script>alert(1)</script><b onclick=x>村</b>&amp;"
NASTY = (
    MARKUP,
    '"><img src=http://evil.example/x>',
    "{{ 7*7 }}{% for x in range(9) %}x{% endfor %}",
    "村\r\nBcc: all@example.org\r\n\r\nbody",
    "村\x00\x07\x1b[31m\x7f\x85\u2028\u2029",
    "\u202e村暗\u2066反\u2069",
    '=HYPERLINK("http://evil.example")',
    "+1+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "＝1+1",
    "{name}{0}{lang!r}",
    "%s%(x)s",
    "村\ud800",
    "\ufeff村\u200b",
)
FIELDS = ("place", "project_id", "stage_title_zh", "stage_title_en", "rung_title_zh", "rung_title_en")
FIELDS_MORE = ("vacant_zh", "vacant_en", "next_zh", "next_en", "consequence")


def made_with(text: str, lang: str = "zh-CN") -> MadeLetter:
    hurt = dict.fromkeys((*FIELDS, *FIELDS_MORE), text)
    notices = tuple(notice(sort, number, **hurt) for number, sort in enumerate(("reply", "matter", "last") * 5))
    return make(letter(lang, notices=notices, name=text))


@cache
def harmless_tags() -> set[tuple[str, tuple[str, ...]]]:
    return Tags(made_with("村").html).found


class Tags(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[tuple[str, tuple[str, ...]]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, tuple(sorted(name for name, _ in attrs))))


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_name_adds_no_tag(text: str, lang: str) -> None:
    harmless = made_with("村", lang)
    assert Tags(made_with(text, lang).html).found == Tags(harmless.html).found


@pytest.mark.parametrize("text", NASTY)
def test_a_name_stays_in_its_line(text: str) -> None:
    made, harmless = made_with(text), made_with("村")
    assert len(made.text.splitlines()) == len(harmless.text.splitlines())
    for line in (made.subject, made.short, made.attachments[0].name):
        assert len(line.splitlines()) == 1
    told = made.subject + made.text + made.html + made.short
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", told)


def test_markup_in_a_name_is_read_as_it_is_written() -> None:
    made = made_with(MARKUP)
    assert MARKUP in made.text  # plain text needs no escape
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made.html


def test_braces_in_a_name_are_not_carried_out() -> None:
    made = made_with("{{ 7*7 }}")
    assert "49" not in made.text
    assert "{{ 7*7 }}" in made.text


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_is_a_formula_or_a_link(text: str) -> None:
    (attached,) = made_with(text).attachments
    sheet = stored(attached.content)
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert set(re.findall(r'<c [^>]* t="(\w+)"', sheet)) == {"s"}
    assert rows_of(attached.content)[1][3] == one_line(text)


@settings(deadline=None, max_examples=60)  # each makes a workbook
@given(st.text(max_size=60))
def test_any_name_gives_a_letter_that_can_be_sent(text: str) -> None:
    made = made_with(text)
    for part in (made.subject, made.text, made.html, made.short):
        part.encode("utf-8")
    assert rows_of(made.attachments[0].content)[1][3] == one_line(text)
    assert Tags(made.html).found == harmless_tags()


@given(st.text())
def test_one_line_is_one_line_and_stays_what_it_is(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
    line.encode("utf-8")


def test_a_cell_longer_than_a_spreadsheet_holds_is_cut() -> None:
    notices = tuple(notice("reply", number, place="长" * 40_000) for number in range(11))
    (attached,) = make(letter("en", notices=notices)).attachments
    assert len(rows_of(attached.content)[1][3]) == 32_767


@pytest.mark.parametrize(
    "source",
    [
        "{{ first.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ first.place.format.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as x %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 999999999 }}",
        "{% for i in range(100000000) %}x{% endfor %}",
        "{{ groups.append(1) }}",
        "{{ '%99999999d' % 1 }}",
        "{{ 'x'.ljust(100000000) }}",
        "{{ 'x'.replace('x', 'y') }}",
        "{{ '{:99999999d}'.format(1) }}",
        "{{ 'x' | center(100000000) }}",
        "{{ 'x' | indent(100000000) }}",
        "{{ ['x'] | map('center', 100000000) | list }}",
        "{{ '%99999999d' | format(1) }}",
        "{{ lipsum(n=100000) }}",
        "{{ (1).to_bytes(100000000, 'big') }}",
        "{{ range(999) | join('x' | string + '-------------------------------------------' * 9) }}",
        "{% for i in range(999) %}{% for j in range(999) %}0123456789{% endfor %}{% endfor %}",
        "{% set n = namespace(t='0123456789') %}{% for i in range(40) %}{% set n.t = n.t + n.t %}{% endfor %}",
        "{% set n = namespace(t='x') %}{% for i in range(40) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
        "{% set t = 'x' %}" + "{% set t %}{{ t }}{{ t }}{% endset %}" * 40,
        "{% macro m(t) %}{{ t }}{{ t }}{% endmacro %}{{ " + "m(" * 30 + "'x'" + ")" * 30 + " }}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(source: str) -> None:
    from infra.letters.templates import TemplateFaultError  # noqa: PLC0415 - what it is about

    seen: Any = view(busy_day("en"))
    with pytest.raises(TemplateFaultError):
        rendered(source, "text", seen)


def test_what_letters_need_is_there() -> None:
    seen: Any = view(busy_day("en"))
    source = (
        "{% for one in worst %}{{ loop.cycle('a', 'b') }}{{ loop.index % 2 }}{{ loop.index + 1 }}"
        "{% endfor %}{{ first.place.upper() | truncate(3, true, '') }}{{ ['x', 'y'] | join(', ') }}{{ 'a' + 'b' }}"
    )
    assert rendered(source, "text", seen).endswith("x, yab")
    assert rendered("{{ ['<', '>'] | join('&') }}", "html", seen) == "&lt;&amp;&gt;"
