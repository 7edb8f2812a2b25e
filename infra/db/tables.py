"""The tables of the records, for SQLite and PostgreSQL alike. A change here needs a migration; a test compares them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: goes in aware, comes out aware and in UTC, on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware of its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as the base class has it
        """Return the instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


CODE = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that is compared by its bytes, as SQLite always does: only so can an index find what begins with a prefix."""


def _text(name: str, *constraints: ForeignKey, **options: Any) -> Column[str]:  # noqa: ANN401 - options of Column
    return Column(name, CODE, *constraints, nullable=False, **options)


def _number(name: str, **options: Any) -> Column[int]:  # noqa: ANN401 - options of Column
    return Column(name, Integer, nullable=False, **options)


def _instant(name: str, *, is_set: bool = False) -> Column[datetime]:
    return Column(name, UtcDateTime, nullable=not is_set)


project = Table(
    "project",
    metadata,
    _text("project_id", primary_key=True),
    _text("programme"),
    _text("batch"),
    _text("technology"),
    _text("village_code"),
    _text("village_name"),
    _text("place"),
    _text("county_code"),
    _text("builder"),
    _text("tier"),
    _text("plan"),
    _text("ladder"),
    _text("hierarchy"),
    _text("calendar"),
    _text("status"),
    _text("hold_code"),
    _text("open_stages"),
    _number("level"),
    _number("percent"),
    _instant("next_due_at"),
    _instant("next_original_due_at"),
    Column("is_provisional", Boolean, nullable=False),
    _number("seq"),
    _number("refusals"),
    _instant("started_at"),
    _instant("closed_at"),
    _instant("updated_at", is_set=True),
    _text("ended_code", server_default=""),
    _text("merged_into", server_default=""),
    _text("first_village_code", server_default=""),
    _text("money", server_default="{}"),
    _number("matters", server_default="0"),
    Column("state", Text),
    UniqueConstraint("programme", "batch", "first_village_code", "technology"),
    Index(None, "village_code"),
    Index(None, "county_code", "project_id"),
    Index(None, "status", "next_due_at"),
    Index(None, "builder", "project_id"),
)
"""One row a project; `state` is the folded state as JSON, NULL while only registered. `village_code` is the village of
now, `first_village_code` the one of the registration, by which a project is found again for ever."""

stage = Table(
    "stage",
    metadata,
    _text("project_id", ForeignKey("project.project_id"), primary_key=True),
    _text("stage", primary_key=True),
    _number("position"),
    _text("status"),
    _number("round"),
    _text("turn"),
    _text("owner"),
    _text("party"),
    _instant("opened_at"),
    _instant("due_at"),
    _instant("original_due_at"),
    _instant("closed_at"),
    _text("closed_by"),
    _number("percent"),
    _number("level"),
    _text("days_by_party"),
    Column("has_request", Boolean, nullable=False),
    _instant("previous_due_at"),
    Index(None, "stage", "status"),
    Index(None, "status", "due_at"),
)

journal = Table(
    "journal",
    metadata,
    _text("project_id", ForeignKey("project.project_id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _instant("at", is_set=True),
    _text("by"),
    _text("command_id"),
    _text("type"),
    _text("entry"),
    Index(None, "project_id", "command_id"),
)
"""Append only. `entry` is the whole entry as canonical JSON; the other columns are there to be searched."""

outbox = Table(
    "outbox",
    metadata,
    _text("key", primary_key=True),
    _text("project_id", ForeignKey("project.project_id")),
    _number("seq"),
    _text("place"),
    _text("stage"),
    _text("stage_title_zh"),
    _text("stage_title_en"),
    _text("rung"),
    _text("rung_title_zh"),
    _text("rung_title_en"),
    _text("kind"),
    _number("level"),
    _instant("due_at", is_set=True),
    _number("days"),
    _number("reply_days"),
    _text("consequence"),
    _text("roles"),
    _text("person_id"),
    _text("vacant"),
    _text("vacant_zh"),
    _text("vacant_en"),
    _text("state"),
    _text("reason_code"),
    _instant("created_at", is_set=True),
    _instant("withdrawn_at"),
    _text("matter", server_default=""),
    _text("step", server_default=""),
    _instant("next_at"),
    _text("next_zh", server_default=""),
    _text("next_en", server_default=""),
    _text("letter", server_default=""),
    _number("silence", server_default="0"),
    Index(None, "state", "person_id", "created_at"),
    Index(None, "project_id", "state"),
    Index(None, "person_id", "created_at"),
    Index(None, "letter"),
)
"""Notices: every claimed rung for each of its receivers, with their key for ever; to a person it is the inbox. `roles`
says how the receiver was found, to find another. `state` is a `schemas.letter.NoticeState`; `written` and only that has a
`letter` (the key of one), `suppressed` and only that has a `silence` (the number of one). A notice whose letter was tried
before it was withdrawn stays `written`, with `withdrawn_at` set."""

letter = Table(
    "letter",
    metadata,
    _text("key", primary_key=True),
    _text("person_id"),
    _text("kind"),
    _text("day"),
    _text("channel"),
    _text("lang"),
    _text("templates"),
    _number("notices"),
    _text("state"),
    _text("reason_code"),
    _instant("created_at", is_set=True),
    _instant("not_before"),
    _number("attempts"),
    _number("unknowns"),
    _number("epoch"),
    _instant("lease_until"),
    _instant("refused_at"),
    _instant("delivered_at"),
    _text("provider_id", server_default=""),
    Index(None, "channel", "state", "created_at", "key"),
    Index(None, "person_id", "day"),
    Index(None, "state", "lease_until"),
)
"""Letters: what one person is handed at a time; its notices are the rows of `outbox` that name its key, as many as
`notices` says. `state` is a `schemas.letter.LetterState`. `channel` is the one of the next try: a letter that one channel
refuses for good may go by another, and stays the same letter. `epoch` fences claims; `not_before` is the next try,
`refused_at` the first time that the other side refused this very letter; `provider_id` names it at the receiver's. What
is in a letter does not change after its first try."""

attempt = Table(
    "attempt",
    metadata,
    _text("key", ForeignKey("letter.key"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _number("epoch"),
    _text("channel"),
    _text("state"),
    _text("detail"),
    _instant("started_at", is_set=True),
    _instant("finished_at"),
    Index(None, "state", "started_at"),
)
"""Every try to hand a letter over; a row `sending` is committed before it."""

receipt = Table(
    "receipt",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    _text("letter", ForeignKey("letter.key")),
    _text("event_id"),
    _text("channel"),
    _text("kind"),
    _text("detail"),
    _instant("at", is_set=True),
    UniqueConstraint("channel", "event_id"),
    Index(None, "letter"),
)
"""What receivers and mail servers said afterwards: `delivered`, `bounced`, `failed`, `opened`. Append only; one event
(`event_id` of the other side) is here once, however often it is told."""

silence = Table(
    "silence",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    _text("owner"),
    _text("reason"),
    _text("project_id"),
    _text("area"),
    _text("builder"),
    _text("stage"),
    _text("rung"),
    _text("person_id"),
    _instant("since_at", is_set=True),
    _instant("until_at", is_set=True),
    _instant("ended_at"),
    _text("ended_by"),
    Index(None, "until_at"),
)
"""Silences, as in `schemas.silence.Silence`; kept for ever, since suppressed notices name them."""

heartbeat = Table(
    "heartbeat",
    metadata,
    _text("part", primary_key=True),
    _instant("at", is_set=True),
    _text("detail", server_default=""),
)
"""When a part of the system was last heard of (`letters/0`, `delivery/email`, `audit`), by the database's clock."""

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    _instant("at", is_set=True),
    _number("gap"),
    _text("balance"),
    _text("findings"),
)
"""Every audit with its balance and the number of findings by kind, as JSON."""

