"""`messages preview`: what a letter looks like: what somebody would get now, one that was written, or an invented one.

Nothing is sent and nothing is put on record. The link to answer is never the real one: who looks at a letter must not
be able to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.desk import Desk, Shared
from cli.messages import the_letter
from infra.channels.letter import eml
from infra.db.in_force import InForce
from infra.db.letter_views import LetterViews
from infra.db.policies import Policies
from infra.db.previews import Previews
from infra.files.policies import BadPolicyError, load_file, problems
from infra.letters.make import make
from rules import letter_sample
from rules.text import LANGUAGES, language
from schemas.letter import Letter, MadeLetter
from schemas.messaging import LetterKind, LetterTemplates
from schemas.reason import ErrorKind, Refusal

BOTH = "both"
LINK = "/a/preview"
_NOWHERE = "https://cuntong.example"


@dataclass(frozen=True)
class _Wanted:
    """What is to be looked at.

    Attributes:
        letter: In the language of its reader.
        source: `person`, `letter` or `sample`.
        languages: Languages in which it is made.
    """

    letter: Letter
    source: str
    languages: tuple[str, ...]


def preview(
    *,
    person: Annotated[str, Parameter(help="接收人编号 / id of the receiver")] = "",
    letter: Annotated[str, Parameter(help="信函编号 / key of a letter, or how it begins")] = "",
    sample: Annotated[bool, Parameter(negative=(), help="使用虚构内容 / with invented notices")] = False,
    kind: Annotated[LetterKind, Parameter(help="汇总或单独信函 / a digest, or one notice alone")] = "digest",
    templates: Annotated[Path | None, Parameter(help="待发布的模板 / head of letters not published yet")] = None,
    out: Annotated[Path | None, Parameter(help="写入目录 / write .eml .html .txt .xlsx to this folder")] = None,
    shared: Shared | None = None,
) -> int:
    """Show a letter as it would go out, in a language or both (`--lang both`); nothing is sent."""
    wanted_lang = shared.lang if shared else ""
    desk = Desk(replace(shared, lang="") if shared and wanted_lang == BOTH else shared)
    if sum((bool(person), bool(letter), sample)) > 1:
        raise Refusal("preview.one_source", ErrorKind.INVALID)
    texts = _templates(templates) if templates else None
    wanted = _wanted(desk, person, letter, kind, wanted_lang, is_sample=sample)
    if texts is None:
        texts = _published(desk, wanted)
    found = [make(_in(wanted, lang, desk), texts) for lang in wanted.languages]
    files = [path for one in found for path in _written(one, out, desk.settings.mail_from)] if out else []
    for one in found if not out else ():
        desk.print(f"{'═' * 8} {one.letter.lang} {'═' * 8}\n{one.subject}\n\n{one.text}\n{'─' * 8}\n{one.short}\n")
    for path in files:
        desk.line("preview.written", file=str(path))
    desk.line(f"preview.{wanted.source}", person=wanted.letter.person_id, count=len(wanted.letter.notices))
    shown = [_shown(one) for one in found]
    return desk.answer({"source": wanted.source, "letters": shown, "files": [str(path) for path in files]})


def _wanted(desk: Desk, person: str, key: str, kind: LetterKind, lang: str, *, is_sample: bool) -> _Wanted:
    """Return what the options mean.

    Raises:
        Refusal: `preview.nothing`: nothing waits for that person; `messages.unknown`: there is no such letter.
    """
    languages = LANGUAGES if lang == BOTH else (language(lang),) if lang else ()
    if not is_sample and (person or key or _has_records(desk)):
        found = _recorded(Previews(desk.records, InForce(Policies(desk.records)).manner()), desk, person, key, kind)
        if found is not None:
            return _Wanted(found, "letter" if key else "person", languages or (language(found.lang),))
    made = letter_sample.busy_day("en") if kind == "digest" else letter_sample.letter("en", "alone", "vacant")
    return _Wanted(made, "sample", languages or LANGUAGES)


def _recorded(previews: Previews, desk: Desk, person: str, key: str, kind: LetterKind) -> Letter | None:
    """Return the letter that the records have; None when nobody is named and nothing waits for anybody."""
    if key:
        found = previews.written(the_letter(LetterViews(desk.records), key).key)
        if found is None:
            raise Refusal("preview.emptied", ErrorKind.NOT_FOUND, key=key)
        return found
    receiver = person or previews.busiest()
    found = previews.next_of(receiver, kind, datetime.now(UTC)) if receiver else None
    if found is None and person:
        raise Refusal("preview.nothing", ErrorKind.NOT_FOUND, person=person)
    return found


def _has_records(desk: Desk) -> bool:
    """Whether this installation has records yet."""
    try:
        return desk.records is not None
    except Refusal:
        return False


def _in(wanted: _Wanted, lang: str, desk: Desk) -> Letter:
    """Return the letter in a language, with a link that answers nothing."""
    link = "" if wanted.source != "sample" and not desk.settings.public_url else _link(desk.settings.public_url)
    if wanted.source == "sample":
        like = letter_sample.letter(lang, wanted.letter.kind, "reminder")
        return wanted.letter.model_copy(update={"lang": lang, "name": like.name, "link": link})
    return wanted.letter.model_copy(update={"lang": lang, "link": link})


def _link(public_url: str) -> str:
    return (public_url.rstrip("/") or _NOWHERE) + LINK


def _templates(head: Path) -> LetterTemplates:
    """Return templates that are not published yet.

    Raises:
        BadPolicyError: They are not sound, or are no letters.
    """
    loaded = load_file(head)
    if not isinstance(loaded.parsed, LetterTemplates):
        raise Refusal("preview.no_letters", ErrorKind.INVALID, file=str(head), found=loaded.parsed.kind)
    if wrong := problems([loaded]):
        raise BadPolicyError(wrong)
    return loaded.parsed


def _published(desk: Desk, wanted: _Wanted) -> LetterTemplates | None:
    """Return the templates of a letter, for an invented one those in force; None for those of the tree."""
    ref = wanted.letter.templates
    if wanted.source == "sample":
        ref = InForce(Policies(desk.records)).manner().templates if _has_records(desk) else ""
    found = desk.shelf.document(ref) if ref else None
    return found if isinstance(found, LetterTemplates) else None


def _written(made: MadeLetter, folder: Path, sender: str) -> Iterator[Path]:
    """Write a letter in every form, and yield the files.

    Raises:
        Refusal: `output.not_written`.
    """
    name = f"{made.letter.kind}-{made.letter.lang}"
    forms: list[tuple[str, Callable[[], bytes]]] = [
        (f"{name}.eml", partial(eml, made, sender)),
        (f"{name}.html", made.html.encode),
        (f"{name}.txt", made.text.encode),
        *((f"{name}{Path(one.name).suffix}", partial(bytes, one.content)) for one in made.attachments),
    ]
    for file, content in forms:
        path = folder / file
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content())
        except OSError as error:
            raise Refusal("output.not_written", ErrorKind.UNAVAILABLE, file=str(path), detail=str(error)) from error
        yield path


def _shown(made: MadeLetter) -> dict[str, object]:
    letter = made.letter
    about = {"kind": letter.kind, "lang": letter.lang, "day": letter.day, "person": letter.person_id}
    texts = {"subject": made.subject, "text": made.text, "html": made.html, "short": made.short}
    return {**about, "notices": len(letter.notices), **texts, "attachments": [one.name for one in made.attachments]}
