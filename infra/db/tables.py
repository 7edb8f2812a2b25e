"""The tables of the records, for SQLite and PostgreSQL alike. A change here needs a migration; a test compares them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, literal_column

from infra.db.columns import CODE, UtcDateTime, instant, metadata, number, text
from infra.db.letter_tables import attempt, audit, finding, heartbeat, letter, outbox, receipt, silence

__all__ = (
    "CODE",
    "UtcDateTime",
    "absence",
    "attempt",
    "audit",
    "deputy",
    "draw",
    "finding",
    "heartbeat",
    "holding",
    "journal",
    "letter",
    "matter",
    "metadata",
    "outbox",
    "person",
    "policy_document",
    "post",
    "project",
    "proposal",
    "receipt",
    "refusal",
    "silence",
    "stage",
)

project = Table(
    "project",
    metadata,
    text("project_id", primary_key=True),
    text("programme"),
    text("batch"),
    text("technology"),
    text("village_code"),
    text("village_name"),
    text("place"),
    text("county_code"),
    text("builder"),
    text("tier"),
    text("plan"),
    text("ladder"),
    text("hierarchy"),
    text("calendar"),
    text("status"),
    text("hold_code"),
    text("open_stages"),
    number("level"),
    number("percent"),
    instant("next_due_at"),
    instant("next_original_due_at"),
    Column("is_provisional", Boolean, nullable=False),
    number("seq"),
    number("refusals"),
    instant("started_at"),
    instant("closed_at"),
    instant("updated_at", is_set=True),
    text("ended_code", server_default=""),
    text("merged_into", server_default=""),
    text("first_village_code", server_default=""),
    text("money", server_default="{}"),
    number("matters", server_default="0"),
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
    text("project_id", ForeignKey("project.project_id"), primary_key=True),
    text("stage", primary_key=True),
    number("position"),
    text("status"),
    number("round"),
    text("turn"),
    text("owner"),
    text("party"),
    instant("opened_at"),
    instant("due_at"),
    instant("original_due_at"),
    instant("closed_at"),
    text("closed_by"),
    number("percent"),
    number("level"),
    text("days_by_party"),
    Column("has_request", Boolean, nullable=False),
    instant("previous_due_at"),
    Index(None, "stage", "status"),
    Index(None, "status", "due_at"),
)

_IS_RUNG = literal_column("type") == literal_column("'rung_fired'")
"""In its index are the rungs alone: they are counted against the notices again and again."""

journal = Table(
    "journal",
    metadata,
    text("project_id", ForeignKey("project.project_id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    instant("at", is_set=True),
    text("by"),
    text("command_id"),
    text("type"),
    text("entry"),
    Index(None, "project_id", "command_id"),
    Index(None, "project_id", "seq", sqlite_where=_IS_RUNG, postgresql_where=_IS_RUNG),
)
"""Append only. `entry` is the whole entry as canonical JSON; the other columns are there to be searched."""

person = Table(
    "person",
    metadata,
    text("person_id", primary_key=True),
    text("name"),
    Column("email", Text),
    text("lang"),
    text("channels", server_default="[]"),
    text("addresses", server_default="{}"),
    text("digest_at", server_default=""),
)
"""`channels` and `addresses` as JSON, `digest_at` as `HH:MM`, as in `schemas.directory.Person`."""

post = Table(
    "post",
    metadata,
    text("post_id", primary_key=True),
    text("role"),
    text("area"),
    text("organisation"),
    text("title"),
    Index(None, "area", "role"),
)

holding = Table(
    "holding",
    metadata,
    text("post_id", ForeignKey("post.post_id"), primary_key=True),
    Column("since_at", UtcDateTime, primary_key=True),
    text("person_id", ForeignKey("person.person_id"), index=True),
    instant("until_at"),
    text("by", server_default=""),
    text("reason", server_default=""),
)

policy_document = Table(
    "policy_document",
    metadata,
    text("ref", primary_key=True),
    text("kind"),
    text("name"),
    text("version"),
    text("body"),
    instant("published_at", is_set=True),
    UniqueConstraint("kind", "name", "version"),
)
"""Published policies by reference; `body` is their canonical JSON and never changes."""

deputy = Table(
    "deputy",
    metadata,
    text("post_id", ForeignKey("post.post_id"), primary_key=True),
    Column("since_at", UtcDateTime, primary_key=True),
    text("person_id", ForeignKey("person.person_id"), index=True),
    instant("until_at"),
    text("by", server_default=""),
    text("reason", server_default=""),
)
"""Who stands in for the holder of a post, and when; one at a time, like the holder."""

absence = Table(
    "absence",
    metadata,
    text("person_id", ForeignKey("person.person_id"), primary_key=True),
    Column("since_at", UtcDateTime, primary_key=True),
    instant("until_at", is_set=True),
    text("reason"),
    text("by", server_default=""),
)
"""When a person is away: their duties then go to the deputy, else to the superior."""

matter = Table(
    "matter",
    metadata,
    text("project_id", ForeignKey("project.project_id"), primary_key=True),
    text("key", primary_key=True),
    text("kind"),
    text("stage"),
    text("step"),
    text("owner"),
    text("asked_by"),
    instant("asked_at", is_set=True),
    instant("due_at"),
    number("level"),
    Index(None, "owner", "due_at"),
)
"""Matters that wait for a decision; a row goes when it is decided, the journal keeps it."""

refusal = Table(
    "refusal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    instant("at", is_set=True),
    text("project_id"),
    text("person_id"),
    text("command_id"),
    text("act"),
    text("code"),
    text("params"),
    Index(None, "project_id", "number"),
    Index(None, "person_id", "number"),
)
"""Commands that the rules refused, as coded reasons: `params` is JSON. Append only."""

draw = Table(
    "draw",
    metadata,
    text("draw_no", primary_key=True),
    instant("at", is_set=True),
    text("person_id"),
    text("seed"),
    text("rule"),
    text("sites"),
    text("chosen"),
)
"""Samples for acceptances, for ever: seed, rule, sites and what was drawn, as JSON; the number is made of these."""

proposal = Table(
    "proposal",
    metadata,
    text("number", primary_key=True),
    text("kind"),
    text("content"),
    text("proposed_by"),
    instant("proposed_at", is_set=True),
    text("decided_by"),
    instant("decided_at"),
    text("outcome"),
)
"""Acts on many projects and on policies, which a second person has to approve; `content` is JSON."""
