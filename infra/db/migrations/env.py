"""Run by alembic, which is run by `infra.db.migrate`: always on its connection, inside its transaction."""

from __future__ import annotations

from alembic import context

from infra.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
