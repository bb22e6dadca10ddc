"""Flickr through the desk: who sees what, what is deleted, an account that changes, and what is said."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import flickr_studio
from flickr_house import House
from flickr_studio import A_DAY_S, STRANGER, Studio, fields, only, verbs
from heliograph import jsonform, metadata
from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.execute import End
from heliograph.model import F, Facts, Place, SubjectKind, Verb
from heliograph.platforms.flickr.signin import Account
from heliograph.policy import Audience, OnAudience, OnLoved, OnMissing, When
from heliograph.standin.flickr.faults import Fault, What
from photos import draw

flickr = flickr_studio.flickr


def arguments(studio: Studio, method: str) -> list[dict[str, str]]:
    """Of every call of a method, or of every upload."""
    return [dict(call.arguments) for call in studio.house.standin.calls.of(method)]


# --- who sees it ------------------------------------------------------------------------------------------------------

AUDIENCES = {
    "": (1, 0, 0),
    "public": (1, 0, 0),
    "friends": (0, 1, 0),
    "family": (0, 0, 1),
    "friends and family": (0, 1, 1),
    "private": (0, 0, 0),
}


@pytest.mark.parametrize(("show", "expected"), AUDIENCES.items())
def test_who_sees_a_photo_is_said_with_the_upload_and_no_call_changes_it(flickr, show, expected):
    flickr.world.accounts[flickr.me].privacy = 1 if show != "public" else 5
    flickr.policy = replace(flickr.policy, audience=Audience(show))
    flickr.put("a.jpg", "Coast", keywords=("Sea",))
    flickr.sync()
    (sent,) = arguments(flickr, "upload")
    assert tuple(int(sent[name]) for name in ("is_public", "is_friend", "is_family")) == expected
    assert not arguments(flickr, "flickr.photos.setPerms")
    shown = flickr.shown("a.jpg")
    assert (shown.is_public, shown.is_friend, shown.is_family) == expected
    assert not flickr.plan().actions


def test_a_change_of_the_audience_touches_new_photos_only(flickr):
    flickr.put("old.jpg")
    flickr.sync()
    flickr.policy = replace(flickr.policy, audience=Audience("private"))
    flickr.put("new.jpg")
    assert verbs(flickr.plan()) == {"new.jpg": "add"}
    flickr.sync()
    assert (flickr.shown("old.jpg").is_public, flickr.shown("new.jpg").is_public) == (1, 0)
    flickr.change("old.jpg", title="Another")
    flickr.sync()
    assert (flickr.shown("old.jpg").is_public, flickr.shown("old.jpg").title) == (1, "Another")


def test_a_change_of_the_audience_for_all_touches_all_and_narrows_before_anything_else(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.policy = replace(flickr.policy, audience=Audience("family", OnAudience.ALL))
    flickr.change("a.jpg", title="Only for us")
    before = len(flickr.house.standin.calls.all())
    flickr.sync()
    made = [call.method for call in flickr.house.standin.calls.all(since=before)]
    assert made.index("flickr.photos.setPerms") < made.index("flickr.photos.setMeta")
    assert (flickr.shown("a.jpg").is_public, flickr.shown("a.jpg").is_family) == (0, 1)
    flickr.policy = replace(flickr.policy, audience=Audience("public", OnAudience.ALL))
    flickr.change("a.jpg", title="For everybody")
    before = len(flickr.house.standin.calls.all())
    flickr.sync()
    made = [call.method for call in flickr.house.standin.calls.all(since=before)]
    assert made.index("flickr.photos.setMeta") < made.index("flickr.photos.setPerms")
    assert flickr.shown("a.jpg").is_public == 1


def test_a_photo_made_private_by_hand_is_never_made_public_again_without_being_asked(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.sync()
    flickr.by_hand("photos.setPerms", photo_id=flickr.shown("a.jpg").id, is_public="0", is_friend="0", is_family="0")
    action = only(flickr.plan())
    assert (action.verb, fields(action)) == (Verb.ASK, [F.VISIBILITY])
    flickr.change("a.jpg", title="Another")
    flickr.sync()
    assert (flickr.shown("a.jpg").is_public, flickr.shown("a.jpg").title) == (0, "Another")


def test_a_photo_that_was_there_before_keeps_who_sees_it_when_it_is_adopted(flickr):
    flickr.put("a.jpg")
    flickr.policy = replace(flickr.policy, audience=Audience("private"))
    flickr.sync()
    flickr.lose_ledger()
    flickr.policy = replace(flickr.policy, audience=Audience("public"))
    flickr.sync()
    assert flickr.shown("a.jpg").is_public == 0


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, {}),
        ({"safety": "restricted"}, {"safety_level": "3"}),
        ({"safety": "safe", "content": "illustration"}, {"safety_level": "1", "content_type": "3"}),
        ({"content": "screenshot", "hidden": True}, {"content_type": "2", "hidden": "2"}),
    ],
)
def test_safety_content_and_hiding_ride_on_the_upload(flickr, options, sent):
    flickr.options |= options
    flickr.put("a.jpg")
    flickr.sync()
    (given,) = arguments(flickr, "upload")
    assert {name: value for name, value in given.items() if name in {"safety_level", "content_type", "hidden"}} == sent
    assert flickr.house.standin.calls.counts == {"flickr.people.getPhotos": 1, "upload": 1}


# --- deletions --------------------------------------------------------------------------------------------------------


@pytest.fixture
def loved(flickr: Studio) -> Studio:
    """Two photos no longer wanted, of which somebody likes one and somebody else commented on it."""
    flickr.world.add_user(STRANGER, "stranger")
    for name in ("loved.jpg", "plain.jpg"):
        flickr.put(name)
    flickr.sync()
    flickr.clock.sleep(60)
    flickr.world.add_fave(flickr.shown("loved.jpg").id, STRANGER)
    flickr.world.add_comment(flickr.shown("loved.jpg").id, STRANGER, "Lovely")
    flickr.sync()
    flickr.put("stays.jpg")
    for name in ("loved.jpg", "plain.jpg"):
        del flickr.drawn.items[name]
    return flickr


def test_a_photo_that_somebody_likes_is_asked_about_before_it_is_deleted(loved):
    plan = loved.plan()
    assert verbs(plan) == {"loved.jpg": "ask", "plain.jpg": "delete", "stays.jpg": "add"}
    (asked,) = [action for action in plan.actions if action.verb == Verb.ASK]
    assert asked.choices == ("delete", "leave")
    assert asked.reason.endswith("it has 2 favourites or comments, which would be lost with it")
    loved.sync()
    assert len(loved.shown_all()) == 2
    loved.answer("loved.jpg", "delete")
    loved.sync()
    assert len(loved.shown_all()) == 1


@pytest.mark.parametrize(("setting", "left"), [(OnLoved.DELETE, 1), (OnLoved.LEAVE, 2)])
def test_a_setting_decides_about_photos_that_somebody_likes(loved, setting, left):
    loved.policy = replace(loved.policy, when=When(loved=setting))
    loved.sync()
    assert len(loved.shown_all()) == left
    assert not loved.plan().actions


def test_where_flickr_does_not_say_who_likes_it_every_deletion_is_asked_about(loved):
    loved.world.turn({"count_extras": False})
    loved.lose_ledger()  # in which it still stands
    loved.drawn.items.clear()
    loved.put("stays.jpg")
    loved.put("plain.jpg")
    loved.sync()
    loved.sync()
    del loved.drawn.items["plain.jpg"]
    action = only(loved.plan())
    assert (action.where, action.verb) == ("plain.jpg", Verb.ASK)
    assert "it may have favourites or comments" in action.reason


def test_without_the_permission_to_delete_the_photo_stays_and_the_others_go_on(flickr):
    flickr.perms = "write"
    for name in ("a.jpg", "b.jpg"):
        flickr.put(name)
    flickr.sync()
    del flickr.drawn.items["a.jpg"]
    flickr.change("b.jpg", title="Another")
    flickr.put("c.jpg")
    ended = {event.action.where: event for event in flickr.sync()}
    assert {where: event.end for where, event in ended.items() if where.endswith("jpg")} == {
        "a.jpg": End.FAILED, "b.jpg": End.DONE, "c.jpg": End.DONE
    }  # fmt: skip
    assert "helio signin flickr --delete" in ended["a.jpg"].sentence
    assert "is still there" in ended["a.jpg"].sentence
    assert verbs(flickr.plan()) == {"a.jpg": "delete"}
    flickr.perms = "delete"
    flickr.sync()
    assert len(flickr.shown_all()) == 2


def test_a_photo_that_is_gone_already_is_deleted_all_the_same(flickr):
    flickr.put("a.jpg")
    flickr.put("b.jpg")
    flickr.sync()
    flickr.by_hand("photos.delete", photo_id=flickr.shown("a.jpg").id)
    del flickr.drawn.items["a.jpg"]
    event, *_ = flickr.sync()
    assert (event.action.verb, event.end) == (Verb.DELETE, End.DONE)
    assert not flickr.plan().actions


def test_a_photo_deleted_on_flickr_is_asked_about_and_never_silently_added_again(flickr):
    flickr.options["look"] = "deletions"
    for name in ("a.jpg", "b.jpg"):
        flickr.put(name)
    flickr.sync()
    flickr.by_hand("photos.delete", photo_id=flickr.shown("a.jpg").id)
    action = only(flickr.plan())
    assert (action.where, action.verb, action.choices) == ("a.jpg", Verb.ASK, ("add", "leave"))
    for _ in range(2):
        flickr.sync()
    assert len(flickr.shown_all()) == 1
    flickr.policy = replace(flickr.policy, when=When(missing=OnMissing.ADD))
    flickr.sync()
    assert len(flickr.shown_all()) == 2


def test_a_photo_that_comes_and_goes_between_two_looks_is_missed_all_the_same(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.put("b.jpg")
    flickr.sync()
    flickr.by_hand("photos.delete", photo_id=flickr.shown("b.jpg").id)
    flickr.clock.sleep(A_DAY_S)
    assert verbs(flickr.plan()) == {"b.jpg": "ask"}


def test_a_change_of_a_photo_that_is_gone_meanwhile_says_so_and_the_next_plan_asks(flickr):
    flickr.put("a.jpg")
    flickr.put("b.jpg")
    flickr.sync()
    flickr.by_hand("photos.delete", photo_id=flickr.shown("a.jpg").id)
    flickr.change("a.jpg", title="Another")
    event, *_ = flickr.sync()
    assert event.end == End.FAILED
    assert "is gone on Flickr; the next plan asks what to do" in event.sentence
    assert only(flickr.plan()).verb == Verb.ASK


# --- what is there already --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["element", "attribute"])
def test_a_file_that_the_account_holds_already_is_adopted_and_not_sent_twice(flickr, form):
    flickr.world.turn({"dedup_form": form})
    flickr.put("a.jpg", "Coast", keywords=("Sea",), title="A boat")
    flickr.sync()
    photo = flickr.shown("a.jpg")
    album = flickr.album("Coast").id
    flickr.by_hand("photosets.delete", photoset_id=album)
    flickr.by_hand("photos.setTags", photo_id=photo.id, tags='"by hand"')
    flickr.by_hand("photos.setMeta", photo_id=photo.id, title="IMG_1", description="")
    flickr.lose_ledger()
    action = flickr.plan().actions[0]
    if action.verb == Verb.ASK:  # taken at the same moment
        flickr.answer("a.jpg", "different")
    event, *_ = flickr.sync()
    assert event.end == End.DONE
    assert "Flickr held this very file already, so it was not sent again" in event.sentence
    assert len(flickr.shown_all()) == 1
    assert flickr.shown("a.jpg").title == "A boat"
    assert flickr.tags("a.jpg") == ["Sea", "by hand"]
    assert flickr.album("Coast").photos == (photo.id,)
    assert not flickr.plan().actions


def test_without_the_check_the_same_file_is_sent(flickr):
    flickr.options["dedup_check"] = False
    flickr.put("a.jpg")
    flickr.sync()
    (sent,) = arguments(flickr, "upload")
    assert "dedup_check" not in sent


# --- an account that changes ------------------------------------------------------------------------------------------


def test_a_full_account_is_told_for_each_photo_and_nothing_else_stops(flickr):
    flickr.options["account"] = "free"
    flickr.world.turn({"pro": False, "free_items": 2})
    for number in range(5):
        flickr.put(f"{number}.jpg", "Coast")
    events = {event.action.where: event for event in flickr.sync()}
    assert [events[f"{number}.jpg"].end for number in range(5)] == [End.DONE] * 2 + [End.FAILED] * 3
    assert all("the account is full" in events[f"{number}.jpg"].sentence for number in range(2, 5))
    assert len(arguments(flickr, "upload")) == 3  # the others are not sent only to hear the same
    assert events["Coast"].end == End.DONE
    assert len(flickr.album("Coast").photos) == 2


def test_an_account_with_too_many_private_photos_still_takes_public_ones(flickr):
    flickr.options["account"] = "free"
    flickr.world.turn({"pro": False, "free_private": 0})
    flickr.policy = replace(flickr.policy, audience=Audience("private"))
    flickr.put("a.jpg")
    event, *_ = flickr.sync()
    assert event.end == End.FAILED
    flickr.policy = replace(flickr.policy, audience=Audience("public"))
    event, *_ = flickr.sync()
    assert event.end == End.DONE


def test_a_free_account_that_is_put_off_is_left_alone_for_as_long_as_flickr_says(flickr):
    flickr.options["account"] = "free"
    flickr.world.turn({"pro": False, "upload_wait_s": 600})
    for number in range(3):
        flickr.put(f"{number}.jpg")
    events = flickr.sync()
    assert [event.end for event in events] == [End.FAILED, End.HELD, End.HELD]
    assert events[0].sentence == "0.jpg: Flickr takes uploads of free accounts again in 600 s. Nothing was made."
    assert len(arguments(flickr, "upload")) == 1
    flickr.world.turn({"upload_wait_s": 0})
    assert [event.end for event in flickr.sync()] == [End.DONE] * 4


def test_an_account_that_is_no_longer_pro_says_what_to_write_in_the_settings(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.world.turn({"pro": False})
    flickr.put("a.jpg", pixels="developed anew")
    event, *_ = flickr.sync()
    assert event.end == End.FAILED
    assert "only Pro accounts can replace a picture" in event.sentence
    assert 'account = "free"' in event.sentence
    flickr.options["account"] = "free"
    action = only(flickr.plan())
    assert (action.verb, action.choices) == (Verb.ASK, ("repost", "leave"))


def test_a_token_taken_back_in_the_middle_stops_flickr_with_one_sentence(flickr):
    for number in range(4):
        flickr.put(f"{number}.jpg")
    flickr.house.standin.faults.add(Fault(What.TOKEN_REVOKED, route="upload", after=1))
    events = flickr.sync()
    ends = [event.end for event in events if event.action.subject.kind == SubjectKind.PHOTO]
    assert ends == [End.DONE, End.FAILED, End.HELD, End.HELD]
    assert "helio signin" in events[1].sentence
    assert len(arguments(flickr, "upload")) == 2


def test_a_clock_that_is_an_hour_off_is_explained_in_one_sentence(flickr):
    flickr.house.standin.manners.turn_all({"clock_skew_s": 3600.0})
    flickr.put("a.jpg")
    with flickr.desk() as desk:
        plan = desk.plan()
        assert "clock" in str(desk.troubles["flickr"])
    assert verbs(plan) == {"a.jpg": "wait"}


# --- what is said -----------------------------------------------------------------------------------------------------

SETTINGS = """\
[library]
folder = 'photos'
workers = 1

