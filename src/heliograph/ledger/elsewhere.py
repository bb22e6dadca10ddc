"""Where else a photo can be seen: the addresses of its posts on other platforms, as far as everybody may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from heliograph.ledger.files import batches
from heliograph.ledger.store import Store
from heliograph.ledger.tables import record, seen
from heliograph.model import SubjectKind

PUBLIC = "public"
"""What every platform that can choose calls an audience of everybody."""

Links: TypeAlias = tuple[tuple[str, str], ...]
"""Name and web address of each platform that shows a photo, sorted."""

_WEB = ("https://", "http://")


def _is_public(audience: ColumnElement[Any]) -> ColumnElement[bool]:
    """Where a platform cannot choose, or does not say, nothing is hidden."""
    return func.coalesce(audience, PUBLIC) == PUBLIC


# Built once: putting a statement together costs more than carrying it out. What is not seen there any more was deleted.
_POSTS = (
    select(
        record.c.subject,
        record.c.platform,
        func.coalesce(func.nullif(func.json_extract(seen.c.form, "$.url"), ""), record.c.url),
    )
    .join(seen, and_(seen.c.platform == record.c.platform, seen.c.post == record.c.post))
    .where(
        record.c.platform.in_(bindparam("platforms", expanding=True)),
        record.c.kind == SubjectKind.PHOTO,
        record.c.subject.in_(bindparam("photos", expanding=True)),
        _is_public(func.json_extract(record.c.fields, "$.visibility[0]")),
        _is_public(func.json_extract(seen.c.form, "$.fields.visibility")),
    )
)


class Elsewhere:
    """Public posts of photos, by photo."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def links(self, platforms: Collection[str], photos: Iterable[str]) -> dict[str, Links]:
        """Photograph -> those of these platforms that show it to everybody.

        Shown it is where both the agreement and the last look there say so.
        """
        found = dict[str, list[tuple[str, str]]]()
        with self._store.transaction() as db:
            for batch in batches(photos if platforms else ()):
                for photo, name, url in db.execute(_POSTS, {"platforms": sorted(platforms), "photos": batch}):
                    if url.startswith(_WEB):
                        found.setdefault(photo, []).append((name, url))
        return {photo: tuple(sorted(links)) for photo, links in found.items()}