finding = Table(
    "finding",
    metadata,
    _text("kind", primary_key=True),
    _text("subject", primary_key=True),
    _text("detail"),
    _instant("first_at", is_set=True),
    _instant("last_at", is_set=True),
    _instant("cleared_at"),
)
"""What auditors found, by what it is about; one that is gone is cleared, one that comes back begins anew."""

person = Table(
    "person",
    metadata,
    _text("person_id", primary_key=True),
    _text("name"),
    Column("email", Text),
    _text("lang"),
    _text("channels", server_default="[]"),
    _text("addresses", server_default="{}"),
    _text("digest_at", server_default=""),
)
"""`channels` and `addresses` as JSON, `digest_at` as `HH:MM`, as in `schemas.directory.Person`."""

post = Table(
    "post",
    metadata,
    _text("post_id", primary_key=True),
    _text("role"),
    _text("area"),
    _text("organisation"),
    _text("title"),
    Index(None, "area", "role"),
)

holding = Table(
    "holding",
    metadata,
    _text("post_id", ForeignKey("post.post_id"), primary_key=True),
    Column("since_at", UtcDateTime, primary_key=True),
    _text("person_id", ForeignKey("person.person_id"), index=True),
    _instant("until_at"),
    _text("by", server_default=""),
    _text("reason", server_default=""),
)

