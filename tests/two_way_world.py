"""A library in memory that photos come home to, and people who write on both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from heliograph.digest import image_digest
from heliograph.errors import Refused
from heliograph.model import F, Facts, Home, Photo, Post, SubjectKind, Value, Verb, place_brought, taken_brought
from heliograph.policy import Direction, Guards, PlatformPolicy
from memory import MemoryLibrary
from small_world import Life

BOTH = PlatformPolicy("memory", "memory", Direction.BOTH, guards=Guards(max_deletes=1000, max_change_share=1.0))
FETCH = replace(BOTH, direction=Direction.FETCH)
HERE = {F.TITLE: "title", F.TEXT: "caption", F.ALT: "alt_text"}


@dataclass(slots=True)
class HomeLibrary(MemoryLibrary):
    """Takes in what comes home as a folder would: one file for each picture, facts and wish beside it."""

    amends: bool = True
    kept: list[str] = field(default_factory=list)
    amended: list[tuple[str, Mapping[str, Value]]] = field(default_factory=list)
    full: bool = False
    """There is no room for another file."""

    def keep(self, home: Home, file: Path) -> str:
        if self.full:
            message = f"{file.name} could not be taken in (No space left on device). The library is as it was."
            raise Refused(message)
        where, digest = f"Incoming/{home.post.id}.jpg", image_digest(file, "image/jpeg")[0]
        facts = replace(home.facts, keyword_paths=home.wishes)
        self.put(Photo(where, digest, "jpeg scans", "image/jpeg", file.stat().st_size, facts))
        self.kept.append(where)
        return where

    def amend(self, photo: Photo, facts: Mapping[str, Value]) -> None:
        if self.items.get(photo.where) != photo:
            message = f"{photo.where} changed since it was read; it is as it was"
            raise Refused(message)
        self.put(replace(photo, facts=amended(photo.facts, facts)))
        self.amended.append((photo.where, facts))


def amended(facts: Facts, changes: Mapping[str, Value]) -> Facts:
    for name, value in changes.items():
        if name == "keywords":
            added, removed = value
            words = tuple(word for word in facts.keywords if word not in removed)
            paths = tuple(path for path in facts.keyword_paths if len(path) > 1 or path[0] not in removed)
            facts = replace(facts, keywords=(*words, *added), keyword_paths=paths)
        elif name == "taken":
            facts = replace(facts, taken=taken_brought(value))
        elif name == "place":
            facts = replace(facts, place=place_brought(value, facts.place))
        elif name == "licence":
            facts = replace(facts, rights=replace(facts.rights, licence_url=value))
        else:
            facts = replace(facts, **{name: value})
    return facts


@dataclass
class TwoWayLife(Life):
    """What people write is remembered until they overwrite it themselves."""

    policy: PlatformPolicy = BOTH
    library: HomeLibrary = field(default_factory=HomeLibrary)
    written: set[str] = field(default_factory=set)
    made: int = 0
    """Photos that were ever made here."""

    def word(self) -> str:
        self.number += 1
        return f"Words{self.number}"

    def new(self) -> None:
        super().new()
        self.made += 1

    def write_here(self, where: str, name: str) -> str:
        """A person writes over what is to be seen here."""
        facts, word = self.library.items[where].facts, self.word()
        self.written.discard(getattr(facts, HERE[name]))
        self.written.add(word)
        self.change(where, **{HERE[name]: word})
        return word

    def write_there(self, id_: str, name: str) -> str:
        shown, word = self.world.posts[id_], self.word()
        self.written -= {part for part in self.written if part in str(shown.fields.get(name, "")).split()}
        self.written.add(word)
        self.show(id_, **{name: word})
        return word

    def tag_there(self, id_: str, *, away: bool = False) -> None:
        tags = tuple(map(str, self.world.posts[id_].fields.get(F.TAGS) or ()))
        if away and tags:
            self.written.discard(tags[0])
            self.show(id_, **{F.TAGS: tags[1:]})
            return
        word = self.word()
        self.written.add(word)
        self.show(id_, **{F.TAGS: tuple(sorted((*tags, word), key=str.casefold))})

    def tag_here(self, where: str) -> None:
        word = self.word()
        self.written.add(word)
        self.change(where, keywords=(*self.library.items[where].facts.keywords, word))

    def show(self, id_: str, **fields: object) -> None:
        shown = self.world.posts[id_]
        self.world.posts[id_] = replace(shown, fields={**shown.fields, **fields})

    def stranger(self, **fields: object) -> str:
        """A photo that somebody puts there by hand."""
        self.number += 1
        id_ = f"p{self.number}"
        shown = {F.TITLE: f"Stranger {id_}", F.TEXT: "", F.ALT: "", F.TAGS: (), F.TAKEN: None, **fields}
        self.world.posts[id_] = Post(id_, SubjectKind.PHOTO, "", f"https://photos.example/{id_}", shown)
        self.world.born[id_] = self.clock.seconds - 3600
        return id_

    def delete_here(self, where: str) -> None:
        facts = self.library.items.pop(where).facts
        self.written -= {facts.title, facts.caption, facts.alt_text, *facts.keywords}

    def remove_there(self, id_: str) -> None:
        gone = self.world.posts.pop(id_)
        seen = " ".join([str(gone.fields.get(name, "")) for name in HERE] + list(gone.fields.get(F.TAGS) or ()))
        self.written -= set(seen.split())

    def to_be_seen(self) -> set[str]:
        """Every word on either side or in an open question."""
        seen = [str(value) for post in self.world.posts.values() for value in post.fields.values()]
        seen += [str(photo.facts) for photo in self.library.items.values()]
        asked = [action for action in self.plan().actions if action.verb == Verb.ASK]
        seen += [str(change) for action in asked for change in action.changes]
        text = "".join(sign if sign.isalnum() else " " for sign in " ".join(seen))
        return set(text.split())