[platforms.flickr]
url = '{url}'
account = 'pro'

[platforms.flickr.rules]
place = true
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, House]]:
    """Settings, a library of three photos, and an account at a real address."""
    for name in [name for name in os.environ if name.startswith("HELIOGRAPH_")] + ["COLUMNS", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    with House.opened(tmp_path / "flickr") as house:
        standin = house.standin
        account = Account(standin.token, standin.token_secret, standin.nsid, "ann", "Ann A", "delete", is_pro=True)
        kept = {"account": jsonform.plain(account), "of": {"key": standin.key}}
        for name, value in (("KEY", standin.key), ("SECRET", standin.secret), ("ACCOUNT", json.dumps(kept))):
            monkeypatch.setenv(f"HELIOGRAPH_SECRET_FLICKR_{name}", value)
        (tmp_path / "heliograph.toml").write_text(SETTINGS.format(url=standin.url), encoding="utf-8")
        for number in range(3):
            wishes = (("Socials", "flickr"), ("Socials", "flickr", "albums", "Coast"))
            facts = Facts(title=f"Photo {number}", keyword_paths=wishes, place=Place(latitude=67.9, longitude=13.0))
            metadata.write(draw(tmp_path / "photos" / f"{number}.jpg", number), facts)
        house.clock.started = house.clock.started.now(house.clock.started.tzinfo)  # as the command's own clock
        monkeypatch.chdir(tmp_path)
        yield tmp_path, house


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = Exit.DONE) -> str:
    capsys.readouterr()
    ended = run(words)
    said = capsys.readouterr()
    assert ended == code, said
    assert "Traceback" not in said.out + said.err
    return " ".join((said.err + said.out).split())


def test_the_plan_says_what_it_takes_and_the_doctor_whose_account_it_is(home, capsys):
    _, house = home
    assert "flickr: about 8 calls and" in (page := told(capsys, "plan"))
    assert "3,600 calls an hour are allowed" in page
    told(capsys, "sync")
    assert len(house.standin.world.photos) == 3
    page = told(capsys, "doctor")
    for words in (
        "signed in as Ann A (ann), a Pro account; heliograph may add, change and delete photos",
        "of 3,600 calls an hour are left",
    ):
        assert words in page
    assert not any(secret in page for secret in (house.standin.token, house.standin.secret, house.standin.key))
