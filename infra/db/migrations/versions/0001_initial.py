"""Everything from nothing: projects, journal, outbox, directory, policies."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("attempt", "holding", "journal", "outbox", "stage", "project", "policy_document", "post", "person")


def upgrade() -> None:
    _directory()
    _policies()
    _projects()
    _stages()
    _journal()
    _outbox()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    bytewise = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    return sa.Column(name, sa.Text() if nullable else bytewise, nullable=nullable)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _directory() -> None:
    op.create_table(
        "person",
        _text("person_id"),
        _text("name"),
        _text("email", nullable=True),
        _text("lang"),
        sa.PrimaryKeyConstraint("person_id", name="pk_person"),
    )
    op.create_table(
        "post",
        _text("post_id"),
        _text("role"),
        _text("area"),
        _text("organisation"),
        _text("title"),
        sa.PrimaryKeyConstraint("post_id", name="pk_post"),
    )
    op.create_index("ix_post_area_role", "post", ["area", "role"])
    op.create_table(
        "holding",
        _text("post_id"),
        _instant("since_at", nullable=False),
        _text("person_id"),
        _instant("until_at"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_holding_person_id_person"),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name="fk_holding_post_id_post"),
        sa.PrimaryKeyConstraint("post_id", "since_at", name="pk_holding"),
    )
    op.create_index("ix_holding_person_id", "holding", ["person_id"])


def _policies() -> None:
    op.create_table(
        "policy_document",
        _text("ref"),
        _text("kind"),
        _text("name"),
        _text("version"),
        _text("body"),
        _instant("published_at", nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_policy_document"),
        sa.UniqueConstraint("kind", "name", "version", name="uq_policy_document_kind_name_version"),
    )


def _projects() -> None:
    op.create_table(
        "project",
        *(
            _text("project_id"),
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
            _flag("is_provisional"),
            _number("seq"),
            _number("refusals"),
            _instant("started_at"),
            _instant("closed_at"),
            _instant("updated_at", nullable=False),
            _text("state", nullable=True),
        ),
        sa.PrimaryKeyConstraint("project_id", name="pk_project"),
        sa.UniqueConstraint(
            "programme",
            "batch",
            "village_code",
            "technology",
            name="uq_project_programme_batch_village_code_technology",
        ),
    )
    op.create_index("ix_project_builder_project_id", "project", ["builder", "project_id"])
    op.create_index("ix_project_county_code_project_id", "project", ["county_code", "project_id"])
    op.create_index("ix_project_status_next_due_at", "project", ["status", "next_due_at"])


def _stages() -> None:
    op.create_table(
        "stage",
        *(
            _text("project_id"),
            _text("stage"),
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
            _flag("has_request"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.project_id"], name="fk_stage_project_id_project"),
        sa.PrimaryKeyConstraint("project_id", "stage", name="pk_stage"),
    )
    op.create_index("ix_stage_stage_status", "stage", ["stage", "status"])
    op.create_index("ix_stage_status_due_at", "stage", ["status", "due_at"])


def _journal() -> None:
    op.create_table(
        "journal",
        _text("project_id"),
        _number("seq"),
        _instant("at", nullable=False),
        _text("by"),
        _text("command_id"),
        _text("type"),
        _text("entry"),
        sa.ForeignKeyConstraint(["project_id"], ["project.project_id"], name="fk_journal_project_id_project"),
        sa.PrimaryKeyConstraint("project_id", "seq", name="pk_journal"),
    )
    op.create_index("ix_journal_project_id_command_id", "journal", ["project_id", "command_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        *(
            _text("key"),
            _text("project_id"),
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
            _instant("due_at", nullable=False),
            _number("days"),
            _number("reply_days"),
            _text("consequence"),
            _text("roles"),
            _text("person_id"),
            _text("vacant"),
            _text("vacant_zh"),
            _text("vacant_en"),
            _flag("mail_on"),
            _text("channel"),
            _text("state"),
            _text("reason_code"),
            _instant("created_at", nullable=False),
            _instant("withdrawn_at"),
            _instant("not_before"),
            _number("attempts"),
            _number("unknowns"),
            _number("epoch"),
            _instant("lease_until"),
            _instant("refused_at"),
            _instant("delivered_at"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.project_id"], name="fk_outbox_project_id_project"),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
    )
    op.create_index("ix_outbox_channel_state_created_at_key", "outbox", ["channel", "state", "created_at", "key"])
    op.create_index("ix_outbox_project_id_state", "outbox", ["project_id", "state"])
    op.create_table(
        "attempt",
        _text("key"),
        _number("number"),
        _number("epoch"),
        _text("channel"),
        _text("state"),
        _text("detail"),
        _instant("started_at", nullable=False),
        _instant("finished_at"),
        sa.ForeignKeyConstraint(["key"], ["outbox.key"], name="fk_attempt_key_outbox"),
        sa.PrimaryKeyConstraint("key", "number", name="pk_attempt"),
    )
