"""A link in a letter answers that letter as its receiver, for so long, and cannot be made by anybody else."""

from __future__ import annotations

import contextlib
import hashlib
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.links import PATH, SHORTEST_SECRET, LinkClaim, Links, link_keys
from infra.settings import Settings
from schemas.reason import ErrorKind, Refusal

AT = datetime(2018, 9, 3, 1, 30, 15, 250_000, tzinfo=UTC)
LETTER = hashlib.sha256(b"digest|li|2018-09-03").hexdigest()
OLD, NEW = b"an old secret of thirty-two bytes", b"a newer secret of more than 32 bytes"
LINKS = Links((NEW, OLD), "https://cuntong.example/", 30)


def token(links: Links = LINKS, letter: str = LETTER, person: str = "li") -> str:
    return links.letter(letter, person, AT).removeprefix("https://cuntong.example" + PATH)


def refused(text: str, links: Links = LINKS, now: datetime = AT) -> str:
    with pytest.raises(Refusal) as refusal:
        links.read(text, now)
    return refusal.value.reason.code


def test_a_link_says_which_letter_and_who() -> None:
    claim = LINKS.read(token(), AT)
    assert claim == LinkClaim(LETTER, "li", AT.replace(microsecond=0) + timedelta(days=30))


def test_the_same_letter_has_the_same_link_for_ever() -> None:
    """Whatever the policy says then of how long links are good: a second try sends the same bytes."""
    later = Links((NEW, OLD), "https://cuntong.example", 7)
    assert later.letter(LETTER, "li", AT) == LINKS.letter(LETTER, "li", AT)
    assert token().isascii()
    assert len(LINKS.letter(LETTER, "officer-533323", AT)) < 150


def test_it_expires() -> None:
    end = AT.replace(microsecond=0) + timedelta(days=30)
    assert LINKS.read(token(), end - timedelta(microseconds=1)).letter == LETTER
    assert refused(token(), now=end) == "link.expired"


def test_two_secrets_are_good_at_a_time() -> None:
    before, after = Links((OLD,), "https://cuntong.example", 30), Links((NEW,), "https://cuntong.example", 30)
    assert LINKS.read(token(before), AT).person_id == "li"
    assert refused(token(before), after) == "link.unknown"
    assert refused(token(), before) == "link.unknown"


def test_without_an_address_letters_carry_no_link() -> None:
    assert Links((NEW,), "", 30).letter(LETTER, "li", AT) == ""


@pytest.mark.parametrize("text", ["", ".", "a.b", "村.通", "=" * 9 + "." + "a" * 32, "A" * 5000 + ".a", token()[:-1]])
def test_nonsense_is_no_link(text: str) -> None:
    assert refused(text) == "link.unknown"


@given(st.integers(0, len(token()) - 1), st.characters(codec="ascii"))
def test_whoever_changes_a_character_has_nothing(place: int, character: str) -> None:
    """Or the very same link: the last character of the body has bits without meaning."""
    forged = token()[:place] + character + token()[place + 1 :]
    with contextlib.suppress(Refusal):
        assert LINKS.read(forged, AT) == LINKS.read(token(), AT)


@given(st.text(max_size=200))
def test_any_text_is_refused_and_breaks_nothing(text: str) -> None:
    assert refused(text) == "link.unknown"


def test_a_seal_of_another_letter_or_person_does_not_fit() -> None:
    body = token().partition(".")[0]
    others = (token(letter=hashlib.sha256(b"other").hexdigest()), token(person="wang"))
    for other in others:
        assert refused(f"{body}.{other.partition('.')[2]}") == "link.unknown"


def test_the_secret_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    keys = link_keys(settings)
    assert link_keys(settings) == keys
    path = tmp_path / "data" / "link.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(keys[0]) >= SHORTEST_SECRET
    assert [file.name for file in path.parent.iterdir()] == ["link.key"]
    assert link_keys(Settings(data=tmp_path / "other")) != keys


def test_a_file_of_ones_own_may_hold_several(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.write_bytes(b"# of 2018-09\n" + NEW + b"\n\n" + OLD + b"\n")
    path.chmod(0o600)
    assert link_keys(Settings(link_secret_file=str(path))) == (NEW, OLD)


@pytest.mark.parametrize("content", [None, b"", b"# nothing\n", b"short\n", NEW + b"\nshort\n", b"\xff" * 40])
def test_a_file_without_a_good_secret_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "secrets"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    with pytest.raises(Refusal) as refusal:
        link_keys(Settings(link_secret_file=str(path)))
    assert (refusal.value.reason.code, refusal.value.reason.kind) == ("link.no_secret", ErrorKind.UNAVAILABLE)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_secret_that_others_can_read_is_none(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "data" / "link.key"
    link_keys(Settings(data=tmp_path / "data"))
    path.chmod(mode)
    for settings in (Settings(data=tmp_path / "data"), Settings(link_secret_file=str(path))):
        with pytest.raises(Refusal) as refusal:
            link_keys(settings)
        assert refusal.value.reason.code == "link.open_secret"
