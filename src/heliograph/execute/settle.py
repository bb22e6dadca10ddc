"""What became of calls whose answer was lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from heliograph.execute.agreement import agreed_record, riding
from heliograph.execute.event import Doors, End, Event, saying
from heliograph.ledger import Entry
from heliograph.model import Action, Post, SubjectKind, Verb
from heliograph.ports import Outcome


@dataclass(slots=True)
class Doubts:
    """The journal's open entries, of this run and of earlier ones."""

    doors: Doors
    first_looks: dict[int, float] = field(default_factory=dict)

    def settle(self, name: str) -> Iterator[Event]:
        """Asks the platform what became of every `add` whose answer was lost.

        Found is believed at once; what is certainly there and not shown stays open. Absent is believed only when
        `settle_s` has passed, on this process's own monotonic clock, since this process first looked; until then the
        entry stays open and its photo waits.
        """
        entries = self.doors.ledger.journal.unsettled(name)
        for entry in entries:
            if entry.post is not None:
                yield self._adopt(entry, entry.post, "its answer had been written down before the last run ended")
        doubts = [entry for entry in entries if entry.post is None]
        if not doubts:
            return
        found = self.doors.platforms[name].find([entry.claim for entry in doubts])
        # What we deleted is listed for a while; with the same mark it looks like what was sent in its place.
        ghosts = self.doors.ledger.records.buried(name, [post.id for posts in found.values() for post in posts])
        for entry in doubts:
            posts = [post for post in found.get(entry.claim, ()) if post.id not in ghosts]
            if posts:
                twice = "" if len(posts) == 1 else f" {len(posts)} times, see {', '.join(post.id for post in posts)}"
                yield self._adopt(entry, posts[0], f"it had arrived{twice}, though the answer was lost")
            elif found.get(entry.claim) == ():
                sentence = f"{entry.where}: it arrived on {name}, which does not show it yet; it is looked for again"
                yield Event(entry_action(entry), End.TOLD, sentence)
            elif self.wait_s(name, entry) <= 0:
                self.doors.ledger.journal.close(entry.id, "absent")
                yield Event(
                    entry_action(entry), End.TOLD, f"{entry.where}: certainly not on {name}; it can be sent again"
                )

    def wait_s(self, name: str, entry: Entry) -> float:
        """Seconds until the absence of this entry's post would be believed; the first call starts the time."""
        now = self.doors.clock.monotonic()
        first = self.first_looks.setdefault(entry.id, now)
        return self.doors.platforms[name].limits.settle_s - (now - first)

    def _adopt(self, entry: Entry, post: Post, why: str) -> Event:
        platform = self.doors.platforms[entry.platform]
        shown = {
            name: value
            for name, value in entry.wanted.fields.items()
            if name in post.fields and platform.agrees(name, value, post.fields[name])
        }
        record = agreed_record(entry.wanted, post, {**shown, **riding(entry.wanted, platform.limits)}, None)
        # What nobody has set yet shows what the platform put there: no word of anybody's against ours.
        rest = entry.wanted.fields.keys() - record.fields.keys()
        setting = tuple(sorted({*record.setting, *rest}))
        record = replace(record, posted_at=post.made_at or entry.begun_at, setting=setting)
        sentence = f"{entry.where}: on {entry.platform}, {why}"
        photos = [part.where for part in entry.wanted.parts]
        photos = photos or [entry.where] * (entry.claim.subject.kind == SubjectKind.PHOTO)
        notes = self.doors.notes
        outcomes = notes.of(
            [Outcome(where, entry.platform, post, record.posted_at, media_id=post.media_id) for where in photos]
        )
        said = saying(entry_action(entry), End.DONE, sentence, post)
        self.doors.ledger.journal.agree(record, post, said, entry.id, outcomes)
        notes.soon(len(outcomes))
        return Event(entry_action(entry), End.DONE, sentence, post)


def entry_action(entry: Entry) -> Action:
    """The action that an entry stands for."""
    reason = "an earlier answer was lost"
    return Action(Verb.ADD, entry.claim.subject, entry.platform, entry.where, reason, entry.wanted, entry.post)
