"""Who holds a post or stands in for its holder: that changes from an instant on, and the past stays on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, or_, select, update

from infra.db.seats import covers
from infra.db.tables import post


def change(  # noqa: PLR0913 - who, from when, by whom and why
    connection: Connection, table: Table, wanted: Mapping[str, str], at: datetime, *, by: str = "", reason: str = ""
) -> int:
    """Give posts to people from an instant on; what was planned for later on these posts is off.

    Args:
        connection: The transaction.
        table: `holding` or `deputy`.
        wanted: Person by post; empty for nobody.
        at: From when.
        by: Id of the person who changes it.
        reason: Why.

    Returns:
        How many posts have somebody else, or nobody, from then on. Where it is as wanted already nothing changes.
    """
    moved = _moved(connection, table, wanted, at)
    if not moved:
        return 0
    connection.execute(select(post.c.post_id).where(post.c.post_id.in_(list(moved))).with_for_update()).all()
    moved = _moved(connection, table, moved, at)  # somebody else may have changed them until they were ours
    of_post = table.c.post_id == bindparam("of_post")
    lasts = or_(table.c.until_at.is_(None), table.c.until_at > at)
    posts = [{"of_post": post_id} for post_id in moved]
    if posts:
        connection.execute(delete(table).where(of_post, table.c.since_at >= at), posts)
        connection.execute(update(table).where(and_(of_post, table.c.since_at < at, lasts)).values(until_at=at), posts)
    rows = [
        {"post_id": post_id, "person_id": who, "since_at": at, "by": by, "reason": reason}
        for post_id, who in moved.items()
        if who
    ]
    if rows:
        connection.execute(insert(table), rows)
    return len(moved)


def _moved(connection: Connection, table: Table, wanted: Mapping[str, str], at: datetime) -> dict[str, str]:
    standing = {row.post_id: row.person_id for row in connection.execute(select(table).where(covers(table, at)))}
    return {post_id: who for post_id, who in wanted.items() if standing.get(post_id, "") != who}
