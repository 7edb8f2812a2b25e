"""Letters: notices to a person are bundled, and letters are what is handed over; silences, receipts, audits.

Needs all workers of the version before to be stopped: the way of messages out of the house has another form. What had
been tried before becomes a letter of its own, with the same key and all its tries.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOVED = (
    "mail_on",
    "channel",
    "not_before",
    "attempts",
    "unknowns",
    "epoch",
    "lease_until",
    "refused_at",
    "delivered_at",
)
"""Columns of `outbox` that are a letter's from now on."""

NEW_INDEXES = (
    ("state", "person_id", "created_at"),
    ("project_id", "seq"),
    ("person_id", "created_at"),
    ("letter", "state"),
)
"""Of `outbox`."""

TABLES = ("finding", "audit", "heartbeat", "silence", "receipt")
_OLD_DUE = "ix_outbox_channel_state_created_at_key"
_RUNGS = "ix_journal_project_id_seq"
_TRIED = "attempts > 0 OR state IN ('sending', 'delivered', 'dead')"


def upgrade() -> None:
    _letters()
    with op.batch_alter_table("attempt") as table:
        table.drop_constraint("fk_attempt_key_outbox", type_="foreignkey")
        table.create_foreign_key("fk_attempt_key_letter", "letter", ["key"], ["key"])
        table.create_index("ix_attempt_state_started_at", ["state", "started_at"])
    op.drop_index(_OLD_DUE, "outbox")
    for name in ("step", "next_zh", "next_en", "letter"):
        op.add_column("outbox", _text(name, server_default=""))
    op.add_column("outbox", _instant("next_at"))
    op.add_column("outbox", _number("silence", server_default="0"))
    op.execute(f"UPDATE outbox SET letter = key WHERE state <> 'superseded' AND ({_TRIED})")  # noqa: S608 - our own words
    op.execute("UPDATE outbox SET state = 'written' WHERE letter <> ''")
    op.execute("UPDATE outbox SET state = 'waiting' WHERE state = 'pending'")
    with op.batch_alter_table("outbox") as table:
        for name in MOVED:
            table.drop_column(name)
        for columns in NEW_INDEXES:
            table.create_index(f"ix_outbox_{'_'.join(columns)}", list(columns))
    op.add_column("person", _text("channels", server_default="[]"))
    op.add_column("person", _text("addresses", server_default="{}"))
    op.add_column("person", _text("digest_at", server_default=""))
    _registers()


