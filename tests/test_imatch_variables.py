"""IMatch's application variables as a second source of settings, and the testing flag that holds everything back."""

from __future__ import annotations

import pytest

import test_import_imatch
from flickr_owner import Owner
from heliograph.desk import Desk, rehearsing
from heliograph.desk.lending import show
from heliograph.errors import Guarded, LibraryUnavailable, Mistake
from heliograph.libraries.imatch import variables
from heliograph.libraries.imatch.variables import Variable
from heliograph.model import Verb
from memory import FakeClock
from test_import_imatch import NOWHERE, at_home, forget, move, rows, settings, tell

home, imatch, pixelfed, ring = (
    test_import_imatch.home,
    test_import_imatch.imatch,
    test_import_imatch.pixelfed,
    test_import_imatch.ring,
)


# --- flags ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("public", "friend", "family", "word"),
    [
        ("1", "1", "0", "public"),
        ("0", "1", "1", "friends and family"),
        ("0", "1", "", "friends"),
        ("no", "off", "On", "family"),
        ("0", "0", "0", "private"),
        ("", "", "", ""),
        ("perhaps", "1", "1", "private"),
        ("1", "2", "0", "private"),
    ],
)
def test_privacy_is_read_from_numbers_and_words_and_never_shows_more_than_was_meant(public, friend, family, word):
    told = zip(variables.PRIVACY, (public, friend, family), strict=True)
    held = {name: Variable(name, value) for name, value in told}
    said = show("flickr", held)
    assert said.word == word
    assert bool(said.doubt) == any(value in {"perhaps", "2"} for value in (public, friend, family))


@pytest.mark.parametrize("flag", [1, "1", "true", "Yes", "on", 1.0, True, "perhaps"])
def test_while_the_testing_flag_is_on_or_not_understood_a_run_is_a_plan_only(home, imatch, tmp_path, flag):
    tell(imatch, {"imatch_to_socials_testing": flag})
    forget(imatch, "pixelfed_token")
    moved = move(home, imatch)
    assert "nothing is published" in rows(moved)["imatch_to_socials_testing"].becomes
    at_home(home, tmp_path)
    with Desk(settings(home)) as desk:
        plan = desk.plan(("quantum",))
        assert [action.verb for action in plan.effects if action.where.endswith("quay.jpg")] == [Verb.ADD]
        assert "imatch_to_socials_testing" in plan.notes[0]
        for begun in (lambda: desk.sync(("quantum",)), desk.apply):
            with pytest.raises(Guarded, match="nothing was published"):
                list(begun())
    assert not (home / "site").exists()
    assert imatch.calls.writes == ()


def test_a_rehearsal_is_not_held_back_by_the_testing_flag_and_writes_nothing_into_imatch(home, imatch, tmp_path):
    tell(imatch, {"imatch_to_socials_testing": 1})
    forget(imatch, "pixelfed_token")
    move(home, imatch)
    at_home(home, tmp_path)
    with Desk(rehearsing.apart(settings(home))) as desk, rehearsing.opened(desk, ("quantum",)) as stage:
        events = list(stage.desk.sync())
        (page,) = [page for page in stage.pages() if page.platform == "quantum"]
    assert events
    assert page.address.startswith("file:")
    assert imatch.calls.writes == (), "a link to what was only rehearsed would keep the photo from being published"


def test_with_the_flag_off_again_the_same_settings_publish(home, imatch, tmp_path):
    tell(imatch, {"imatch_to_socials_testing": "on"})
    move(home, imatch)
    at_home(home, tmp_path)
    tell(imatch, {"imatch_to_socials_testing": "off"})
    with Desk(settings(home)) as desk:
        list(desk.sync(("quantum",)))
    assert len(list((home / "site/photos").glob("*.md"))) == 1


# --- a second source --------------------------------------------------------------------------------------------------


SECOND = """
[library]
kind = "imatch"
url = "{url}"
variables = {on}
[platforms.flickr]
[platforms.pixelfed]
"""


def second(home, imatch, on="true", more=""):
    text = SECOND.format(url=imatch.url, on=on) + more
    (home / "heliograph.toml").write_text(text, encoding="utf-8")
    return settings(home)


def test_what_the_file_lacks_is_taken_from_imatch_when_platforms_are_made(home, imatch):
    with Desk(second(home, imatch)) as desk:
        assert imatch.calls.all() == (), "reading the settings asks nobody"
        places = desk.places
    assert places["flickr"].policy.audience.show == "friends and family"
    assert places["pixelfed"].policy.audience.show == "unlisted"
    assert places["pixelfed"].platform.options.url == NOWHERE
    assert imatch.calls.counts["GET /v1/imatch/appvar"] == 6


def test_what_the_file_says_wins_and_is_not_even_asked_for(home, imatch):
    more = 'url = "http://127.0.0.1:7"\naudience.show = "public"\n[platforms.flickr.audience]\nshow = "private"\n'
    with Desk(second(home, imatch, more=more)) as desk:
        places = desk.places
    assert places["flickr"].policy.audience.show == "private"
    assert (places["pixelfed"].policy.audience.show, places["pixelfed"].platform.options.url) == (
        "public",
        "http://127.0.0.1:7",
    )
    assert imatch.calls.counts["GET /v1/imatch/appvar"] == 1, "the testing flag"


def test_without_the_setting_imatch_is_not_asked_for_settings(home, imatch):
    with Desk(second(home, imatch, on="false")) as desk, pytest.raises(Mistake, match="url is missing"):
        assert desk.places
    assert imatch.calls.all() == ()


def test_verbs_that_need_no_platform_work_without_imatch_and_the_others_say_why_not(home, imatch):
    loaded = second(home, imatch)
    imatch.close_imatch()
    with Desk(loaded, FakeClock()) as desk:
        assert desk.history() == []
        assert desk.runs() == []
        assert [one.name for one in desk.status().platforms] == [item.policy.name for item in loaded.platforms]
        with pytest.raises(LibraryUnavailable, match="Is IMatch running"):
            assert desk.places


@pytest.mark.parametrize(("name", "value"), [("flickr_is_public", "perhaps"), ("pixelfed_visibility", "everybody")])
def test_a_value_that_nobody_understands_stops_the_run_with_the_fix(home, imatch, name, value):
    tell(imatch, {name: value})
    with Desk(second(home, imatch)) as desk, pytest.raises(Mistake, match=rf"{name} holds.*audience\.show"):
        assert desk.places


def test_signing_in_knows_the_address_that_only_imatch_knows(home, imatch, pixelfed):
    tell(imatch, {"pixelfed_url": pixelfed.url})
    with Desk(second(home, imatch)) as desk:
        desk.sign_in("pixelfed", Owner("no_browser"), {"token": pixelfed.token})
        assert desk.places["pixelfed"].platform.survey(None).looked
