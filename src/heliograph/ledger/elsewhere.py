"""Where else a photo can be seen: the addresses of its posts on other platforms, as far as everybody may see them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, select

from heliograph.ledger.files import batches
from heliograph.ledger.store import Store
from heliograph.ledger.tables import file, record, seen, verdict
from heliograph.model import SubjectKind

PUBLIC = "public"
"""What every platform that can choose calls an audience of everybody."""

Links: TypeAlias = tuple[tuple[str, str], ...]
"""Name and web address of each platform that shows a photo, sorted."""

_WEB = ("https://", "http://")


_PLATFORMS: BindParameter[Any] = bindparam("platforms", expanding=True)
_PHOTOS: BindParameter[Any] = bindparam("photos", expanding=True)


def _is_public(audience: ColumnElement[Any]) -> ColumnElement[bool]:
    """Where a platform cannot choose, or does not say, nothing is hidden."""
    return func.coalesce(audience, PUBLIC) == PUBLIC


def _public_posts(what: ColumnElement[Any]) -> Select[Any]:
    """Platform and address of posts that everybody sees, behind `what`. One not seen there any more was deleted."""
    url = func.coalesce(func.nullif(func.json_extract(seen.c.form, "$.url"), ""), record.c.url)
    return (
        select(what, record.c.platform, url)
        .join(seen, and_(seen.c.platform == record.c.platform, seen.c.post == record.c.post))
        .where(
            record.c.platform.in_(_PLATFORMS),
            _is_public(func.json_extract(record.c.fields, "$.visibility[0]")),
            _is_public(func.json_extract(seen.c.form, "$.fields.visibility")),
        )
    )


# Built once: putting a statement together costs more than carrying it out.
_POSTS = _public_posts(record.c.subject).where(record.c.kind == SubjectKind.PHOTO, record.c.subject.in_(_PHOTOS))
_PICTURES = func.json_extract(record.c.fields, "$.picture[0]")
_TOGETHER = _public_posts(_PICTURES).where(record.c.kind == SubjectKind.ALBUM, func.json_type(_PICTURES) == "array")
_MEMBERS = (
    select(file.c.photo, verdict.c.platform, file.c.where)
    .join(verdict, verdict.c.where == file.c.where)
    .where(verdict.c.platform.in_(_PLATFORMS), verdict.c.kind == "gathered", file.c.photo.in_(_PHOTOS))
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

    def together(self, platforms: Collection[str]) -> dict[tuple[str, str], str]:
        """Platform and picture, as it was sent -> address of the post of several photos that shows it to everybody."""
        with self._store.transaction() as db:
            rows = db.execute(_TOGETHER, {"platforms": sorted(platforms)}).all()
        return {(name, one): url for held, name, url in rows if url.startswith(_WEB) for one in json.loads(held)}

    def members(self, platforms: Collection[str], photos: Iterable[str]) -> list[tuple[str, str, str]]:
        """Of photographs, those that belong into posts of several photos: photograph, platform and place."""
        found = list[tuple[str, str, str]]()
        with self._store.transaction() as db:
            for batch in batches(photos if platforms else ()):
                found += [tuple(row) for row in db.execute(_MEMBERS, {"platforms": sorted(platforms), "photos": batch})]
        return found