def downgrade() -> None:
    op.drop_index(_RUNGS, "journal")
    for name in TABLES:
        op.drop_table(name)
    for name in ("channels", "addresses", "digest_at"):
        op.drop_column("person", name)
    with op.batch_alter_table("outbox") as table:
        for columns in NEW_INDEXES:
            table.drop_index(f"ix_outbox_{'_'.join(columns)}")
        table.add_column(sa.Column("mail_on", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(_text("channel", server_default="email"))
        for name in ("not_before", "lease_until", "refused_at", "delivered_at"):
            table.add_column(_instant(name))
        for name in ("attempts", "unknowns", "epoch"):
            table.add_column(_number(name, server_default="0"))
    for name in MOVED[1:]:
        op.execute(
            f"UPDATE outbox SET {name} = (SELECT letter.{name} FROM letter WHERE letter.key = outbox.key)"  # noqa: S608 - our own words
            " WHERE EXISTS (SELECT 1 FROM letter WHERE letter.key = outbox.key)"
        )
    op.execute(
        "UPDATE outbox SET state = COALESCE("
        "(SELECT letter.state FROM letter WHERE letter.key = outbox.letter), 'pending') WHERE state = 'written'"
    )
    op.execute("UPDATE outbox SET state = 'pending' WHERE state = 'waiting'")
    op.execute("UPDATE outbox SET state = 'superseded', reason_code = 'silenced' WHERE state = 'suppressed'")
    op.execute("UPDATE outbox SET state = 'dead' WHERE state = 'unclear'")
    for name in ("step", "next_at", "next_zh", "next_en", "letter", "silence"):
        op.drop_column("outbox", name)
    op.create_index(_OLD_DUE, "outbox", ["channel", "state", "created_at", "key"])
    op.execute("DELETE FROM attempt WHERE key NOT IN (SELECT key FROM outbox)")
    with op.batch_alter_table("attempt") as table:
        table.drop_index("ix_attempt_state_started_at")
        table.drop_constraint("fk_attempt_key_letter", type_="foreignkey")
        table.create_foreign_key("fk_attempt_key_outbox", "outbox", ["key"], ["key"])
    op.drop_table("letter")


def _text(name: str, server_default: str | None = None) -> sa.Column[Any]:
    bytewise = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    return sa.Column(name, bytewise, nullable=False, server_default=server_default)


def _number(name: str, server_default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=server_default)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _letters() -> None:
    """Make the table of letters, and letters of what had been tried."""
    op.create_table(
        "letter",
        *(_text(name) for name in ("key", "person_id", "kind", "day", "channel", "lang", "templates")),
        _number("notices"),
        *(_text(name) for name in ("state", "reason_code")),
        _instant("created_at", nullable=False),
        _instant("not_before"),
        *(_number(name) for name in ("attempts", "unknowns", "epoch")),
        *(_instant(name) for name in ("lease_until", "refused_at", "delivered_at")),
        _text("provider_id", server_default=""),
        sa.PrimaryKeyConstraint("key", name="pk_letter"),
    )
    op.execute(
        "INSERT INTO letter (key, person_id, kind, day, channel, lang, templates, notices, state, reason_code,"  # noqa: S608 - our own words
        " created_at, not_before, attempts, unknowns, epoch, lease_until, refused_at, delivered_at)"
        " SELECT outbox.key, outbox.person_id, 'alone', substr(CAST(created_at AS TEXT), 1, 10), channel,"
        " COALESCE(person.lang, 'zh-CN'), '', CASE WHEN state = 'superseded' THEN 0 ELSE 1 END, state, reason_code,"
        " created_at, not_before, attempts, unknowns, epoch, lease_until, refused_at, delivered_at"
        f" FROM outbox LEFT JOIN person ON person.person_id = outbox.person_id WHERE {_TRIED}"
    )
    op.create_index("ix_letter_channel_state_created_at_key", "letter", ["channel", "state", "created_at", "key"])
    op.create_index("ix_letter_person_id_day", "letter", ["person_id", "day"])
    op.create_index("ix_letter_state_lease_until", "letter", ["state", "lease_until"])


def _registers() -> None:
    is_rung = sa.text("type = 'rung_fired'")
    op.create_index(_RUNGS, "journal", ["project_id", "seq"], sqlite_where=is_rung, postgresql_where=is_rung)
    op.create_table(
        "receipt",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        *(_text(name) for name in ("letter", "event_id", "channel", "kind", "detail")),
        _instant("at", nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_receipt"),
        sa.ForeignKeyConstraint(["letter"], ["letter.key"], name="fk_receipt_letter_letter"),
        sa.UniqueConstraint("channel", "event_id", name="uq_receipt_channel_event_id"),
    )
    op.create_index("ix_receipt_letter", "receipt", ["letter"])
    op.create_table(
        "silence",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        *(_text(n) for n in ("owner", "reason", "project_id", "area", "builder", "stage", "rung", "person_id")),
        _instant("since_at", nullable=False),
        _instant("until_at", nullable=False),
        _instant("ended_at"),
        _text("ended_by"),
        sa.PrimaryKeyConstraint("number", name="pk_silence"),
    )
    op.create_index("ix_silence_until_at", "silence", ["until_at"])
    op.create_table(
        "heartbeat",
        _text("part"),
        _instant("at", nullable=False),
        _text("detail", server_default=""),
        sa.PrimaryKeyConstraint("part", name="pk_heartbeat"),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        _instant("at", nullable=False),
        _number("gap"),
        *(_text(name) for name in ("balance", "findings")),
        _text("figures", server_default="{}"),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_table(
        "finding",
        *(_text(name) for name in ("kind", "subject", "detail")),
        _instant("first_at", nullable=False),
        _instant("last_at", nullable=False),
        _instant("cleared_at"),
        sa.PrimaryKeyConstraint("kind", "subject", name="pk_finding"),
    )
