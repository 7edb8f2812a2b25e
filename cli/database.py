"""`db`: the database of the records."""

from __future__ import annotations

from cli.desk import Desk, Shared
from cli.trouble import checked_url, shown_url
from infra.db.migrate import current, upgrade


def migrate(*, shared: Shared | None = None) -> int:
    """Bring the records database to the form this version needs; repeating it changes nothing."""
    desk = Desk(shared)
    url = checked_url(desk.settings)
    applied = upgrade(url)
    revision = current(url) or ""
    desk.line("db.migrated" if applied else "db.current", url=shown_url(url), revision=revision)
    return desk.answer({"url": shown_url(url), "applied": applied, "revision": revision})
