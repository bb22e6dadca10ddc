"""The 39 faults of *IMatch to Socials* that are not repeated: each has a test that would fail for that program.

Where another module shows it, it stands here; the others are below, with their numbers in their names.

 1  test_imatch_desk.test_a_photo_marked_for_deletion_and_never_published_is_not_uploaded
 3  test_imatch_desk.test_a_deleted_photo_is_not_uploaded_again_and_loses_its_row
 4  test_imatch_desk.test_a_photo_that_is_only_in_the_update_category_is_updated
 5  test_imatch_desk.test_conflicting_marks_stop_nothing_and_leave_the_photo_alone
 6  test_import_imatch.test_plan_with_the_written_settings_runs_against_the_stand_ins
 7  test_imatch_wishes.test_relations_by_several_definitions_and_versions_of_versions_are_one_family
 8  test_imatch_lost.test_a_run_killed_before_or_after_its_note_publishes_nothing_twice
10  test_cli.test_the_worst_of_a_run_decides_its_code
11  test_imatch_noting.test_several_deletions_each_take_their_own_rows
11  test_imatch_noting.test_a_deletion_leaves_the_category_before_its_flag_is_cleared
16  test_flickr_groups.test_what_a_group_says_is_told_once_and_a_photo_is_not_offered_again
18  test_caption_room.test_of_many_hashtags_as_many_as_fit_stay_and_the_others_are_counted
19  test_imatch_calls.test_twenty_thousand_photos_with_nothing_to_do_take_one_call_for_a_hundred
19  test_imatch_calls.test_categories_of_many_photos_are_written_in_one_call_each
20  test_imatch_trouble.test_an_error_of_a_read_is_an_error_and_never_an_empty_library
23  test_imatch_noting.test_a_missing_category_is_named_and_stops_nothing
24  test_imatch_noting.test_error_labels_are_changed_by_their_difference
26  test_imatch_trouble.test_a_token_that_expires_is_renewed_once_in_the_middle_of_a_look
27  test_imatch_variables.test_while_the_testing_flag_is_on_or_not_understood_a_run_is_a_plan_only
28  test_imatch_desk.test_a_plan_writes_nothing_into_imatch
28  test_imatch_noting.test_no_call_ever_names_an_empty_list_or_is_made_for_nothing
32  test_imatch_wishes.test_an_id_that_is_none_is_named_once
32  test_imatch_wishes.test_an_album_says_its_id_and_its_text
33  test_import_imatch.test_the_settings_load_and_hold_the_old_defaults
33  test_imatch_facts.test_camera_texts_are_the_owners
34  test_imatch_facts.test_what_is_missing_leaves_no_dangling_bar
37  test_import_imatch.test_the_command_writes_settings_and_moves_the_secrets_whichever_way_they_were_spelt
37  test_imatch_trouble.test_neither_token_nor_password_is_logged
38  test_imatch_app.test_a_path_with_blanks_is_one_word
38  test_serve_command.test_detached_it_answers_at_once_and_stays_when_its_starter_is_gone
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from flickr_studio import POLICY
from heliograph import config
from heliograph.desk import Desk
from heliograph.execute import End
from heliograph.model import Order, Verb
from heliograph.policy import Rules
from heliograph.standin.flickr import faults as flickr_faults
from heliograph.standin.imws import Fault, What
from imatch_house import at_home, reading_here, served
from imatch_studio import GENRE, Household, at_work

_FAULTS = range(1, 40)
_SHORT = ("Socials", "Event", "Event|Festival", "Image Characteristics", "Location", GENRE)
_PUT_OFF_S = 5_000.0


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def home(tmp_path: Path, template: Path, standin) -> Iterator[Household]:
    with at_work(tmp_path, template, standin) as home:
        yield home


def test_every_fault_has_a_test_and_every_test_named_above_exists():
    here = Path(__file__)
    own = re.findall(r"^def (test_fault_(\d+)\w*)", here.read_text(encoding="utf-8"), re.MULTILINE)
    elsewhere = re.findall(r"^ ?(\d+)  (test_\w+)\.(test_\w+)$", __doc__ or "", re.MULTILINE)
    for _, module, name in elsewhere:
        text = here.with_name(f"{module}.py").read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), f"{module}.{name}"
    assert {int(number) for _, number in own} | {int(number) for number, *_ in elsewhere} == {*_FAULTS}


# --- one long evening: everything is published once, changed on both sides, marked, and run once more -----------------


@dataclass
class Evening:
    """What stood where after the second run, and after the third."""

    home: Household
    ends: dict[str, End]
    first: dict[str, dict[str, str]]
    """Rows after the first run."""
    writes_later: int
    """Into IMatch, by a third run."""
    uploads_later: int
    left_to_do: dict[tuple[str, str], Any]

    def photo(self, name: str) -> Any:
        return self.home.world.photos.get(self.first[name]["photo_id"])

    def tags(self, name: str) -> set[str]:
        return {tag.raw for tag in self.photo(name).tags if "heliograph" not in tag.clean}


@pytest.fixture(scope="module")
def evening(tmp_path_factory, template: Path, standin) -> Iterator[Evening]:
    policy = replace(POLICY, rules=Rules(required=("title",)))
    with at_work(tmp_path_factory.mktemp("evening"), template, standin, policy=policy) as home:
        names = ("bare", "both", "gone", "album", "word", "closed", "dated", "spelt")
        for name in names:
            home.add(name, "flickr")
        home.add("short", "flickr", categories=_SHORT)
        raw = home.imatch.add("raw.dng", "Socials|flickr", GENRE, tags={"title": "Raw"})
        home.imatch.turn({"propagation": True})
        home.imatch.add("raw small.jpg", "Socials|flickr", master=raw)
        home.files["raw"] = raw
        home.say("spelt", title="Tom &amp; Jerry&#39;s")
        home.run()
        first = {name: home.row(name) for name in home.files if name != "raw"}
        _meanwhile(home, first)
        ends = {event.action.where.rpartition("/")[2].partition(".")[0]: event.end for event in home.run()}
        home.house.standin.faults.clear()
        left = home.actions()
        uploads = len(home.house.standin.calls.of("upload"))
        home.run()
        later = len(home.house.standin.calls.of("upload")) - uploads
        yield Evening(home, ends, first, home.writes(), later, left)


def _meanwhile(home: Household, first: dict[str, dict[str, str]]) -> None:
    """Days pass, in which the owner does a good deal in IMatch and on Flickr."""
    ids = {name: row["photo_id"] for name, row in first.items()}
    home.say("bare", title="")
    home.flag("bare", Order.DELETE)
    home.flag("both", Order.UPDATE, Order.METADATA)
    home.by_hand("photos.delete", photo_id=ids["gone"])
    home.flag("gone", Order.DELETE)
    home.by_hand("photosets.create", title="Made by hand", primary_photo_id=ids["album"])
    home.flag("album", Order.UPDATE)
    home.say("word", hierarchicalkeywords=["nature|water"])
    home.by_hand("photos.addTags", photo_id=ids["word"], tags="mine")
    home.flag("word", Order.METADATA)
    home.by_hand("photos.setPerms", photo_id=ids["closed"], is_public="0", is_friend="0", is_family="0")
    home.flag("closed", Order.UPDATE)
    home.database.set_row(home.files["dated"], "flickr", {**first["dated"], "posted": "2024-04-01"})
    home.flag("dated", Order.UPDATE)
    for name in ("both", "album", "closed", "dated"):
        home.say(name, title=f"{name.capitalize()} anew")
    fault = flickr_faults.Fault(flickr_faults.What.CODE_106, method="flickr.photos.setMeta", times=5)
    home.house.standin.faults.add(fault)


def test_fault_02_a_photo_that_may_no_longer_leave_can_be_deleted(evening):
    assert evening.photo("bare") is None
    assert (evening.home.row("bare"), evening.home.flags("bare")) == ({}, set())


def test_fault_04_a_photo_with_both_marks_for_an_update_has_both_fulfilled_in_one_run(evening):
    assert evening.photo("both").title == "Both anew"
    assert evening.home.flags("both") == set()


def test_fault_09_a_photo_that_flickr_turned_down_for_now_keeps_no_other_from_its_work(evening):
    (failed,) = [name for name, end in evening.ends.items() if end == End.FAILED]
    done = {name for name, end in evening.ends.items() if end == End.DONE} & evening.home.files.keys()
    assert len(done) >= 6
    assert all(evening.home.flags(name) == set() for name in done)
    assert evening.photo(failed).title.endswith(" anew"), "the third run did what Flickr had turned down"


def test_fault_11_what_was_taken_away_by_hand_counts_as_deleted(evening):
    assert evening.ends["gone"] == End.DONE
    assert (evening.home.row("gone"), evening.home.flags("gone")) == ({}, set())
    assert evening.home.files["gone"].id not in evening.home.database.members("Socials|flickr")


def test_fault_13_an_album_made_by_hand_keeps_its_photo(evening):
    (album,) = evening.home.world.albums.values()
    assert list(album.photos) == [evening.first["album"]["photo_id"]]
    assert evening.photo("album").title == "Album anew"


def test_fault_14_a_keyword_that_was_removed_is_removed_there_and_a_strangers_tag_stays(evening):
    assert evening.tags("word") >= {"mine", "water"}
    assert "word" not in evening.tags("word")
    assert "both" in evening.tags("both"), "it was there before"


def test_fault_15_an_update_never_shows_a_photo_to_more_people(evening):
    assert evening.photo("closed").title == "Closed anew"
    assert not evening.photo("closed").is_public


def test_fault_17_the_day_of_the_first_posting_stays(evening):
    assert evening.photo("dated").title == "Dated anew"
    assert evening.home.row("dated") == {**evening.first["dated"], "posted": "2024-04-01"}


def test_fault_29_a_row_is_written_a_second_time_and_stays_one(evening):
    assert [len(evening.home.imatch.rows(file)) for name, file in evening.home.files.items() if name == "dated"] == [1]


def test_fault_30_words_arrive_without_entities(evening):
    assert evening.photo("spelt").title == "Tom & Jerry's"


def test_fault_31_photos_in_roots_and_short_branches_are_published(evening):
    assert evening.photo("short").title == "Short"
    assert not {"Socials", "Event", "Festival", "Image Characteristics", "Location"} & evening.tags("short")


def test_fault_34_nothing_differs_by_its_order_so_a_later_run_has_nothing_to_do(evening):
    failed = {name for name, end in evening.ends.items() if end == End.FAILED}
    assert {name for name, _ in evening.left_to_do} - failed == {"closed"}, "it is asked who may see that one"
    assert evening.uploads_later == 0


def test_fault_35_a_tag_of_two_words_is_one_tag(evening):
    assert "landscape photography" in evening.tags("both")


def test_fault_39_a_master_and_its_version_that_carry_copies_of_row_and_category_are_one_photo(evening):
    assert evening.home.row("raw")["photo_id"]
    assert sum(photo.title == "Raw" for photo in evening.home.world.photos.values()) == 1
    assert ("raw small", "flickr") not in evening.left_to_do


# --- on its own -------------------------------------------------------------------------------------------------------


def test_fault_36_a_photo_of_the_website_needs_no_number_in_its_name_and_no_position(tmp_path, standin, monkeypatch):
    """It has its row at once, and its words arrive in every script."""
    (tmp_path / "imatch").mkdir()
    with reading_here(monkeypatch), at_home(tmp_path / "imatch", standin=standin) as house:
        file = house.add("quay.jpg", "Socials|quantum", tags={"title": 'Quay: "夜の川" 1'})
        path = tmp_path / "heliograph.toml"
        path.write_text(
            f"[library]\nkind = 'imatch'\nurl = '{standin.url}'\nworkers = 1\n"
            f"path_map = {{ 'D:\\Photos' = '{house.folder}' }}\n\n"
            "[platforms.quantum]\nkind = 'site'\nfolder = 'garden'\n",
            encoding="utf-8",
        )
        with Desk(config.load(path, {})) as desk:
            assert {event.end for event in desk.sync()} == {End.DONE}
        (row,) = house.rows(file, "quantum")
        assert row.keys() == {"posted", "media_id", "url"}
        assert "夜の川" in (tmp_path / "garden" / row["url"]).read_text(encoding="utf-8")
        with Desk(config.load(path, {})) as desk:
            assert desk.plan().actions == ()


@pytest.fixture
def pixels(tmp_path: Path, template: Path, standin) -> Iterator[Household]:
    with at_work(tmp_path, template, standin, "pixelfed") as home:
        home.add("quay", "pixelfed")
        home.run()
        yield home


def test_fault_12_a_mark_stays_until_what_it_asks_for_is_done_on_pixelfed_too(pixels):
    """There the picture of a post cannot be changed: the owner is asked, and the mark waits for the answer."""
    home, (post,) = pixels, pixels.servers["pixelfed"].posts
    home.flag("quay", Order.UPDATE, on="pixelfed")
    home.imatch.draw("quay.jpg")
    home.say("quay", title="Anew")
    action = home.actions()["quay", "pixelfed"]
    assert (action.verb, action.choices) == (Verb.ASK, ("repost", "leave"))
    home.run()
    assert home.flags("quay", on="pixelfed") == {Order.UPDATE}
    home.reply("quay", "leave")
    home.servers["pixelfed"].down = True
    home.run()
    assert home.flags("quay", on="pixelfed") == {Order.UPDATE}, "the server could not be asked"
    home.servers["pixelfed"].down = False
    home.run()
    (now,) = home.servers["pixelfed"].posts
    assert (now.id, now.text.startswith("Anew")) == (post.id, True)
    assert home.flags("quay", on="pixelfed") == set()


@pytest.mark.parametrize("what", [What.NOT_OK, What.NOT_JSON, What.HTML, What.FAILED])
def test_fault_22_a_write_that_imatch_answers_oddly_stops_nothing_and_is_done_in_the_end(home, what):
    home.add("quay", "flickr")
    home.run()
    home.flag("quay", Order.UPDATE)
    for route in ("POST /v1/categories/unassign", "POST /v1/attributes"):
        home.imatch.standin.faults.add(Fault(what, route=route, times=0))
    home.add("boat", "flickr")
    assert {event.end for event in home.run()} == {End.DONE}
    home.imatch.standin.faults.clear()
    home.run()
    assert home.flags("quay") == set()
    assert home.row("boat")["photo_id"] in home.world.photos
    assert len(home.house.standin.calls.of("upload")) == 2


def test_fault_21_an_imatch_that_is_silent_for_too_long_is_a_sentence(home):
    home.add("quay", "flickr")
    home.options_here = {"timeout_s": 0.05}
    home.imatch.standin.faults.add(Fault(What.DELAY, route="GET /v1/files", delay_s=0.3, times=0))
    with pytest.raises(Exception, match="Is IMatch running") as told:
        home.run()
    assert "Nothing was concluded about its photos" in str(told.value)


def test_fault_25_a_call_holds_what_it_is_about_and_nothing_of_the_call_before(home):
    home.add("quay", "flickr")
    home.flag("quay", Order.UPDATE)
    home.run()
    named = {call.route: set() for call in home.imatch.standin.calls.all()}
    for call in home.imatch.standin.calls.all():
        named[call.route] |= set(call.arguments) - {"auth_token"}
    assert named["GET /v1/categories"] == {"path", "fields"}
    assert named["GET /v1/attributes"] == {"set", "id"}
    assert named["POST /v1/attributes"] == {"set", "id", "tasks"}
    assert named["POST /v1/categories/unassign"] == {"path", "fileid"}
