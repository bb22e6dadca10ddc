"""The agreement of both sides, the platform as it was last seen, and the two joined with the library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert

from heliograph import jsonform
from heliograph.identify import Role
from heliograph.ledger.files import batches
from heliograph.ledger.store import Store
from heliograph.ledger.tables import file, gone, look, record, seen, upsert, verdict
from heliograph.model import ANEW, Agreed, F, Post, Record, Subject, SubjectKind, Survey, frozen_value, value_digest

STREAM = 10_000
"""Rows that are read at once; the stream never holds the database while its reader works."""


class Line(NamedTuple):
    """One photograph's file and what is remembered of it on one platform, for a first quick look."""

    where: str
    photo: str
    facts_digest: str
    digest: str
    verdict_basis: str | None
    verdict_kind: str | None
    albums: str
    sort: str
    record_basis: str | None
    record_shown: str | None
    seen_digest: str | None

    def places(self) -> tuple[str, ...]:
        """The albums it belongs into."""
        return tuple(json.loads(self.albums)) if self.albums else ()


def shown_digest(post: Post) -> str:
    """Names what a post shows, so that "unchanged" is one comparison."""
    return value_digest(jsonform.plain(post.fields))


class Records:
    """What was agreed, per platform and subject."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- three sides joined --

    def lines(self, platform: str) -> Iterator[Line]:
        """Every main file with what is remembered of it, ordered by place; memory stays flat."""
        last = ""
        while rows := self._lines_after(platform, last):
            yield from map(Line._make, rows)
            last = rows[-1][0]

    def _lines_after(self, platform: str, last: str) -> Sequence[Any]:
        judged = and_(verdict.c.platform == platform, verdict.c.where == file.c.where)
        agreed = and_(
            record.c.platform == platform, record.c.kind == SubjectKind.PHOTO, record.c.subject == file.c.photo
        )
        shows = and_(seen.c.platform == platform, seen.c.post == record.c.post)
        query = (
            select(
                *(file.c.where, file.c.photo, file.c.facts_digest, file.c.digest),
                *(verdict.c.basis, verdict.c.kind, verdict.c.albums, verdict.c.sort),
                *(record.c.basis, record.c.shown, seen.c.digest),
            )
            .select_from(file.outerjoin(verdict, judged).outerjoin(record, agreed).outerjoin(seen, shows))
            .where(file.c.where > last, file.c.role == Role.MAIN)
            .order_by(file.c.where)
            .limit(STREAM)
        )
        with self._store.transaction() as db:
            return db.execute(query).all()

    def homeless(self, platform: str) -> list[Record]:
        """Records of photographs that have no main file in the library any more."""
        has_file = exists().where(file.c.photo == record.c.subject, file.c.role == Role.MAIN)
        photos = record.c.kind == SubjectKind.PHOTO
        return self._select(and_(record.c.platform == platform, photos, ~has_file))

    def came_home(self, platform: str) -> None:
        """Gives every download to the photograph that its file turned out to be, where nothing else is known of it.

        One that was cut off before it was known where it is now is known by the digest of its picture.
        """
        same = and_(file.c.digest == record.c.basis, file.c.role == Role.MAIN)
        place = select(file.c.where).where(same).order_by(file.c.where).limit(1).scalar_subquery()
        here = select(file.c.photo).where(file.c.where == record.c.where, file.c.role == Role.MAIN)
        main = here.correlate(record).scalar_subquery()  # also where it stands within `taken`
        other = record.alias("other")
        taken = exists().where(other.c.platform == platform, other.c.kind == record.c.kind, other.c.subject == main)
        download = and_(record.c.platform == platform, record.c.kind == SubjectKind.PHOTO, record.c.fields == "{}")
        cut_off = and_(download, record.c.where == "", record.c.basis != "", place.is_not(None))
        with self._store.transaction() as db:
            db.execute(update(record).where(cut_off).values(where=place))
            known = update(record).where(download, main.is_not(None), ~taken)
            # Two posts of the same picture come home as one file; only one of them can be its post.
            db.execute(known.prefix_with("OR IGNORE", dialect="sqlite").values(subject=main))

    def strangers(self, platform: str) -> list[Post]:
        """Posts that no record knows, sorted by id."""
        known = exists().where(record.c.platform == platform, record.c.post == seen.c.post)
        query = select(seen.c.form).where(seen.c.platform == platform, ~known).order_by(seen.c.post)
        with self._store.transaction() as db:
            return [_post(row[0]) for row in db.execute(query)]

    def strange_albums(self, platform: str) -> list[Post]:
        """Albums that no record knows, whoever made them, sorted by id."""
        known = exists().where(record.c.platform == platform, record.c.post == seen.c.post)
        albums = and_(seen.c.platform == platform, seen.c.kind == SubjectKind.ALBUM)
        query = select(seen.c.form).where(albums, ~known).order_by(seen.c.post)
        with self._store.transaction() as db:
            return [_post(row[0]) for row in db.execute(query)]

    # -- records --

    def rename_albums(self, platform: str, names: Mapping[str, str]) -> None:
        """Old name -> new one of albums: what is remembered of them stays, the place that they had included."""
        with self._store.transaction() as db:
            for old, new in names.items():
                album = and_(record.c.platform == platform, record.c.kind == SubjectKind.ALBUM, record.c.subject == old)
                db.execute(update(record).where(album).values(subject=new))

    def of(self, platform: str, subjects: Iterable[Subject]) -> dict[Subject, Record]:
        """What is remembered of these subjects."""
        found: dict[Subject, Record] = {}
        for batch in batches(subjects):
            ids = [subject.id for subject in batch]
            for item in self._select(and_(record.c.platform == platform, record.c.subject.in_(ids))):
                found[item.subject] = item
        return found

    def albums(self, platform: str) -> dict[Subject, Record]:
        """Every album that is remembered there."""
        albums = self._select(and_(record.c.platform == platform, record.c.kind == SubjectKind.ALBUM))
        return {item.subject: item for item in albums}

    def everywhere(self, subject: Subject) -> list[Record]:
        """Where a photo is published, sorted by platform."""
        return self._select(and_(record.c.kind == subject.kind, record.c.subject == subject.id))

    def count(self, platform: str) -> dict[str, int]:
        """Published subjects by kind."""
        query = select(record.c.kind).where(record.c.platform == platform)
        counts: dict[str, int] = {}
        with self._store.transaction() as db:
            for (kind,) in db.execute(query):
                counts[kind] = counts.get(kind, 0) + 1
        return counts

    def post_ids(self, platform: str, photos: Iterable[str]) -> dict[str, str]:
        """Photograph -> post id, for those that are published; what we took away to post it anew is not."""
        buried = exists().where(gone.c.platform == record.c.platform, gone.c.post == record.c.post)
        found: dict[str, str] = {}
        columns = select(record.c.subject, record.c.post)
        with self._store.transaction() as db:
            for batch in batches(photos):
                here = and_(record.c.platform == platform, record.c.kind == SubjectKind.PHOTO)
                found.update(db.execute(columns.where(here, ~buried, record.c.subject.in_(batch))).all())
        return found

    def photos_of(self, platform: str, posts: Iterable[str]) -> dict[str, str]:
        """Post id -> photograph, for posts that are remembered."""
        found: dict[str, str] = {}
        columns = select(record.c.post, record.c.subject)
        with self._store.transaction() as db:
            for batch in batches(posts):
                here = and_(record.c.platform == platform, record.c.kind == SubjectKind.PHOTO)
                found.update(db.execute(columns.where(here, record.c.post.in_(batch))).all())
        return found

    def rebase(self, agreed: Iterable[tuple[Record, Post]]) -> None:
        """Both sides were compared and agree: the next run need not compare them again.

        What the platform's answer had left out is learnt from what it shows now.
        """
        with self._store.transaction() as db:
            for item, post in agreed:
                unseen = (name for name, field in item.fields.items() if not field.shown and name in post.fields)
                learnt = {name: Agreed(item.fields[name].sent, value_digest(post.fields[name])) for name in unseen}
                setting = " ".join(name for name in item.setting if name != ANEW)
                values = {"where": item.where, "basis": item.basis, "shown": shown_digest(post), "setting": setting}
                if learnt:
                    values["fields"] = _fields_form({**item.fields, **learnt})
                db.execute(update(record).where(*_key(item.platform, item.subject)).values(values))

    def _select(self, condition: ColumnElement[bool]) -> list[Record]:
        query = select(record).where(condition).order_by(record.c.platform, record.c.kind, record.c.where)
        with self._store.transaction() as db:
            return [_record(row) for row in db.execute(query)]

    # -- the platform as it was last seen --

    def cursor(self, platform: str) -> str | None:
        """Where the next survey goes on; `None` asks for all."""
        with self._store.transaction() as db:
            found = db.execute(select(look.c.cursor).where(look.c.platform == platform)).scalar()
        return str(found) if found else None

    def observe(self, platform: str, survey: Survey, now: str, settled: str) -> None:
        """Takes in a survey. What we wrote after `settled` is believed over a listing that may lag behind.

        Where a listing was not believed, the next survey begins where this one did: changes are named only once.
        """
        if not survey.looked:
            return
        with self._store.transaction() as db:
            fresh = select(seen.c.post, seen.c.digest).where(seen.c.platform == platform, seen.c.written_at > settled)
            ghosts = select(gone.c.post).where(gone.c.platform == platform, gone.c.at > settled)
            ours: dict[str, str] = {**dict.fromkeys(db.execute(ghosts).scalars(), ""), **dict(db.execute(fresh).all())}
            if survey.full:
                listed = {post.id for post in survey.posts}
                known = set(db.execute(select(seen.c.post).where(seen.c.platform == platform)).scalars())
                _drop(db, platform, known - listed - set(ours))
            _drop(db, platform, survey.gone)
            for batch in batches(post for post in survey.posts if post.id not in ours):
                _mirror(db, platform, batch, "")
            disbelieved = any(shown_digest(post) != ours[post.id] for post in survey.posts if post.id in ours)
            place = insert(look).values(platform=platform, cursor="" if disbelieved else survey.cursor, at=now)
            moved_on = {"at": now} if disbelieved else {"cursor": survey.cursor, "at": now}
            db.execute(place.on_conflict_do_update(index_elements=["platform"], set_=moved_on))

    def look_anew(self, platform: str) -> None:
        """The next survey is to be one of everything."""
        with self._store.transaction() as db:
            db.execute(update(look).where(look.c.platform == platform).values(cursor=""))

    def seen_photos(self, platform: str) -> int:
        """How many photos there are, as far as is known, whoever put them there."""
        query = select(func.count()).where(seen.c.platform == platform, seen.c.kind == SubjectKind.PHOTO)
        with self._store.transaction() as db:
            return db.execute(query).scalar_one()

    def seen(self, platform: str, posts: Iterable[str]) -> dict[str, Post]:
        """Post id -> post, for those that are there as far as is known."""
        found = {}
        with self._store.transaction() as db:
            for batch in batches(posts):
                query = select(seen.c.form).where(seen.c.platform == platform, seen.c.post.in_(batch))
                found.update({post.id: post for post in (_post(row[0]) for row in db.execute(query))})
        return found

    def buried(self, platform: str, posts: Iterable[str]) -> set[str]:
        """Those of the posts that we deleted."""
        found: set[str] = set()
        with self._store.transaction() as db:
            for batch in batches(posts):
                query = select(gone.c.post).where(gone.c.platform == platform, gone.c.post.in_(batch))
                found.update(db.execute(query).scalars())
        return found

    def marked(self, platform: str, marks: Iterable[str]) -> dict[str, list[Post]]:
        """Mark -> posts that carry it and that no record knows, sorted by id."""
        known = exists().where(record.c.platform == platform, record.c.post == seen.c.post)
        found: dict[str, list[Post]] = {}
        with self._store.transaction() as db:
            for batch in batches(mark for mark in marks if mark):
                query = select(seen.c.form).where(seen.c.platform == platform, seen.c.mark.in_(batch), ~known)
                for row in db.execute(query.order_by(seen.c.post)):
                    post = _post(row[0])
                    found.setdefault(post.mark, []).append(post)
        return found

    def unclaimed(self, platform: str) -> list[Post]:
        """Posts that no record knows and whose mark, if any, names no picture now in the library, sorted by id."""
        known = exists().where(record.c.platform == platform, record.c.post == seen.c.post)
        # A mark is the beginning of a digest; "g" sorts behind every hex digit, so that an index finds it.
        ours = exists().where(seen.c.mark != "", file.c.digest.between(seen.c.mark, seen.c.mark + "g"))
        query = select(seen.c.form).where(seen.c.platform == platform, ~known, ~ours).order_by(seen.c.post)
        with self._store.transaction() as db:
            return [_post(row[0]) for row in db.execute(query)]


# Built once: putting a statement together costs more than carrying it out, and these run for every photo.
_AGREE = upsert(record, kept=frozenset({"posted_at"}))
_MIRROR = upsert(seen)
_NOT_GONE = delete(gone).where(gone.c.platform == bindparam("where_platform"), gone.c.post == bindparam("where_post"))
_POST_BEFORE = select(record.c.post).where(
    *(record.c[name] == bindparam(f"where_{name}") for name in ("platform", "kind", "subject"))
)


def write_agreement(db: Connection, item: Record, post: Post, now: str) -> None:
    """Within a transaction: the record, and the post as the platform answered it."""
    agreed = all(
        name not in item.fields or value_digest(value) == item.fields[name].shown for name, value in post.fields.items()
    )
    values = {
        "post": item.post_id,
        "url": item.url,
        "mark": item.mark,
        "where": item.where,
        "basis": item.basis,
        "shown": shown_digest(post) if agreed else "",
        "fields": _fields_form(item.fields),
        "setting": " ".join(item.setting),
        "changed_at": now,
    }
    key = {"platform": item.platform, "kind": item.subject.kind, "subject": item.subject.id}
    before = db.execute(_POST_BEFORE, {f"where_{name}": value for name, value in key.items()}).scalar()
    if before not in {None, item.post_id}:
        _reopen_albums(db, item)
    db.execute(_AGREE, {**key, **values, "posted_at": item.posted_at or now})
    db.execute(_NOT_GONE, {"where_platform": item.platform, "where_post": item.post_id})
    _mirror(db, item.platform, [post], now)


def _fields_form(fields: Mapping[str, Agreed]) -> str:
    return json.dumps({name: [agreed.sent, agreed.shown] for name, agreed in fields.items()}, ensure_ascii=False)


def begin_setting(db: Connection, item: Record, fields: Iterable[str]) -> None:
    """Within a transaction: these fields may from now on show either value, until the next agreement."""
    values = {"setting": " ".join(sorted({*item.setting, *fields})), "basis": ""}
    db.execute(update(record).where(*_key(item.platform, item.subject)).values(values))


def erase_agreement(db: Connection, item: Record, now: str) -> None:
    """Within a transaction: no record any more, and the post is gone."""
    db.execute(delete(record).where(*_key(item.platform, item.subject)))
    bury(db, item, now)


def bury(db: Connection, item: Record, now: str) -> None:
    """Within a transaction: the post is gone, by our own doing."""
    _reopen_albums(db, item)
    db.execute(delete(seen).where(seen.c.platform == item.platform, seen.c.post == item.post_id))
    grave = insert(gone).values(platform=item.platform, post=item.post_id, at=now)
    db.execute(grave.on_conflict_do_update(index_elements=["platform", "post"], set_={"at": now}))


def _reopen_albums(db: Connection, item: Record) -> None:
    """Albums know their photos by post ids there: with another post, the same members are to be set again."""
    held = record.c.fields.contains(json.dumps(item.subject.id), autoescape=True)
    albums = and_(record.c.platform == item.platform, record.c.kind == SubjectKind.ALBUM, held)
    if item.subject.kind == SubjectKind.PHOTO:
        for row in db.execute(select(record).where(albums)).all():
            begin_setting(db, _record(row), (F.MEMBERS, F.COVER))


def _mirror(db: Connection, platform: str, posts: Iterable[Post], written_at: str) -> None:
    rows = [
        {
            "platform": platform,
            "post": post.id,
            "kind": post.kind,
            "mark": post.mark,
            "digest": shown_digest(post),
            "form": json.dumps(jsonform.plain(post), ensure_ascii=False),
            "written_at": written_at,
        }
        for post in posts
    ]
    if rows:
        db.execute(_MIRROR, rows)


def _drop(db: Connection, platform: str, posts: Iterable[str]) -> None:
    for batch in batches(sorted(posts)):
        db.execute(delete(seen).where(seen.c.platform == platform, seen.c.post.in_(batch)))


def _key(platform: str, subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return record.c.platform == platform, record.c.kind == subject.kind, record.c.subject == subject.id


def _post(form: str) -> Post:
    return jsonform.noun(Post, json.loads(form))


def _record(row: Row[Any]) -> Record:
    fields = {name: Agreed(frozen_value(sent), shown) for name, (sent, shown) in json.loads(row.fields).items()}
    subject = Subject(SubjectKind(row.kind), row.subject)
    setting = tuple(row.setting.split()) if row.setting else ()
    return Record(
        *(subject, row.platform, row.post, row.url, row.mark, row.where, row.basis, fields),
        *(row.posted_at, row.changed_at, setting, row.shown or ""),
    )
