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
    Column("mail_on", Boolean, nullable=False),
    _text("channel"),
    _text("state"),
    _text("reason_code"),
    _instant("created_at", is_set=True),
    _instant("withdrawn_at"),
    _instant("not_before"),
    _number("attempts"),
    _number("unknowns"),
    _number("epoch"),
    _instant("lease_until"),
    _instant("refused_at"),
    _instant("delivered_at"),
    _text("matter", server_default=""),
    Index(None, "channel", "state", "created_at", "key"),
    Index(None, "project_id", "state"),
)
"""Messages with their key for ever. `epoch` fences claims; `not_before` is the next try, `refused_at` the first time
that the other side refused this very message. `roles` and `mail_on` say how the receiver was found, to find another."""

attempt = Table(
    "attempt",
    metadata,
    _text("key", ForeignKey("outbox.key"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _number("epoch"),
    _text("channel"),
    _text("state"),
    _text("detail"),
    _instant("started_at", is_set=True),
    _instant("finished_at"),
)
"""Every try on the wire; a row `sending` is committed before it."""

person = Table(
    "person",
    metadata,
    _text("person_id", primary_key=True),
    _text("name"),
    Column("email", Text),
    _text("lang"),
)

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
