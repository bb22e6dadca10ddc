"""The three states of a golden case, put up for real: a ledger file, a library and a platform in memory, and a desk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from heliograph.desk import Desk
from heliograph.desk.making import Place
from heliograph.errors import SignInNeeded
from heliograph.ledger.records import erase_agreement, write_agreement
from heliograph.model import (
    Agreed,
    Claim,
    F,
    Link,
    Order,
    Photo,
    Plan,
    Post,
    Record,
    Subject,
    SubjectKind,
    Taken,
    Wanted,
    value_digest,
)
from heliograph.policy import (
    Audience,
    Captions,
    Direction,
    Guards,
    OnAdopted,
    OnAudience,
    OnChanged,
    OnConflict,
    OnEdited,
    OnFixed,
    OnLost,
    OnLoved,
    OnMissing,
    OnRefused,
    OnTooLong,
    OnUnwanted,
    PlatformPolicy,
    Rules,
    Selection,
    Warn,
    When,
)
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from plan_text import Case, Line
from studio import make_desk, moment, photo

PLACED = "Socials|memory|albums|"
SHARED = "Socials|memory|groups|"
WHEN = {
    "unwanted": OnUnwanted,
    "missing": OnMissing,
    "conflict": OnConflict,
    "lost": OnLost,
    "edited": OnEdited,
    "adopted": OnAdopted,
    "fixed": OnFixed,
    "refused": OnRefused,
    "loved": OnLoved,
    "emptied": OnUnwanted,
    "changed": OnChanged,
}
AUDIENCES = ("public", "friends", "private")
GUARDS = {"max_deletes": int, "max_delete_share": float, "max_change_share": float}
ELSEWHERE = {"also on": "public", "hidden on": "private"}
"""What is said of a photo that other platforms show -> who sees it there."""
LATER_S = 3600.0


@dataclass
class GoldenWorld:
    """One case at work."""

    case: Case
    folder: Path
    world: World = field(default_factory=World)
    clock: FakeClock = field(default_factory=FakeClock)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    names: dict[str, str] = field(default_factory=dict)
    """Ids of photos and posts -> what they are called in the case."""
    posts: dict[str, str] = field(default_factory=dict)
    """What is published -> its post's id."""
    first: dict[str, Post] = field(default_factory=dict)
    """What was shown when the ledger was written."""

    def plan(self) -> Plan:
        """The case's plan, and what was asked answered on the way."""
        self._publish(self.case.lines("ledger"))
        if "library before" in self.case.sections:
            self._arrange("library", "library before")
            with self._desk() as desk:
                desk.plan(("memory",))
        for section in ("library", "platform"):
            asked = f"{section} when asked"
            self._arrange(section, asked if asked in self.case.sections else section)
        with self._desk() as desk:
            if answers := self.case.answers():
                desk.plan(("memory",))
                for where, choice in answers:
                    desk.answer(where, choice)
            for section in ("library", "platform"):
                self._arrange(section, section)
            self._show_elsewhere(desk, self.case.lines("library"))
            return desk.plan(("memory",))

    # -- settings --

    def _policy(self) -> PlatformPolicy:
        said = self.case.settings()
        when = When(**{name: kind(said[name]) for name, kind in WHEN.items() if name in said})
        guards = Guards(**{name: kind(said[name]) for name, kind in GUARDS.items() if name in said})
        direction = Direction(said.get("direction", "publish"))
        self.library.amends = "the library cannot be amended" not in said
        audience = Audience(said.get("shown to", ""), OnAudience(said.get("shown to changes for", "new")))
        rules = Rules(warnings=tuple(Warn(branch, words) for branch, words in self._warnings("warnings")))
        captions = Captions(text=said.get("text template", ""), too_long=OnTooLong(said.get("too long", "cut")))
        return PlatformPolicy(
            "memory",
            "memory",
            direction,
            rules=rules,
            captions=captions,
            when=when,
            guards=guards,
            audience=audience,
            select=Selection(together="one post holds" in said),
        )

    def _warnings(self, setting: str) -> list[tuple[str, str]]:
        """`Nudity (nudity), Blood`: branches, and words where there are some."""
        said = self.case.settings().get(setting, "")
        return re.findall(r"([^,()]*[^,() ]) *(?:\(([^()]*)\))?", said)

    def _kind_of_platform(self, settle_s: float) -> MemoryPlatform:
        said = self.case.settings()
        return MemoryPlatform(
            self.world,
            self.clock,
            lag_s=0.0,
            settle_s=settle_s,
            album_rides=frozenset({F.TITLE, F.TEXT, F.COVER}) if "albums are filled later" in said else None,
            album_lives="albums live there" in said,
            audiences=AUDIENCES if any(key.startswith("shown to") for key in said) else (),
            groups="full groups" in said,
            full=frozenset(word.strip() for word in said.get("full groups", "").split(",")),
            escapes="texts become HTML" in said,
            keeps_tags="tags of others stay" in said,
            warns="warnings are shown" in said,
            links="links are shown" in said,
            gathers=int(said.get("one post holds", "0")),
            text_len=int(said["text has room for"]) if "text has room for" in said else None,
        )

    def _platform(self) -> MemoryPlatform:
        said = self.case.settings()
        platform = self._kind_of_platform(float(said.get("settles", "0")))
        platform.fixed = frozenset(said.get("cannot be changed there", "").replace(",", " ").split())
        platform.looked = said.get("listing") != "cut off"
        platform.pending = said.get("pending", "")
        platform.needs = tuple(said.get("needs", "").replace(",", " ").split())
        if said.get("listing") == "signed out":
            platform.trouble = SignInNeeded("memory wants you to sign in again; run `helio signin memory`")
        platform.marks_shown = said.get("marks") != "not shown"
        return platform

    def _desk(self) -> Desk:
        return self._neighbours(make_desk(self.folder, self.library, self._platform(), policy=self._policy()))

    def _neighbours(self, desk: Desk) -> Desk:
        """With the other platforms that the case speaks of; nothing is ever planned for them."""
        lines = [line for section in ("ledger", "library") for line in self.case.lines(section)]
        for name in {name for line in lines for key in ELSEWHERE for name in line.words(key)}:
            other = MemoryPlatform(World(), self.clock, name)
            desk._places = {**desk.places, name: Place(other, PlatformPolicy(name, "memory"))}
        return desk

    def _show_elsewhere(self, desk: Desk, lines: list[Line]) -> None:
        """What is published on other platforms, and to whom."""
        if len(desk.places) == 1:
            return
        subjects = [Subject(SubjectKind.PHOTO, item.digest[:32]) for item in self.library.items.values()]
        known = [record for subject in subjects for record in desk.ledger.records.everywhere(subject)]
        with desk.ledger._store.transaction() as db:
            for record in known:
                if record.platform != "memory":
                    erase_agreement(db, record, "")
            for line, (key, audience) in product(lines, ELSEWHERE.items()):
                subject = Subject(SubjectKind.PHOTO, self._photo(line).digest[:32])
                for name in line.words(key):
                    url = f"https://{name}.example/{line.said.get('address there', line.name)}"
                    fields = {F.VISIBILITY: Agreed(audience, value_digest(audience))}
                    post = Post(f"{name} {line.name}", subject.kind, "", url, {F.VISIBILITY: audience})
                    write_agreement(db, Record(subject, name, post.id, url, fields=fields), post, "")

    # -- the three states --

    def _publish(self, lines: list[Line]) -> None:
        """Everything in the ledger is published, by way of a sync; then what cannot be had that way is added."""
        for line in lines:
            if "answer lost" not in line.said and "forgotten" not in line.said and "album" not in line.said:
                self._put(line)
        before = Audience(self.case.settings().get("shown to before", ""))
        rules = Rules(warnings=tuple(Warn(branch, words) for branch, words in self._warnings("warnings before")))
        said = self.case.settings()
        together = "one post holds" in said and "published one by one before" not in said
        captions = Captions(text=said.get("text template", ""))
        shown = {"rules": rules, "audience": before, "captions": captions}
        policy = PlatformPolicy("memory", "memory", select=Selection(together=together), **shown)
        with make_desk(self.folder, self.library, self._kind_of_platform(0.0), policy=policy) as desk:
            self._show_elsewhere(self._neighbours(desk), lines)
            list(desk.sync(("memory",)))
            for line in lines:
                self._leave_open(desk, line)
            self._name_all(desk)
        if self.case.settings().get("ledger") == "lost":
            for file in (self.folder / "state").glob("ledger.*"):
                file.unlink()
        self.clock.sleep(LATER_S)

    def _name_all(self, desk: Desk) -> None:
        for where, item in self.library.items.items():
            self.names[item.digest[:32]] = where
        photos = [Subject(SubjectKind.PHOTO, item.digest[:32]) for item in self.library.items.values()]
        records = {**desk.ledger.records.of("memory", photos), **desk.ledger.records.albums("memory")}
        for record in records.values():
            self.posts[record.where] = record.post_id
            self.names[record.post_id] = f"post of {record.where}"
        self.first = dict(self.world.posts)

    def _leave_open(self, desk: Desk, line: Line) -> None:
        journal, item = desk.ledger.journal, self._photo(line)
        is_album = "album" in line.said
        subject = Subject(SubjectKind.ALBUM, line.name) if is_album else Subject(SubjectKind.PHOTO, item.digest[:32])
        if "answer lost" in line.said:
            self.names[subject.id] = line.name
            journal.begin(Claim(subject, "", "lost"), Wanted(subject, "memory", line.name, {}))
        if "cut off while setting" in line.said:
            known = {**desk.ledger.records.of("memory", [subject]), **desk.ledger.records.albums("memory")}
            record = known[subject]
            journal.begin_setting(record, line.words("cut off while setting"))

    def _arrange(self, section: str, source: str) -> None:
        lines = self.case.lines(source)
        if section == "library":
            self.library.items.clear()
            self.library.hidden.clear()
            for line in lines:
                self._put(line)
        else:
            shown = {self.posts.get(line.name, line.name): self._post(line) for line in lines}
            self.world.posts = shown
            self.world.born = dict.fromkeys(shown, 0.0)

    def _put(self, line: Line) -> None:
        if "cannot be read" in line.said:
            self.library.hidden[line.name] = "Permission denied"
            return
        item = self._photo(line)
        self.library.put(item)
        self.names.setdefault(item.digest[:32], line.name)

    def _photo(self, line: Line) -> Photo:
        keywords = [] if "not wished" in line.said else ["Socials|memory"]
        keywords += [PLACED + album for album in line.words("albums")]
        keywords += [SHARED + group for group in line.words("groups")]
        keywords += line.words("keywords")
        keywords += ["Private|House"] if "private" in line.said else []
        more: dict[str, object] = {"caption": line.said.get("text", ""), "alt_text": line.said.get("alt text", "")}
        more["taken"] = moment(line.said.get("pixels", line.name))
        if "taken" in line.said:
            more["taken"] = Taken(f"2024-05-03T{line.said['taken']}")
        made = photo(
            line.name,
            pixels=line.said.get("pixels", ""),
            title=line.said.get("title", ""),
            keywords=tuple(keywords),
            **more,
        )
        return replace(
            made,
            orders=tuple(("memory", order) for order in sorted(map(Order, line.words("marked for")))),
            links=self._links(line),
            troubles=(("memory", line.said["trouble"]),) if "trouble" in line.said else (),
        )

    def _links(self, line: Line) -> tuple[Link, ...]:
        """`link: NAME` names the post of something published, or what there never was; `link: no post` names none."""
        if "link" not in line.said:
            return ()
        named = line.said["link"]
        post = "" if named == "no post" else self.posts.get(named, named)
        return (Link("memory", post, f"https://photos.example/{post}" if post else ""),)

    def _post(self, line: Line) -> Post:
        edits = self._edits(line)
        if line.name in self.posts:
            before = self.first[self.posts[line.name]]
            return replace(before, fields={**before.fields, **edits}, reactions=_reactions(line))
        kind = SubjectKind.ALBUM if "album" in line.said else SubjectKind.PHOTO
        mark = photo("", pixels=line.said["pixels"]).digest[:32] if "pixels" in line.said else line.said.get("mark", "")
        if not mark and "taken" in line.said:
            edits[F.TAKEN] = (f"2024-05-03T{line.said['taken']}", "", "", "")
        return Post(line.name, kind, mark, f"https://photos.example/{line.name}", edits)

    def _edits(self, line: Line) -> dict[str, object]:
        edits: dict[str, object] = {name: line.said[name] for name in (F.TITLE, F.TEXT) if name in line.said}
        if "shown to" in line.said:
            edits[F.VISIBILITY] = line.said["shown to"]
        if "tags" in line.said:
            edits[F.TAGS] = line.words("tags")
        if "members" in line.said:
            edits[F.MEMBERS] = tuple(self.posts[name] for name in line.words("members"))
        if "cover" in line.said:
            edits[F.COVER] = self.posts[line.said["cover"]]
        return edits


def _reactions(line: Line) -> int | None:
    said = line.said.get("favourites", "0")
    return None if said == "unknown" else int(said)
