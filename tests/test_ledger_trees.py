"""The memory's three trees: the platform as seen, what was agreed, and the library as read."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from heliograph.identify import Identity, Role
from heliograph.ledger import Judged, Ledger, records
from heliograph.model import Agreed, Change, Claim, F, Post, Subject, SubjectKind, Survey, Wanted, value_digest
from heliograph.ports import Found, Unreadable
from ledger_scene import SUBJECT, clock, ledger, path, post, record, saying
from studio import FakeClock, photo

__all__ = ["clock", "ledger", "path"]

POSIX = pytest.mark.skipif(os.name == "nt", reason="file modes are a matter of POSIX")


# --- the platform as it was last seen ---------------------------------------------------------------------------------


class Watched:
    """A ledger that looks at a platform whose listing may lag a minute."""

    def __init__(self, ledger: Ledger, clock: FakeClock) -> None:
        self.ledger, self.clock = ledger, clock

    def agree(self, *posts: Post) -> None:
        for shown in posts:
            subject = Subject(SubjectKind.PHOTO, shown.id)
            self.ledger.journal.agree(record(str(shown.fields[F.TITLE]), subject, shown.id), shown, saying())

    def part(self, shown: Post) -> None:
        subject = Subject(SubjectKind.PHOTO, shown.id)
        self.ledger.journal.part(self.ledger.records.of("there", [subject])[subject], saying("deleted"))

    def look(self, *posts: Post, full: bool = True, **more: object) -> None:
        now = self.clock.now()
        survey = Survey(posts, full=full, **{"cursor": "", **more})
        self.ledger.records.observe("there", survey, now.isoformat(), (now - timedelta(seconds=60)).isoformat())

    def shows(self, *ids: str) -> dict[str, str]:
        found = self.ledger.records.seen("there", ids or ("p1", "p2", "p3"))
        return {id_: str(item.fields[F.TITLE]) for id_, item in found.items()}

    def unclaimed(self) -> list[str]:
        return [item.id for item in self.ledger.records.unclaimed("there")]


@pytest.fixture
def watched(ledger: Ledger, clock: FakeClock) -> Watched:
    return Watched(ledger, clock)


def test_what_a_whole_listing_does_not_name_is_gone(watched: Watched) -> None:
    watched.look(post(), post("Two", "p2"))
    watched.look(post())
    assert watched.shows() == {"p1": "Low tide"}


def test_what_we_just_wrote_is_believed_over_a_listing_that_lags_behind(watched: Watched) -> None:
    watched.agree(post("Low tide"))
    watched.clock.sleep(30)
    watched.look()
    assert watched.shows() == {"p1": "Low tide"}
    watched.agree(post("Ebb"))
    watched.look(post("Low tide"))
    assert watched.shows() == {"p1": "Ebb"}


def test_when_the_lag_has_passed_the_listing_is_believed(watched: Watched) -> None:
    watched.agree(post(), post("Two", "p2"))
    watched.clock.sleep(62)
    watched.look(post("Edited there"))
    assert watched.shows() == {"p1": "Edited there"}


def test_a_deleted_post_that_is_still_listed_is_a_ghost(watched: Watched) -> None:
    watched.agree(post())
    watched.clock.sleep(3600)
    watched.part(post())
    watched.look(post())
    assert watched.shows() == {}
    watched.clock.sleep(62)
    watched.look(post())
    assert watched.unclaimed() == ["p1"]  # it came back: somebody's own, for all we know


def test_a_listing_that_broke_off_changes_nothing(watched: Watched) -> None:
    watched.look(post(), post("Two", "p2"), cursor="c1")
    watched.look(post("Other"), looked=False, full=False, cursor="c2")
    assert watched.shows() == {"p1": "Low tide", "p2": "Two"}
    assert watched.ledger.records.cursor("there") == "c1"


def test_a_listing_of_changes_says_nothing_about_the_others(watched: Watched) -> None:
    watched.look(post(), post("Two", "p2"), post("Three", "p3"), cursor="c1")
    watched.look(post("Edited"), full=False, gone=frozenset({"p2"}), cursor="c2")
    assert watched.shows() == {"p1": "Edited", "p3": "Three"}
    assert watched.ledger.records.cursor("there") == "c2"


def test_a_post_that_is_said_to_be_gone_is_gone_also_where_we_just_wrote_it(watched: Watched) -> None:
    """A listing of changes says so only once; lagging, it would not say it."""
    watched.look(cursor="c1")
    watched.agree(post())
    watched.look(full=False, gone=frozenset({"p1"}), cursor="c2")
    assert watched.shows() == {}


@pytest.mark.parametrize("full", [True, False])
def test_an_edit_right_after_our_own_write_is_seen_once_the_lag_has_passed(watched: Watched, full: bool) -> None:
    """A listing of changes names it once: where it was not believed, the next look begins at the same place."""
    watched.look(cursor="c1")
    watched.agree(post("Low tide"))
    watched.look(post("Edited there"), full=full, cursor="c2")
    assert watched.shows() == {"p1": "Low tide"}
    assert watched.ledger.records.cursor("there") == "c1"
    watched.clock.sleep(62)
    watched.look(post("Edited there"), full=False, cursor="c3")
    assert watched.shows() == {"p1": "Edited there"}
    assert watched.ledger.records.cursor("there") == "c3"


def test_a_listing_that_agrees_with_what_we_wrote_moves_on(watched: Watched) -> None:
    watched.look(cursor="c1")
    watched.agree(post())
    watched.look(post(), full=False, cursor="c2")
    assert watched.ledger.records.cursor("there") == "c2"


def test_platforms_do_not_see_each_other(watched: Watched) -> None:
    watched.look(post())
    now = watched.clock.now().isoformat()
    watched.ledger.records.observe("elsewhere", Survey((), full=True), now, now)
    assert watched.shows() == {"p1": "Low tide"}
    assert watched.ledger.records.seen("elsewhere", ["p1"]) == {}


def test_posts_are_found_by_the_mark_of_their_picture_where_no_record_knows_them(watched: Watched) -> None:
    watched.look(post("One", "p1", "m" * 32), post("Two", "p2", "m" * 32), post("Three", "p3"))
    watched.agree(post("One", "p1", "m" * 32))
    assert [item.id for item in watched.ledger.records.marked("there", ["m" * 32, ""])["m" * 32]] == ["p2"]


def test_posts_of_pictures_that_the_library_does_not_hold_are_unclaimed(watched: Watched) -> None:
    ours = photo("a.jpg")
    watched.ledger.files.remember([Found(ours, "1")], [])
    watched.look(post("Ours", "p1", ours.digest[:32]), post("Older pixels", "p2", "0" * 32), post("Unmarked", "p3"))
    assert [item.id for item in watched.ledger.records.unclaimed("there")] == ["p2", "p3"]


# --- agreement --------------------------------------------------------------------------------------------------------


def test_the_first_posting_keeps_its_date_through_every_change(ledger: Ledger, clock: FakeClock) -> None:
    ledger.journal.agree(record(), post(), saying())
    first = ledger.records.of("there", [SUBJECT])[SUBJECT]
    clock.sleep(86400)
    ledger.journal.agree(record("Ebb"), post("Ebb"), saying())
    later = ledger.records.of("there", [SUBJECT])[SUBJECT]
    assert later.posted_at == first.posted_at
    assert later.changed_at > first.changed_at


def test_an_agreement_of_one_field_leaves_a_difference_in_another_to_be_looked_at(ledger: Ledger) -> None:
    """Otherwise an edit there that was left for now would count as seen."""
    found = photo("a.jpg")
    subject = Subject(SubjectKind.PHOTO, found.digest[:32])
    ledger.files.remember([Found(found, "1")], [])
    ledger.files.assign([Identity("a.jpg", subject.id, Role.MAIN, "new")])
    shown = Post("p1", SubjectKind.PHOTO, fields={F.TITLE: "Edited there", F.TEXT: "Boats"})
    fields = {F.TITLE: Agreed("Low tide", value_digest("Low tide")), F.TEXT: Agreed("Boats", value_digest("Boats"))}
    ledger.journal.agree(replace(record(), subject=subject, fields=fields), shown, saying())
    (line,) = ledger.records.lines("there")
    assert line.record_shown == ""
    assert line.seen_digest


def test_fields_that_are_being_set_are_remembered_until_the_next_agreement(ledger: Ledger) -> None:
    ledger.journal.agree(record(), post(), saying())
    ledger.journal.begin_setting(record(), [F.TITLE, F.TEXT])
    cut_off = ledger.records.of("there", [SUBJECT])[SUBJECT]
    assert (cut_off.setting, cut_off.basis) == ((F.TEXT, F.TITLE), "")
    ledger.journal.agree(record("Ebb"), post("Ebb"), saying())
    assert ledger.records.of("there", [SUBJECT])[SUBJECT].setting == ()


def test_an_answer_counts_until_it_was_carried_out(ledger: Ledger) -> None:
    ledger.journal.answer("there", SUBJECT, "q1", "overwrite")
    ledger.journal.answer("there", SUBJECT, "q2", "leave")
    ledger.journal.answer("there", SUBJECT, "q2", "add")
    assert ledger.journal.choices() == {"q1": "overwrite", "q2": "add"}
    ledger.journal.agree(record(), post(), saying(answered="q1"))
    assert ledger.journal.choices() == {"q2": "add"}


def test_the_history_tells_what_changed_newest_first_and_by_subject(ledger: Ledger) -> None:
    changes = (Change(F.TAGS, ("a", "b"), ("a", "ü")), Change(F.PLACE, None, (67.9, 13.0, "", "Reine")))
    ledger.journal.begin_run("sync", "digest")
    ledger.journal.say(saying("first"))
    ledger.journal.say(saying("second", changes=changes))
    other = replace(saying("third"), subject=Subject(SubjectKind.ALBUM, "Coast"))
    ledger.journal.say(other)
    assert [line.sentence for line in ledger.journal.history()] == ["third", "second", "first"]
    (second, _) = ledger.journal.history([SUBJECT.id])
    assert (second.changes, second.run, second.subject) == (changes, 1, SUBJECT)


def test_a_run_that_was_killed_has_no_end(ledger: Ledger) -> None:
    ledger.journal.begin_run("sync")
    ledger.journal.begin_run("plan")
    ledger.journal.end_run("ended")
    assert [(run["command"], run["outcome"]) for run in ledger.journal.runs(9)] == [("plan", "ended"), ("sync", "")]


def test_the_journal_knows_what_was_begun_and_what_landed(ledger: Ledger) -> None:
    wanted = Wanted(SUBJECT, "there", "a.jpg", {F.TITLE: "Low tide", F.TAGS: ("a", "b")})
    claims = [Claim(Subject(SubjectKind.PHOTO, id_), "m", f"token {id_}") for id_ in "abc"]
    entries = [ledger.journal.begin(claim, wanted) for claim in claims]
    ledger.journal.landed(entries[1], post())
    ledger.journal.close(entries[2], "refused")
    first, second = ledger.journal.unsettled("there")
    assert (first.claim, first.wanted, first.post) == (claims[0], wanted, None)
    assert (second.claim, second.post) == (claims[1], post())
    assert ledger.journal.unsettled("elsewhere") == []
    assert [ledger.journal.in_doubt(id_) for id_ in "abc"] == [True, True, False]
    ledger.journal.agree(record(), post(), saying(), entries[0])
    assert [entry.id for entry in ledger.journal.unsettled("there")] == [entries[1]]


# --- the library as it was read ---------------------------------------------------------------------------------------


def test_a_long_library_is_read_in_pieces_in_order_and_each_photo_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "STREAM", 3)
    photos = [photo(f"{number:02}/ü{number}.jpg") for number in range(11)]
    ledger.files.remember([Found(item, "1") for item in photos], [])
    ledger.files.assign([Identity(item.where, item.digest[:32], Role.MAIN, "new") for item in photos])
    ledger.verdicts.judge("there", [Judged(photos[4].where, "b", "wanted", ("Coast",), "key")])
    lines = list(ledger.records.lines("there"))
    assert [line.where for line in lines] == sorted(item.where for item in photos)
    assert [line.places() for line in lines if line.albums] == [("Coast",)]


def test_the_reader_of_a_long_library_may_write_meanwhile(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "STREAM", 2)
    photos = [photo(f"{number}.jpg") for number in range(5)]
    ledger.files.remember([Found(item, "1") for item in photos], [])
    ledger.files.assign([Identity(item.where, item.digest[:32], Role.MAIN, "new") for item in photos])
    for line in ledger.records.lines("there"):
        ledger.verdicts.judge("there", [Judged(line.where, "b", "wanted")])
    assert {line.verdict_kind for line in ledger.records.lines("there")} == {"wanted"}


def test_refused_photographs_are_counted_and_named_once_with_their_reasons(ledger: Ledger) -> None:
    photos = [photo(f"{number}.jpg") for number in range(5)]
    twin = replace(photos[1], where="1 copy.jpg")
    ledger.files.remember([Found(item, "1") for item in [*photos, twin]], [])
    ledger.files.assign([Identity(item.where, item.digest[:32], Role.MAIN, "new") for item in photos])
    ledger.files.assign([Identity(twin.where, twin.digest[:32], Role.COPY, "copy")])
    reasons = {0: ("no alt text",), 1: ("no alt text",), 2: ("no alt text", "Ünlicensed"), 3: (), 4: ()}
    judged = [
        Judged(item.where, "b", "refused" if reasons[number] else "wanted", reasons=reasons[number])
        for number, item in enumerate(photos)
    ]
    ledger.verdicts.judge("there", [*judged, Judged(twin.where, "b", "refused", reasons=("no alt text",))])
    ledger.verdicts.judge("elsewhere", [Judged("3.jpg", "b", "refused", reasons=("other",))])
    assert ledger.verdicts.refusals("there") == {("no alt text",): 2, ("no alt text", "Ünlicensed"): 1}
    assert ledger.verdicts.refused("there") == [
        ("0.jpg", ("no alt text",)),
        ("1 copy.jpg", ("no alt text",)),
        ("2.jpg", ("no alt text", "Ünlicensed")),
    ]
    ledger.verdicts.judge("there", [Judged("0.jpg", "c", "wanted"), Judged("1 copy.jpg", "c", "unwanted")])
    assert [where for where, _ in ledger.verdicts.refused("there")] == ["1.jpg", "2.jpg"]
    ledger.files.forget(["2.jpg"])
    assert [where for where, _ in ledger.verdicts.refused("there")] == ["1.jpg"]
    assert ledger.verdicts.refused("nowhere") == []


def test_a_changed_file_is_open_until_it_is_identified_again(ledger: Ledger) -> None:
    """A run that is killed in between leaves no file with the identity of its earlier pixels."""
    before, after = photo("a.jpg"), photo("a.jpg", pixels="others")
    ledger.files.remember([Found(before, "1")], [])
    ledger.files.assign([Identity("a.jpg", before.digest[:32], Role.MAIN, "new")])
    assert ledger.files.loose() == []
    ledger.files.remember([Found(after, "2")], [])
    assert ledger.files.loose() == ["a.jpg"]


def test_an_unreadable_file_keeps_its_reason_and_gives_way_to_a_readable_one(ledger: Ledger) -> None:
    item = photo("a.jpg")
    ledger.files.remember([], [Unreadable("a.jpg", "a.jpg is cut off", "1")])
    assert ledger.files.unreadable() == [("a.jpg", "a.jpg is cut off")]
    assert ledger.files.photos(["a.jpg"]) == {}
    ledger.files.remember([Found(item, "2")], [])
    assert ledger.files.unreadable() == []
    assert ledger.files.photos(["a.jpg"]) == {"a.jpg": item}
    assert dict(ledger.files.stamps("")) == {"a.jpg": "2"}


def test_the_family_of_a_file_is_everything_its_identity_can_depend_on(ledger: Ledger) -> None:
    """Copies of it, the photograph that was at its place, and that one's earlier and present pixels; nobody else."""
    first, edited, copy = photo("a.jpg"), photo("a.jpg", pixels="edited"), photo("Best/a.jpg", pixels="a.jpg")
    stranger = photo("z.jpg")
    ledger.files.remember([Found(first, "1"), Found(stranger, "1")], [])
    id_ = first.digest[:32]
    ledger.files.assign(
        [Identity("a.jpg", id_, Role.MAIN, "new"), Identity("z.jpg", stranger.digest[:32], Role.MAIN, "new")]
    )
    ledger.files.remember([Found(edited, "2"), Found(copy, "1")], [])
    ledger.files.assign([Identity("a.jpg", id_, Role.MAIN, "edited")])
    seen, photographs = ledger.files.family(["Best/a.jpg"])
    assert sorted(item.where for item in seen) == ["Best/a.jpg", "a.jpg"]
    (known,) = photographs
    assert (known.id, known.digest, known.earlier) == (id_, edited.digest, frozenset({first.digest}))


@pytest.mark.parametrize("words", ["100%", "a_b", "back\\slash", "it's"])
def test_searching_takes_every_character_for_itself(ledger: Ledger, words: str) -> None:
    hit, miss = photo(f"x{words}y.jpg"), photo("100x axb backslash its.jpg")
    ledger.files.remember([Found(hit, "1"), Found(miss, "1")], [])
    assert [where for _, where, _, _ in ledger.files.search(words)] == [hit.where]


def test_more_rows_than_one_statement_takes_are_no_trouble(ledger: Ledger) -> None:
    photos = [photo(f"{number}.jpg") for number in range(1201)]
    ledger.files.remember([Found(item, "1") for item in photos], [])
    assert ledger.files.count() == 1201
    assert len(ledger.files.photos(item.where for item in photos)) == 1201
    ledger.files.forget(item.where for item in photos)
    assert ledger.files.count() == 0
    assert ledger.files.parts() == []
