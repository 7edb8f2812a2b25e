"""The tables of notices and letters: what people are told, how it reached them, and who looks after that."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from infra.db.columns import instant, metadata, number, text

outbox = Table(
    "outbox",
    metadata,
    text("key", primary_key=True),
    text("project_id", ForeignKey("project.project_id")),
    number("seq"),
    text("place"),
    text("stage"),
    text("stage_title_zh"),
    text("stage_title_en"),
    text("rung"),
    text("rung_title_zh"),
    text("rung_title_en"),
    text("kind"),
    number("level"),
    instant("due_at", is_set=True),
    number("days"),
    number("reply_days"),
    text("consequence"),
    text("roles"),
    text("person_id"),
    text("vacant"),
    text("vacant_zh"),
    text("vacant_en"),
    text("state"),
    text("reason_code"),
    instant("created_at", is_set=True),
    instant("withdrawn_at"),
    text("matter", server_default=""),
    text("step", server_default=""),
    instant("next_at"),
    text("next_zh", server_default=""),
    text("next_en", server_default=""),
    text("letter", server_default=""),
    number("silence", server_default="0"),
    Index(None, "state", "person_id", "created_at"),
    Index(None, "project_id", "state"),
    Index(None, "project_id", "seq"),
    Index(None, "person_id", "created_at"),
    Index(None, "letter", "state"),
)
"""Notices: every claimed rung for each of its receivers, with their key for ever; to a person it is the inbox. `roles`
says how the receiver was found, to find another. `state` is a `schemas.letter.NoticeState`; `written` and only that has
a `letter` (the key of one), `suppressed` and only that has a `silence` (the number of one). A notice whose letter was
tried before it was withdrawn stays `written`, with `withdrawn_at` set."""

letter = Table(
    "letter",
    metadata,
    text("key", primary_key=True),
    text("person_id"),
    text("kind"),
    text("day"),
    text("channel"),
    text("lang"),
    text("templates"),
    number("notices"),
    text("state"),
    text("reason_code"),
    instant("created_at", is_set=True),
    instant("not_before"),
    number("attempts"),
    number("unknowns"),
    number("epoch"),
    instant("lease_until"),
    instant("refused_at"),
    instant("delivered_at"),
    text("provider_id", server_default=""),
    Index(None, "channel", "state", "created_at", "key"),
    Index(None, "person_id", "day"),
    Index(None, "state", "lease_until"),
)
"""Letters: what one person is handed at a time; its notices are the rows of `outbox` that name its key, as many as
`notices` says. `state` is a `schemas.letter.LetterState`. `channel` is the one of the next try: a letter that one
channel refuses for good may go by another, and stays the same letter. `epoch` fences claims; `not_before` is the next
try, `refused_at` the first time that the other side refused this very letter; `provider_id` names it at the receiver's;
`delivered_at` is when it arrived, also while a second try is still under way because the answer of the first came late.
What is in a letter does not change after its first try."""

attempt = Table(
    "attempt",
    metadata,
    text("key", ForeignKey("letter.key"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    number("epoch"),
    text("channel"),
    text("state"),
    text("detail"),
    instant("started_at", is_set=True),
    instant("finished_at"),
    Index(None, "state", "started_at"),
)
"""Every try to hand a letter over; a row `sending` is committed before it."""

receipt = Table(
    "receipt",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    text("letter", ForeignKey("letter.key")),
    text("event_id"),
    text("channel"),
    text("kind"),
    text("detail"),
    instant("at", is_set=True),
    UniqueConstraint("channel", "event_id"),
    Index(None, "letter"),
)
"""What receivers and mail servers said afterwards: `delivered`, `bounced`, `failed`, `opened`. Append only; one event
(`event_id` of the other side) is here once, however often it is told."""

silence = Table(
    "silence",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    text("owner"),
    text("reason"),
    text("project_id"),
    text("area"),
    text("builder"),
    text("stage"),
    text("rung"),
    text("person_id"),
    instant("since_at", is_set=True),
    instant("until_at", is_set=True),
    instant("ended_at"),
    text("ended_by"),
    Index(None, "until_at"),
)
"""Silences, as in `schemas.silence.Silence`; kept for ever, since suppressed notices name them."""

heartbeat = Table(
    "heartbeat",
    metadata,
    text("part", primary_key=True),
    instant("at", is_set=True),
    text("detail", server_default=""),
)
"""When a part of the system was last heard of (`letters/0`, `delivery/email`, `audit`), by the database's clock."""

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    instant("at", is_set=True),
    number("gap"),
    text("balance"),
    text("findings"),
    text("figures", server_default="{}"),
)
"""Every audit with its balance, the number of findings by kind, and the figures of `schemas.audit.Figures`, as JSON."""

finding = Table(
    "finding",
    metadata,
    text("kind", primary_key=True),
    text("subject", primary_key=True),
    text("detail"),
    instant("first_at", is_set=True),
    instant("last_at", is_set=True),
    instant("cleared_at"),
)
"""What auditors found, by what it is about; one that is gone is cleared, one that comes back begins anew."""