policy_document = Table(
    "policy_document",
    metadata,
    _text("ref", primary_key=True),
    _text("kind"),
    _text("name"),
    _text("version"),
    _text("body"),
    _instant("published_at", is_set=True),
    UniqueConstraint("kind", "name", "version"),
)
"""Published policies by reference; `body` is their canonical JSON and never changes."""

deputy = Table(
    "deputy",
    metadata,
    _text("post_id", ForeignKey("post.post_id"), primary_key=True),
    Column("since_at", UtcDateTime, primary_key=True),
    _text("person_id", ForeignKey("person.person_id"), index=True),
    _instant("until_at"),
    _text("by", server_default=""),
    _text("reason", server_default=""),
)
"""Who stands in for the holder of a post, and when; one at a time, like the holder."""

absence = Table(
    "absence",
    metadata,
    _text("person_id", ForeignKey("person.person_id"), primary_key=True),
    Column("since_at", UtcDateTime, primary_key=True),
    _instant("until_at", is_set=True),
    _text("reason"),
    _text("by", server_default=""),
)
"""When a person is away: their duties then go to the deputy, else to the superior."""

matter = Table(
    "matter",
    metadata,
    _text("project_id", ForeignKey("project.project_id"), primary_key=True),
    _text("key", primary_key=True),
    _text("kind"),
    _text("stage"),
    _text("step"),
    _text("owner"),
    _text("asked_by"),
    _instant("asked_at", is_set=True),
    _instant("due_at"),
    _number("level"),
    Index(None, "owner", "due_at"),
)
"""Matters that wait for a decision; a row goes when it is decided, the journal keeps it."""

refusal = Table(
    "refusal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    _instant("at", is_set=True),
    _text("project_id"),
    _text("person_id"),
    _text("command_id"),
    _text("act"),
    _text("code"),
    _text("params"),
    Index(None, "project_id", "number"),
    Index(None, "person_id", "number"),
)
"""Commands that the rules refused, as coded reasons: `params` is JSON. Append only."""

draw = Table(
    "draw",
    metadata,
    _text("draw_no", primary_key=True),
    _instant("at", is_set=True),
    _text("person_id"),
    _text("seed"),
    _text("rule"),
    _text("sites"),
    _text("chosen"),
)
"""Samples for acceptances, for ever: seed, rule, sites and what was drawn, as JSON; the number is made of these."""

proposal = Table(
    "proposal",
    metadata,
    _text("number", primary_key=True),
    _text("kind"),
    _text("content"),
    _text("proposed_by"),
    _instant("proposed_at", is_set=True),
    _text("decided_by"),
    _instant("decided_at"),
    _text("outcome"),
)
"""Acts on many projects and on policies, which a second person has to approve; `content` is JSON."""
