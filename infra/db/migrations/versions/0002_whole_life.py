"""The whole life of a project: matters, deputies and absences, refusals, samples, proposals, money.

Adds only: the code before this revision goes on working on the form after it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("proposal", "draw", "refusal", "matter", "absence", "deputy")
FIRST_UNIQUE = "uq_project_programme_batch_village_code_technology"
UNIQUE = "uq_project_programme_batch_first_village_code_technology"
ADDED = {
    "project": ("ended_code", "merged_into", "first_village_code", "money", "matters"),
    "stage": ("previous_due_at",),
    "outbox": ("matter",),
    "holding": ("by", "reason"),
}


def upgrade() -> None:
    for name in ("ended_code", "merged_into", "first_village_code"):
        op.add_column("project", _text(name, server_default=""))
    op.execute("UPDATE project SET first_village_code = village_code")
    with op.batch_alter_table("project") as table:
        table.drop_constraint(FIRST_UNIQUE, type_="unique")
        table.create_unique_constraint(UNIQUE, ["programme", "batch", "first_village_code", "technology"])
        table.create_index("ix_project_village_code", ["village_code"])
    op.add_column("project", _text("money", server_default="{}"))
    op.add_column("project", _number("matters", server_default="0"))
    op.add_column("stage", _instant("previous_due_at"))
    op.add_column("outbox", _text("matter", server_default=""))
    for name in ADDED["holding"]:
        op.add_column("holding", _text(name, server_default=""))
    _people()
    _matters()
    _registers()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    with op.batch_alter_table("project") as table:
        table.drop_index("ix_project_village_code")
        table.drop_constraint(UNIQUE, type_="unique")
        table.create_unique_constraint(FIRST_UNIQUE, ["programme", "batch", "village_code", "technology"])
    for name, columns in ADDED.items():
        for column in columns:
            op.drop_column(name, column)


def _text(name: str, server_default: str | None = None) -> sa.Column[Any]:
    bytewise = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    return sa.Column(name, bytewise, nullable=False, server_default=server_default)


def _number(name: str, server_default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=server_default)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _people() -> None:
    op.create_table(
        "deputy",
        _text("post_id"),
        _instant("since_at", nullable=False),
        _text("person_id"),
        _instant("until_at"),
        _text("by", server_default=""),
        _text("reason", server_default=""),
        sa.PrimaryKeyConstraint("post_id", "since_at", name="pk_deputy"),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name="fk_deputy_post_id_post"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_deputy_person_id_person"),
    )
    op.create_index("ix_deputy_person_id", "deputy", ["person_id"])
    op.create_table(
        "absence",
        _text("person_id"),
        _instant("since_at", nullable=False),
        _instant("until_at", nullable=False),
        _text("reason"),
        _text("by", server_default=""),
        sa.PrimaryKeyConstraint("person_id", "since_at", name="pk_absence"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_absence_person_id_person"),
    )


def _matters() -> None:
    op.create_table(
        "matter",
        *(_text(name) for name in ("project_id", "key", "kind", "stage", "step", "owner", "asked_by")),
        _instant("asked_at", nullable=False),
        _instant("due_at"),
        _number("level"),
        sa.PrimaryKeyConstraint("project_id", "key", name="pk_matter"),
        sa.ForeignKeyConstraint(["project_id"], ["project.project_id"], name="fk_matter_project_id_project"),
    )
    op.create_index("ix_matter_owner_due_at", "matter", ["owner", "due_at"])


def _registers() -> None:
    op.create_table(
        "refusal",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        _instant("at", nullable=False),
        *(_text(name) for name in ("project_id", "person_id", "command_id", "act", "code", "params")),
        sa.PrimaryKeyConstraint("number", name="pk_refusal"),
    )
    op.create_index("ix_refusal_project_id_number", "refusal", ["project_id", "number"])
    op.create_index("ix_refusal_person_id_number", "refusal", ["person_id", "number"])
    op.create_table(
        "draw",
        _text("draw_no"),
        _instant("at", nullable=False),
        *(_text(name) for name in ("person_id", "seed", "rule", "sites", "chosen")),
        sa.PrimaryKeyConstraint("draw_no", name="pk_draw"),
    )
    op.create_table(
        "proposal",
        *(_text(name) for name in ("number", "kind", "content", "proposed_by")),
        _instant("proposed_at", nullable=False),
        _text("decided_by"),
        _instant("decided_at"),
        _text("outcome"),
        sa.PrimaryKeyConstraint("number", name="pk_proposal"),
    )
