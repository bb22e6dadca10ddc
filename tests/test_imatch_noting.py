"""What is written into IMatch: rows once, flags when fulfilled, labels by their difference, and trouble with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heliograph.errors import Busy, LibraryUnavailable, Refused
from heliograph.model import Order
from heliograph.standin.imws import Fault, What
from imatch_house import FLICKR, ROOT
from imatch_posting import POST, ROW, house, outcome, standin, three

__all__ = ["house", "standin", "three"]

NO_TITLE = "It has no title, which rules.required asks for: write one (XMP dc:title)."


@pytest.mark.parametrize(
    "what", [What.CLOSED_BEFORE, What.CLOSED_AFTER, What.CLOSED_HALFWAY, What.NOT_JSON, What.HTTP_503]
)
def test_a_row_is_written_once_whatever_becomes_of_the_answer(house, three, what):
    house.look()
    house.standin.faults.add(Fault(what, route="POST /v1/attributes"))
    house.library.note([outcome(three[0])])
    assert house.rows(three[0]) == [ROW]


@pytest.mark.parametrize("what", [What.CLOSED_BEFORE, What.CLOSED_AFTER, What.TOKEN_EXPIRED])
def test_a_row_is_taken_away_whatever_becomes_of_the_answer(house, three, what):
    house.world.set_row(three[0], "flickr", ROW)
    house.look()
    house.standin.faults.add(Fault(what, route="POST /v1/attributes"))
    done = outcome(three[0], post=None, deleted=True)
    try:
        house.library.note([done])
    except Refused:
        house.library.note([done])
    assert house.rows(three[0]) == []
    assert three[0].id not in house.world.members(FLICKR)


def test_what_imatch_missed_while_it_was_closed_is_written_when_it_is_told_again(house, three):
    house.look()
    house.standin.close_imatch()
    with pytest.raises(Busy, match="could not be reached"):
        house.library.note([outcome(three[0])])
    house.standin.reopen_imatch()
    house.library.note([outcome(three[0])])
    assert house.rows(three[0]) == [ROW]


def test_nothing_is_written_into_another_database(house, three):
    house.look()
    house.standin.calls.clear()
    house.standin.switch_database()
    with pytest.raises((Refused, LibraryUnavailable), match="Another database was opened"):
        house.library.note([outcome(three[0], orders_done=(Order.UPDATE,))])
    assert house.standin.calls.writes == ()


def test_a_photo_that_was_moved_meanwhile_is_named_and_the_others_are_written(house, three):
    house.look()
    noted = [outcome(three[0]), outcome(three[1])]
    three[0].filename = f"{ROOT}\\elsewhere.jpg"
    with pytest.raises(Refused, match=r"a\.jpg: moved or removed in IMatch meanwhile"):
        house.library.note(noted)
    assert house.rows(three[0]) == []
    assert house.rows(three[1]) == [ROW]


def test_a_missing_category_is_named_and_stops_nothing(house, three):
    house.look()
    refused = outcome(three[0], post=None, refusals=(NO_TITLE,))
    with pytest.raises(Refused, match=r"no category Socials\|flickr\|__errors\|missing title: make it") as told:
        house.library.note([refused, outcome(three[1])])
    assert str(told.value).count("missing title") == 1
    assert house.rows(three[1]) == [ROW]
    with pytest.raises(Refused, match="missing title: make it"):
        house.library.note([refused])


def test_a_missing_set_is_named_with_its_columns(house, three):
    del house.world.rows.sets["flickr"]
    house.look()
    for _ in range(2):  # what was not written is never taken for written
        with pytest.raises(Refused, match="make a set flickr with the columns posted, photo_id, url"):
            house.library.note([outcome(three[0])])


def test_a_set_that_held_links_and_is_gone_is_no_reason_to_publish_again(house, three):
    house.world.set_row(three[0], "flickr", ROW)
    house.look()
    del house.world.rows.sets["flickr"]
    with pytest.raises(LibraryUnavailable, match="does not show the attribute set flickr"):
        house.look()


def test_a_value_that_another_photo_has_is_told_and_the_others_are_written(house, three):
    house.world.set_row(three[2], "flickr", ROW)
    house.look()
    other = replace(POST, id="7", url="https://flickr.example/7")
    with pytest.raises(Refused, match=r"a\.jpg: its link to flickr could not be written"):
        house.library.note([outcome(three[0]), outcome(three[1], post=other)])
    assert house.rows(three[1]) == [{**ROW, "photo_id": "7", "url": other.url}]


def test_error_labels_are_changed_by_their_difference(house, three):
    errors = f"{FLICKR}|__errors"
    for label, members in {"missing title": three[:2], "is master": three[1:2], "invalid format": []}.items():
        house.world.category(f"{errors}|{label}")
        for file in members:
            house.world.put(file, f"{errors}|{label}")
    house.look()
    house.standin.calls.clear()
    broken = "D:/Photos/b.jpg: Neither the file nor one of its versions has an allowed format."
    house.library.note(
        [
            outcome(three[0], post=None, refusals=(NO_TITLE,)),
            outcome(three[1], post=None, refusals=(broken,)),
        ]
    )
    assert house.world.members(f"{errors}|missing title") == [three[0].id]
    assert house.world.members(f"{errors}|invalid format") == [three[1].id]
    assert house.world.members(f"{errors}|is master") == []
    assert len(house.standin.calls.writes) == 3, "the first photo's label stayed where it was"
    house.library.note([outcome(three[1], post=POST)])
    assert house.world.members(f"{errors}|invalid format") == []


def test_several_deletions_each_take_their_own_rows(house, three):
    for number, file in enumerate(three):
        house.world.set_row(file, "flickr", {"photo_id": str(number)})
        house.world.put(file, f"{FLICKR}|_delete")
    house.look()
    house.library.note([outcome(file, post=None, deleted=True, orders_done=(Order.DELETE,)) for file in three[:2]])
    assert [len(house.rows(file)) for file in three] == [0, 0, 1]
    assert house.world.members(FLICKR) == house.world.members(f"{FLICKR}|_delete") == [three[2].id]


def test_a_deletion_leaves_the_category_before_its_flag_is_cleared(house, three):
    house.world.put(three[0], f"{FLICKR}|_delete")
    house.look()
    house.standin.calls.clear()
    house.library.note([outcome(three[0], post=None, deleted=True)])
    unassigned = [call.arguments["path"] for call in house.standin.calls.of("POST /v1/categories/unassign")]
    assert unassigned == [FLICKR, f"{FLICKR}|_delete"]


def test_a_first_upload_fulfils_leftover_flags_and_a_later_one_only_its_own(house, three):
    for file in three[:2]:
        house.world.put(file, f"{FLICKR}|_update")
    house.world.set_row(three[1], "flickr", {**ROW, "photo_id": "7", "url": "https://flickr.example/7"})
    house.look()
    house.library.note([outcome(three[0])])
    seventh = replace(POST, id="7", url="https://flickr.example/7")
    house.library.note([outcome(three[1], post=seventh, orders_done=(Order.METADATA,))])
    assert house.world.members(f"{FLICKR}|_update") == [three[1].id]


def test_a_photo_of_which_nobody_says_when_it_was_posted_has_the_day_of_its_first_row(house, three):
    house.look()
    house.library.note([outcome(three[0], posted_at="")])
    dated = replace(POST, id="8", url="https://flickr.example/8", made_at="2024-02-03T04:05:06+00:00")
    house.library.note([outcome(three[1], posted_at="", post=dated)])
    assert house.rows(three[0])[0]["posted"] == house.clock.now().astimezone().date().isoformat()
    assert house.rows(three[1])[0]["posted"] == "2024-02-03"


def test_a_platform_may_be_spelt_otherwise_in_imatch(house):
    house.world.add_set("Flickr", ("posted", "photo_id", "url"))
    house.another(root="Publish")
    file = house.add("a.jpg", "Publish|Flickr")
    house.look()
    house.library.note([outcome(file)])
    assert house.rows(file, "Flickr")[0]["photo_id"] == POST.id


def test_columns_that_the_owner_added_keep_their_values(house, three):
    house.turn({"row_update": "replace"})
    house.world.add_set("flickr", ("posted", "photo_id", "url", "remark"))
    house.world.set_row(three[0], "flickr", {**ROW, "photo_id": "1", "remark": "my best"})
    house.look()
    house.library.note([outcome(three[0])])
    assert house.rows(three[0]) == [{**ROW, "remark": "my best"}]


@pytest.mark.parametrize("platform", ["pixelfed", "mastodon"])
def test_platforms_with_two_ids_have_both_in_their_rows(house, platform):
    file = house.add("a.jpg", f"Socials|{platform}")
    house.look()
    house.library.note([outcome(file, platform=platform, media_id="77")])
    assert house.rows(file, platform) == [
        {"posted": "2025-03-02", "media_id": "77", "status_id": POST.id, "url": POST.url}
    ]


def test_an_album_or_photo_that_imatch_never_had_is_named(house, three):
    house.look()
    with pytest.raises(Refused, match=r"does not have D:/Photos/z\.jpg any more"):
        house.library.note([replace(outcome(three[0]), where="D:/Photos/z.jpg")])


def test_no_call_ever_names_an_empty_list_or_is_made_for_nothing(house, three):
    house.look()
    house.standin.calls.clear()
    house.library.note([])
    assert house.standin.calls.all() == ()
    house.library.note([outcome(three[0], orders_done=tuple(Order)), outcome(three[1], post=None)])
    assert all(call.files for call in house.standin.calls.writes)
