"""The documents keep up with the code: generated pages, links, and the commands they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from cli.app import build
from tests.support.write_reference import FOLDER, leaves, pages

TREE = Path(__file__).parents[2]
README_LINES = 150

DOCUMENTS = sorted(chain(TREE.glob("*.md"), (TREE / "docs").rglob("*.md"), (TREE / "samples").rglob("*.md")))
COMMANDS = {words for words, _ in leaves(build("en"))}
OPTIONS = {words: app.assemble_argument_collection() for words, app in leaves(build("en"))}

LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAMED = re.compile(r"\./cuntong ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)((?:\\\n|[^\n`|·；])*)")


def shown(path: Path) -> str:
    return path.relative_to(TREE).as_posix()


def links(document: Path) -> Iterator[tuple[Path, str]]:
    """Yield file and anchor of every link inside the tree."""
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if "://" not in target:
            name, _, anchor = target.partition("#")
            yield (document.parent / name if name else document), anchor


def anchors(document: Path) -> set[str]:
    titles = HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def named(document: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the words and the rest of the line of every command that a document names."""
    for words, rest in NAMED.findall(document.read_text(encoding="utf-8")):
        two = tuple(words.split())
        yield (two if two in COMMANDS else two[:1] if two[:1] in COMMANDS else two), rest


@pytest.mark.parametrize("path", sorted(pages()), ids=shown)
def test_generated_pages_are_up_to_date(path: Path) -> None:
    """After a change run `python -m tests.support.write_reference`."""
    assert path.read_text(encoding="utf-8") == pages()[path]


def test_the_readme_is_short() -> None:
    assert len((TREE / "README.md").read_text(encoding="utf-8").splitlines()) < README_LINES


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_links_lead_somewhere(document: Path) -> None:
    broken = [
        f"{target.name}#{anchor}"
        for target, anchor in links(document)
        if not target.exists() or (anchor and anchor not in anchors(target))
    ]
    assert broken == []


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if path.parent != FOLDER], ids=shown)
def test_commands_that_are_named_exist(document: Path) -> None:
    """With every option they are shown with; the generated pages are made of the commands themselves."""
    groups = {words[0] for words in COMMANDS if len(words) > 1}
    unknown = [
        words for words, _ in named(document) if words not in COMMANDS and words not in {(one,) for one in groups}
    ]
    assert unknown == []
    for words, rest in named(document):
        known = {name for argument in OPTIONS.get(words, ()) for name in argument.names} | {"--help", "--no-journal"}
        assert set(re.findall(r"(?<=\s)--[a-z][a-z-]*", rest)) <= known, (words, rest)


def test_the_search_for_commands_finds_them() -> None:
    """Else the test above would hold for nothing."""
    found = {words for document in DOCUMENTS for words, _ in named(document)}
    assert {("up",), ("project", "approve"), ("people", "import"), ("policy", "check"), ("db", "migrate")} <= found
    assert any("--fact" in rest for _, rest in named(TREE / "README.md"))
