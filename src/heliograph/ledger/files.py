"""The library as it was last read: which files, what they said, which photographs they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import BindParameter, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from heliograph import jsonform
from heliograph.identify import Identity, Photograph, Role, Seen
from heliograph.ledger.store import Store
from heliograph.ledger.tables import file, form, photo, pixels, record, upsert, verdict
from heliograph.model import AlbumNote, Facts, Photo, SubjectKind
from heliograph.ports import Found, Unreadable

T = TypeVar("T")
BATCH = 500
"""Rows of one statement; SQLite takes 32,766 variables."""


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """`rows` in lists of at most `size`."""
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


# Built once: putting a statement together costs more than carrying it out, and these run for every folder and photo.
_STAMPS = select(file.c.name, file.c.stamp).where(file.c.part == bindparam("in_part"))
_PAPERS = select(form.c.where, form.c.photo).where(form.c.where.in_(bindparam("places", expanding=True)))
_TITLES = select(form.c.where, func.json_extract(form.c.photo, "$.facts.title")).where(
    form.c.where.in_(bindparam("places", expanding=True))
)
_LENGTH = select(func.sum(func.json_extract(form.c.photo, "$.length_bytes"))).where(
    form.c.where.in_(bindparam("places", expanding=True))
)
_FILE = upsert(file, kept=frozenset({"photo"}))
_FORM = upsert(form)
_PHOTOGRAPH = upsert(photo)
_ASSIGN = (
    update(file)
    .where(file.c.where == bindparam("place"))
    .values({name: bindparam(f"new_{name}") for name in ("photo", "role", "reason", "question")})
)
_PIXELS = insert(pixels).on_conflict_do_nothing()
_SOME: BindParameter[str] = bindparam("some", expanding=True)
_OF_PLACES = select(file.c.digest, file.c.photo).where(file.c.where.in_(_SOME))
_AT_PLACES = select(photo.c.id).where(photo.c.where.in_(_SOME))
_OF_DIGESTS = select(pixels.c.photo).where(pixels.c.digest.in_(_SOME))
_WITH_DIGESTS = select(file.c.where).where(file.c.digest.in_(_SOME))
_OF_PHOTOS = select(pixels.c.digest).where(pixels.c.photo.in_(_SOME))
_WITH_PHOTOS = select(file.c.where).where(file.c.photo.in_(_SOME))
_LOOKED_AT = select(file.c.where, file.c.digest, file.c.taken).where(
    file.c.where.in_(_SOME), file.c.digest.is_not(None)
)
_EARLIER = select(pixels.c.digest, pixels.c.photo).where(pixels.c.photo.in_(_SOME))
_PHOTOGRAPHS = select(photo).where(photo.c.id.in_(_SOME))
_MAINS = select(file.c.photo.label("id"), file.c.where, file.c.digest, file.c.taken).where(file.c.where.in_(_SOME))
_PARTS = select(file.c.part).distinct().order_by(file.c.part)
_main = file.alias("main")
_has_main = exists().where(_main.c.photo == file.c.photo, _main.c.role == Role.MAIN)
_LOOSE = select(file.c.where).where(
    file.c.digest.is_not(None),
    or_(file.c.role == "", file.c.role == Role.UNSURE, and_(file.c.role == Role.COPY, ~_has_main)),
)
_ALBUM_NOTES = (
    select(func.json_extract(form.c.photo, "$.album_notes")).where(form.c.photo.contains('"album_notes":')).distinct()
)
_UNREADABLE = select(file.c.where, file.c.reason).where(file.c.digest.is_(None)).order_by(file.c.where)
_UNREADABLE_PHOTOGRAPHS = select(photo.c.id).join(file, file.c.where == photo.c.where).where(file.c.digest.is_(None))
_COPIES = select(file.c.photo).where(file.c.role == Role.COPY).distinct()
_UNSURE = select(file.c.photo, file.c.where, file.c.reason, file.c.question).where(file.c.role == Role.UNSURE)


class Files:
    """Implements `ports.Known`. What is here can be lost without harm: it is read again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def parts(self) -> Sequence[str]:
        """Every part of the library that holds something known, sorted."""
        with self._store.transaction() as db:
            return [str(row[0]) for row in db.execute(_PARTS)]

    def stamps(self, part: str) -> Mapping[str, str]:
        """Name -> stamp of one part."""
        with self._store.transaction() as db:
            return dict(db.execute(_STAMPS, {"in_part": part}).all())

    def count(self) -> int:
        """How many files are known, readable or not."""
        with self._store.transaction() as db:
            return int(db.execute(select(func.count()).select_from(file)).scalar_one())

    def remember(self, found: Sequence[Found], unreadable: Sequence[Unreadable]) -> None:
        """Takes in what was read; which photographs these files are is open until `assign` says so."""
        rows = [_row(sight) for sight in found] + [_blank(sight) for sight in unreadable]
        with self._store.transaction() as db:
            if rows:
                db.execute(_FILE, rows)
            if found:
                db.execute(_FORM, [{"where": sight.photo.where, "photo": _paper(sight.photo)} for sight in found])
            for gone in batches(sight.where for sight in unreadable):
                db.execute(delete(form).where(form.c.where.in_(gone)))
                db.execute(update(file).where(file.c.where.in_(gone)).values(photo=None, role=""))

    def holding(self, digest: str) -> str:
        """Where the library holds a picture of that image digest; empty where it holds none."""
        query = select(file.c.where).where(file.c.digest == digest, file.c.role == Role.MAIN).order_by(file.c.where)
        with self._store.transaction() as db:
            return str(db.execute(query.limit(1)).scalar() or "")

    def forget(self, wheres: Iterable[str]) -> None:
        """Drops files that are no longer there; their photographs stay known."""
        with self._store.transaction() as db:
            for batch in batches(wheres):
                for table in (file, form, verdict):
                    db.execute(delete(table).where(table.c.where.in_(batch)))

    # -- which photographs they are --

    def family(self, wheres: Iterable[str]) -> tuple[list[Seen], list[Photograph]]:
        """All files and photographs that what happened at these places can have to do with."""
        places = set(wheres)
        digests: set[str] = set()
        photos: set[str] = set()
        while True:
            size = len(places) + len(digests) + len(photos)
            self._widen(places, digests, photos)
            if len(places) + len(digests) + len(photos) == size:
                break
        return self._seen(places), self._photographs(photos)

    def _widen(self, places: set[str], digests: set[str], photos: set[str]) -> None:
        with self._store.transaction() as db:
            for batch in batches(sorted(places)):
                rows = db.execute(_OF_PLACES, {"some": batch}).all()
                digests.update(row.digest for row in rows if row.digest)
                photos.update(row.photo for row in rows if row.photo)
                photos.update(db.execute(_AT_PLACES, {"some": batch}).scalars())
            for batch in batches(sorted(digests)):
                photos.update(db.execute(_OF_DIGESTS, {"some": batch}).scalars())
                places.update(db.execute(_WITH_DIGESTS, {"some": batch}).scalars())
            for batch in batches(sorted(photos)):
                digests.update(db.execute(_OF_PHOTOS, {"some": batch}).scalars())
                places.update(db.execute(_WITH_PHOTOS, {"some": batch}).scalars())

    def _seen(self, places: Iterable[str]) -> list[Seen]:
        seen = []
        with self._store.transaction() as db:
            for batch in batches(sorted(places)):
                seen += [Seen(*row) for row in db.execute(_LOOKED_AT, {"some": batch})]
        return seen

    def _photographs(self, ids: Iterable[str]) -> list[Photograph]:
        found: list[Photograph] = []
        with self._store.transaction() as db:
            for batch in batches(sorted(ids)):
                earlier: dict[str, set[str]] = {}
                for digest, owner in db.execute(_EARLIER, {"some": batch}):
                    earlier.setdefault(owner, set()).add(digest)
                rows = db.execute(_PHOTOGRAPHS, {"some": batch}).all()
                found += [
                    Photograph(r.id, r.where, r.digest, r.taken, frozenset(earlier.get(r.id, set()) - {r.digest}))
                    for r in rows
                ]
        return found

    def loose(self) -> list[str]:
        """Places whose photograph is not settled: never identified, unsure, or a copy whose original is gone."""
        with self._store.transaction() as db:
            return list(db.execute(_LOOSE).scalars())

    def left_behind(self) -> list[str]:
        """Places of photographs that are published and have no file any more: what appears now may be one of them."""
        has_main = exists().where(file.c.photo == photo.c.id, file.c.role == Role.MAIN)
        published = exists().where(record.c.kind == SubjectKind.PHOTO, record.c.subject == photo.c.id)
        with self._store.transaction() as db:
            return list(db.execute(select(photo.c.where).where(~has_main, published)).scalars())

    def assign(self, identities: Sequence[Identity]) -> None:
        """Writes down which photograph each file is."""
        with self._store.transaction() as db:
            for batch in batches(identities):
                db.execute(_ASSIGN, [_assigned(identity) for identity in batch])
            for places in batches(i.where for i in identities if i.role == Role.MAIN):
                rows = [row._asdict() for row in db.execute(_MAINS, {"some": places})]
                if rows:
                    db.execute(_PHOTOGRAPH, rows)
                    db.execute(_PIXELS, [{"digest": row["digest"], "photo": row["id"]} for row in rows])

    # -- what they say --

    def photos(self, wheres: Iterable[str]) -> dict[str, Photo]:
        """Place -> photo, for those that are readable."""
        found = {}
        with self._store.transaction() as db:
            for batch in batches(wheres):
                for where, paper in db.execute(_PAPERS, {"places": batch}):
                    found[where] = jsonform.noun(Photo, json.loads(paper))
        return found

    def titles(self, wheres: Iterable[str]) -> dict[str, str]:
        """Place -> title, for those that have one."""
        found: dict[str, str] = {}
        with self._store.transaction() as db:
            for batch in batches(wheres):
                found |= {where: title for where, title in db.execute(_TITLES, {"places": batch}) if title}
        return found

    def album_notes(self) -> list[AlbumNote]:
        """What the library knows of albums and groups, by platform and name."""
        with self._store.transaction() as db:
            rows = [json.loads(row) for row in db.execute(_ALBUM_NOTES).scalars() if row]
        notes = {jsonform.noun(AlbumNote, note) for row in rows for note in row}
        return sorted(notes, key=lambda note: (note.platform, note.name, note.id, note.text))

    def length_bytes(self, wheres: Iterable[str]) -> int:
        """Of all these files together; those that are not readable count for nothing."""
        total = 0
        for batch in batches(wheres):
            with self._store.transaction() as db:
                total += int(db.execute(_LENGTH, {"places": batch}).scalar_one() or 0)
        return total

    def unreadable(self) -> list[tuple[str, str]]:
        """(place, reason) of every file that cannot be read, sorted by place."""
        with self._store.transaction() as db:
            return [(row.where, row.reason) for row in db.execute(_UNREADABLE)]

    def unreadable_photographs(self) -> set[str]:
        """Photographs whose file is there and cannot be read now: they are not gone."""
        with self._store.transaction() as db:
            return set(db.execute(_UNREADABLE_PHOTOGRAPHS).scalars())

    def copies(self) -> set[str]:
        """Photographs of which there are further copies."""
        with self._store.transaction() as db:
            return {str(owner) for owner in db.execute(_COPIES).scalars()}

    def copies_of(self, photos: Iterable[str]) -> dict[str, list[str]]:
        """Photograph -> places of its further copies, sorted; photographs without copies are left out."""
        found: dict[str, list[str]] = {}
        columns = select(file.c.photo, file.c.where).where(file.c.role == Role.COPY).order_by(file.c.where)
        with self._store.transaction() as db:
            for batch in batches(photos):
                for owner, where in db.execute(columns.where(file.c.photo.in_(batch))):
                    found.setdefault(str(owner), []).append(where)
        return found

    def twins(self) -> list[tuple[str, str, list[str]]]:
        """(Photograph, place that stands for all, places of its further copies) of every photo that is there twice."""
        copies = self.copies_of(self.copies())
        stands: dict[str, str] = {}
        columns = select(file.c.photo, file.c.where).where(file.c.role == Role.MAIN)
        with self._store.transaction() as db:
            for batch in batches(copies):
                stands.update(db.execute(columns.where(file.c.photo.in_(batch))).all())
        rows = ((owner, stands.get(owner, places[0]), places) for owner, places in copies.items())
        return sorted(rows, key=lambda row: row[1])

    def owners(self, wheres: Iterable[str]) -> dict[str, str]:
        """Place -> photograph that the file there is, or may be."""
        found: dict[str, str] = {}
        columns = select(file.c.where, file.c.photo).where(file.c.photo.is_not(None))
        with self._store.transaction() as db:
            for batch in batches(wheres):
                found.update(db.execute(columns.where(file.c.where.in_(batch))).all())
        return found

    def mains_of(self, digests: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Image digest -> photograph and place, of those that the library holds."""
        found: dict[str, tuple[str, str]] = {}
        columns = select(file.c.digest, file.c.photo, file.c.where).where(file.c.role == Role.MAIN)
        with self._store.transaction() as db:
            for batch in batches(digests):
                found.update({row[0]: (row[1], row[2]) for row in db.execute(columns.where(file.c.digest.in_(batch)))})
        return found

    def mains(self) -> list[str]:
        """Places that stand for a photograph, sorted."""
        query = select(file.c.where).where(file.c.role == Role.MAIN).order_by(file.c.where)
        with self._store.transaction() as db:
            return list(db.execute(query).scalars())

    def unsure(self) -> dict[str, tuple[str, str, str]]:
        """Photograph -> (place, reason, question) of the file that may be it."""
        with self._store.transaction() as db:
            return {str(row.photo): (row.where, row.reason, row.question) for row in db.execute(_UNSURE)}

    def search(self, words: str, limit: int = 50) -> list[tuple[str, str, str, str]]:
        """(photograph, place, role, reason) of files whose place holds the words, or is or ends with them first."""
        literal = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        pattern = f"%{literal}%"
        match = or_(file.c.where.like(pattern, escape="\\"), file.c.photo == words)
        exact = file.c.where.like(f"%{literal}", escape="\\")
        query = select(file.c.photo, file.c.where, file.c.role, file.c.reason).where(match)
        query = query.order_by(exact.desc(), file.c.where).limit(limit)
        with self._store.transaction() as db:
            return [(row.photo or "", row.where, row.role, row.reason) for row in db.execute(query)]


def _assigned(identity: Identity) -> dict[str, str]:
    return {
        "place": identity.where,
        "new_photo": identity.photo,
        "new_role": identity.role,
        "new_reason": identity.reason,
        "new_question": identity.question,
    }


def _row(sight: Found) -> dict[str, object]:
    item = sight.photo
    part, _, name = item.where.rpartition("/")
    return {
        "where": item.where,
        "part": part,
        "name": name,
        "stamp": sight.stamp,
        "photo": None,
        "role": "",
        "reason": "",
        "question": "",
        "digest": item.digest,
        "facts_digest": jsonform.facts_digest(item),
        "taken": _moment(item.facts),
    }


def _blank(sight: Unreadable) -> dict[str, object]:
    part, _, name = sight.where.rpartition("/")
    return {
        "where": sight.where,
        "part": part,
        "name": name,
        "stamp": sight.stamp,
        "photo": None,
        "role": "",
        "reason": sight.reason,
        "question": "",
        "digest": None,
        "facts_digest": "",
        "taken": "",
    }


def _moment(facts: Facts) -> str:
    """Date, sub-second and camera: what two developments of one exposure share. Empty without a time of day."""
    taken = facts.taken
    if taken is None or "T" not in taken.local:
        return ""
    return f"{taken.local}|{taken.subsec}|{facts.camera_make}|{facts.camera_model}"


def _paper(item: Photo) -> str:
    return json.dumps(jsonform.plain(item), ensure_ascii=False, separators=(",", ":"))
