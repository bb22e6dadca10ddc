"""The agreement of both sides, the platform as it was last seen, and the two joined with the library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from heliograph import jsonform
from heliograph.identify import Role
from heliograph.ledger.files import batches
from heliograph.ledger.store import Store
from heliograph.ledger.tables import file, gone, look, photo, record, seen, upsert, verdict
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
        with self._store.transaction() as db:
            return db.execute(_LINES, {"on": platform, "last": last, "at_most": STREAM}).all()

    def unread(self, platform: str) -> list[Line]:
        """Photographs whose file is there and cannot be read now, as they were when it could; ordered by place."""
        with self._store.transaction() as db:
            return [Line._make(row) for row in db.execute(_UNREAD, {"on": platform})]

    def homeless(self, platform: str) -> list[Record]:
        """Records of photographs that have no main file in the library any more."""
        return self._select(_HOMELESS, on=platform)

    def came_home(self, platform: str) -> None:
        """Gives every download to the photograph that its file turned out to be, where nothing else is known of it.

        One that was cut off before it was known where it is now is known by the digest of its picture.
        """
        with self._store.transaction() as db:
            for statement in _CAME_HOME:
                db.execute(statement, {"on": platform})

    def strange_albums(self, platform: str) -> list[Post]:
        """Albums that no record knows, whoever made them, sorted by id."""
        with self._store.transaction() as db:
            return [_post(form) for form in db.execute(_STRANGE_ALBUMS, {"on": platform}).scalars()]

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
            for item in self._select(_SOME, on=platform, ids=ids):
                found[item.subject] = item
        return found

    def albums(self, platform: str) -> dict[Subject, Record]:
        """Every album that is remembered there."""
        albums = self._select(_ALBUMS, on=platform)
        return {item.subject: item for item in albums}

    def everywhere(self, subject: Subject) -> list[Record]:
        """Where a photo is published, sorted by platform."""
        return self._select(_EVERYWHERE, kind_is=subject.kind, subject_is=subject.id)

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
        with self._store.transaction() as db:
            for batch in batches(posts):
                found.update(db.execute(_PHOTOS_OF, {"on": platform, "posts": batch}).all())
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
                db.execute(_CHANGE, {**_key(item), **values})

    def _select(self, query: Select[Any], **values: object) -> list[Record]:
        with self._store.transaction() as db:
            return [_record(row) for row in db.execute(query, values)]

    # -- the platform as it was last seen --

    def cursor(self, platform: str) -> str | None:
        """Where the next survey goes on; `None` asks for all."""
        with self._store.transaction() as db:
            found = db.execute(_CURSOR, {"on": platform}).scalar()
        return str(found) if found else None

    def observe(self, platform: str, survey: Survey, now: str, settled: str) -> dict[str, Post]:
        """Takes in a survey. What we wrote after `settled` is believed over a listing that may lag behind.

        Where a listing was not believed, the next survey begins where this one did: changes are named only once.
        The posts of which it was not believed come back as it names them, by their ids.
        """
        if not survey.looked:
            return {}
        with self._store.transaction() as db:
            lately = {"on": platform, "since": settled}
            ours: dict[str, str] = dict.fromkeys(db.execute(_GHOSTS, lately).scalars(), "")
            ours.update(db.execute(_FRESH, lately).all())
            if survey.full:
                listed = {post.id for post in survey.posts}
                known = set(db.execute(select(seen.c.post).where(seen.c.platform == platform)).scalars())
                _drop(db, platform, known - listed - set(ours))
            _drop(db, platform, survey.gone)
            for batch in batches(post for post in survey.posts if post.id not in ours):
                _mirror(db, platform, batch, "")
            posts = (post for post in survey.posts if post.id in ours)
            disbelieved = {post.id: post for post in posts if shown_digest(post) != ours[post.id]}
            place = {"platform": platform, "cursor": "" if disbelieved else survey.cursor, "at": now}
            db.execute(_STAYED if disbelieved else _MOVED_ON, place)
        return disbelieved

    def looked_at(self, platform: str) -> str:
        """When it was last looked at, ISO 8601; empty where it never was."""
        with self._store.transaction() as db:
            return str(db.execute(select(look.c.at).where(look.c.platform == platform)).scalar() or "")

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
                forms = db.execute(_SEEN, {"on": platform, "posts": batch}).scalars()
                found.update({post.id: post for post in map(_post, forms)})
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
        found: dict[str, list[Post]] = {}
        with self._store.transaction() as db:
            for batch in batches(mark for mark in marks if mark):
                for post in map(_post, db.execute(_MARKED, {"on": platform, "marks": batch}).scalars()):
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
# Where a post shows what a listing showed before, nothing was written: what a listing says next of it is believed.
_MIRROR = upsert(seen, blank_with={"written_at": "digest"})
_NOT_GONE = delete(gone).where(gone.c.platform == bindparam("where_platform"), gone.c.post == bindparam("where_post"))
_THIS = [record.c[name] == bindparam(f"where_{name}") for name in ("platform", "kind", "subject")]
_POST_BEFORE = select(record.c.post).where(*_THIS)
_CHANGE, _ERASE = update(record).where(*_THIS), delete(record).where(*_THIS)


_ON: BindParameter[str] = bindparam("on")
"""The platform, in all of the following."""


def _lines(files: FromClause, owner: ColumnElement[Any]) -> Select[Any]:
    """The columns of `Line`, of files whose photograph is the `owner`."""
    judged = and_(verdict.c.platform == _ON, verdict.c.where == file.c.where)
    agreed = and_(record.c.platform == _ON, record.c.kind == SubjectKind.PHOTO, record.c.subject == owner)
    shows = and_(seen.c.platform == _ON, seen.c.post == record.c.post)
    return select(
        *(file.c.where, owner, file.c.facts_digest, file.c.digest),
        *(verdict.c.basis, verdict.c.kind, verdict.c.albums, verdict.c.sort),
        *(record.c.basis, record.c.shown, seen.c.digest),
    ).select_from(files.outerjoin(verdict, judged).outerjoin(record, agreed).outerjoin(seen, shows))


def _unread() -> Select[Any]:
    known = file.join(photo, and_(photo.c.where == file.c.where, file.c.digest.is_(None)))
    main = file.alias("main")
    elsewhere = exists().where(main.c.photo == photo.c.id, main.c.role == Role.MAIN)
    return _lines(known, photo.c.id).where(~elsewhere).order_by(file.c.where)


def _came_home() -> tuple[Update, Update]:
    same = and_(file.c.digest == record.c.basis, file.c.role == Role.MAIN)
    place = select(file.c.where).where(same).order_by(file.c.where).limit(1).scalar_subquery()
    here = select(file.c.photo).where(file.c.where == record.c.where, file.c.role == Role.MAIN)
    main = here.correlate(record).scalar_subquery()  # also where it stands within `taken`
    other = record.alias("other")
    taken = exists().where(other.c.platform == _ON, other.c.kind == record.c.kind, other.c.subject == main)
    download = and_(record.c.platform == _ON, record.c.kind == SubjectKind.PHOTO, record.c.fields == "{}")
    cut_off = and_(download, record.c.where == "", record.c.basis != "", place.is_not(None))
    known = update(record).where(download, main.is_not(None), ~taken)
    return (
        update(record).where(cut_off).values(where=place),
        # Two posts of the same picture come home as one file; only one of them can be its post.
        known.prefix_with("OR IGNORE", dialect="sqlite").values(subject=main),
    )


_LINES = (
    _lines(file, file.c.photo)
    .where(file.c.where > bindparam("last"), file.c.role == Role.MAIN)
    .order_by(file.c.where)
    .limit(bindparam("at_most"))
)
_UNREAD = _unread()
_CAME_HOME = _came_home()
_RECORDS = select(record).order_by(record.c.platform, record.c.kind, record.c.where)
_has_file = exists().where(file.c.photo == record.c.subject, file.c.role == Role.MAIN)
_HOMELESS = _RECORDS.where(record.c.platform == _ON, record.c.kind == SubjectKind.PHOTO, ~_has_file)
_SOME = _RECORDS.where(record.c.platform == _ON, record.c.subject.in_(bindparam("ids", expanding=True)))
_ALBUMS = _RECORDS.where(record.c.platform == _ON, record.c.kind == SubjectKind.ALBUM)
_EVERYWHERE = _RECORDS.where(record.c.kind == bindparam("kind_is"), record.c.subject == bindparam("subject_is"))
_POSTS: BindParameter[str] = bindparam("posts", expanding=True)
_PHOTOS_OF = select(record.c.post, record.c.subject).where(
    record.c.platform == _ON, record.c.kind == SubjectKind.PHOTO, record.c.post.in_(_POSTS)
)
_strange = ~exists().where(record.c.platform == _ON, record.c.post == seen.c.post)
_STRANGE = select(seen.c.form).where(seen.c.platform == _ON, _strange).order_by(seen.c.post)
_STRANGE_ALBUMS = _STRANGE.where(seen.c.kind == SubjectKind.ALBUM)
_MARKED = _STRANGE.where(seen.c.mark.in_(bindparam("marks", expanding=True)))
_SEEN = select(seen.c.form).where(seen.c.platform == _ON, seen.c.post.in_(_POSTS))
_CURSOR = select(look.c.cursor).where(look.c.platform == _ON)
_FRESH = select(seen.c.post, seen.c.digest).where(seen.c.platform == _ON, seen.c.written_at > bindparam("since"))
_GHOSTS = select(gone.c.post).where(gone.c.platform == _ON, gone.c.at > bindparam("since"))
_MOVED_ON, _STAYED = upsert(look), upsert(look, kept=frozenset({"cursor"}))


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
    before = db.execute(_POST_BEFORE, _key(item)).scalar()
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
    db.execute(_CHANGE, {**_key(item), **values})


def erase_agreement(db: Connection, item: Record, now: str) -> None:
    """Within a transaction: no record any more, and the post is gone."""
    db.execute(_ERASE, _key(item))
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


def _key(item: Record) -> dict[str, str]:
    return {"where_platform": item.platform, "where_kind": item.subject.kind, "where_subject": item.subject.id}


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
