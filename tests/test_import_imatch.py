"""Moving over from IMatch to Socials: what its application variables become, and what never shows."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

import pytest

import flickr_owner
import test_signing_in
from flickr_owner import Owner
from heliograph import libraries
from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.config import Vault
from heliograph.desk import Desk, doctoring, importing, opening
from heliograph.desk.doctoring import Health
from heliograph.errors import LibraryUnavailable, Mistake
from heliograph.model import Verb
from heliograph.standin import fediverse
from heliograph.standin.imws import Fault, World, serve
from imatch_house import InProcess, coded
from memory import FakeClock

flickr, ring = flickr_owner.flickr, test_signing_in.ring

KEY, SECRET = "canary-key-4711", "canary-secret-4711"
TOKEN, MAP_KEY = "canary-token-4711", "canary-map-4711"
NOWHERE = "http://127.0.0.1:9"
OLD = {
    "flickr_apikey": KEY,
    "flickr_apisecret": SECRET,
    "flickr_is_public": 0,
    "flickr_is_friend": "1",
    "flickr_is_family": "yes",
    "flickr_url": "https://www.flickr.com/photos/ana",
    "pixelfed_token": TOKEN,
    "pixelfed_url": NOWHERE,
    "pixelfed_visibility": "unlisted",
    "quantum_path": "D:\\Garden",
    "quantum_map_key": MAP_KEY,
    "quantum_hide_me": "Location|Austria|Graz",
    "imatch_to_socials_testing": 0,
}
"""What somebody had set who used everything but Mastodon."""
SAID = {
    "title": "Quay",
    "description": "Boats at rest.",
    "hierarchicalkeywords": ["nature|water"],
    "make": "Sunny",
    "model": "S1",
}


@pytest.fixture
def home(tmp_path, monkeypatch, ring):
    """An empty folder to begin in, with a keyring and nothing in the environment."""
    for name in [name for name in os.environ if name.startswith("HELIOGRAPH_")] + ["COLUMNS", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(libraries.imatch, "Workers", InProcess)
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def imatch(tmp_path):
    """An IMatch whose owner used IMatch to Socials; one photo is tagged for Flickr, Pixelfed and the website."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/quay.jpg").write_bytes(coded(1))
    world = World.ready()
    size = (tmp_path / "pictures/quay.jpg").stat().st_size
    wished = ["Socials|flickr", "Socials|pixelfed", "Socials|quantum", "Image Characteristics|Genre|landscape"]
    world.add_file("D:\\Photos\\quay.jpg", tags=SAID, categories=wished, size=size)
    with serve(tmp_path / "imws", world=world) as standin:
        tell(standin, OLD)
        yield standin


@pytest.fixture
def pixelfed(tmp_path):
    with fediverse.serve(tmp_path / "pixelfed", "pixelfed-0.12") as standin:
        yield standin


def tell(standin, values):
    with standin.changing() as world:
        for name, value in values.items():
            world.set_variable(name, value)


def forget(standin, *names):
    with standin.changing() as world:
        for name in names:
            world.head.variables.pop(name, None)


@dataclass
class Moved:
    """What the command would tell."""

    rows: tuple
    doubts: tuple
    next_steps: tuple
    done: tuple


def look(home, imatch):
    return importing.look(home / "heliograph.toml", imatch.url, "", FakeClock())


def move(home, imatch, **how):
    looked = look(home, imatch)
    return Moved(looked.rows, looked.doubts, looked.next_steps, importing.move(looked, FakeClock(), **how))


def settings(home):
    return opening.settings(None, os.environ, home)


def secrets(home, platform):
    vault = Vault(settings(home).state, {})
    return {name: vault.get(platform, name) for name in ("key", "secret", "token") if vault.get(platform, name)}


def rows(moved):
    return {row.what: row for row in moved.rows}


def policies(home):
    return {item.policy.name: item.policy for item in settings(home).platforms}


def at_home(home, tmp_path):
    """Says where the Windows folders are on this computer."""
    path = home / "heliograph.toml"
    mapped = f"path_map = {{ 'D:\\Photos' = '{tmp_path / 'pictures'}' }}\nworkers = 1\n\n[rules]"
    told = path.read_text(encoding="utf-8").replace("\n[rules]", f"\n{mapped}", 1)
    assert r"folder = 'D:\Garden'" in told
    path.write_text(told.replace(r"'D:\Garden'", '"site"'), encoding="utf-8")


# --- what is written and kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["flickr_apikey flickr_apisecret", "flickr_api_key flickr_api_secret"])
def test_the_command_writes_settings_and_moves_the_secrets_whichever_way_they_were_spelt(
    home, imatch, spelling, capsys, caplog
):
    forget(imatch, "flickr_apikey", "flickr_apisecret", "pixelfed_token")
    tell(imatch, dict(zip(spelling.split(), (KEY, SECRET), strict=True)))
    caplog.set_level(logging.DEBUG)
    assert run(["import", "imatch-to-socials", "--url", imatch.url]) == Exit.DONE
    said = capsys.readouterr()
    assert secrets(home, "flickr") == {"key": KEY, "secret": SECRET}
    assert "found, not shown" in said.out
    assert "1. Read the settings" in said.out
    assert "helio signin flickr" in said.out
    assert f"delete {spelling.split()[0]}, {spelling.split()[1]}, quantum_map_key" in said.out
    text = (home / "heliograph.toml").read_text(encoding="utf-8")
    for secret in (KEY, SECRET, MAP_KEY):
        assert secret not in said.out + said.err + text + caplog.text
    assert imatch.calls.writes == ()


def test_the_settings_load_and_hold_the_old_defaults(home, imatch):
    forget(imatch, "pixelfed_token")
    move(home, imatch)
    loaded, found = settings(home), policies(home)
    assert loaded.notes == ()
    assert (loaded.library.kind, loaded.library.options["url"]) == ("imatch", imatch.url)
    assert loaded.library.options["formats"] == ["JPEG", "WEBP"]
    assert loaded.library.options["required"] == {
        "flickr": ["genre"],
        "pixelfed": ["genre"],
        "quantum": ["genre", "make"],
    }
    assert "variables" not in loaded.library.options
    assert list(found) == ["flickr", "pixelfed", "quantum"], "Mastodon's address is not known"
    assert {name: one.audience.show for name, one in found.items()} == {
        "flickr": "friends and family",
        "pixelfed": "unlisted",
        "quantum": "",
    }
    assert found["flickr"].rules.required == ("title", "caption", "keywords")
    assert found["pixelfed"].rules.required == ("title", "caption", "keywords", "alt_text")
    assert (found["quantum"].kind, found["quantum"].captions.tags) == ("markdown", "levels")
    assert not found["flickr"].rules.place
    with Desk(loaded) as desk:
        assert set(desk.places) == set(found)


def test_a_dry_run_shows_all_of_it_and_writes_keeps_and_tries_nothing(home, imatch, pixelfed, ring, capsys):
    tell(imatch, {"pixelfed_url": pixelfed.url, "pixelfed_token": pixelfed.token})
    (home / "heliograph.toml").write_text("mine", encoding="utf-8")
    assert run(["import", "imatch-to-socials", "--url", imatch.url, "--dry-run"]) == Exit.DONE
    said = capsys.readouterr().out
    assert "audience.show" in said
    assert "[platforms.pixelfed]" in said
    assert "would need --force" in said
    assert (home / "heliograph.toml").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in home.iterdir()] == ["heliograph.toml"]
    assert ring.kept == {}
    assert pixelfed.calls.counts == {}
    assert pixelfed.token not in said


def test_settings_that_are_there_stay_unless_they_are_to_make_room_and_then_they_are_kept(home, imatch, ring, capsys):
    (home / "heliograph.toml").write_text("mine", encoding="utf-8")
    forget(imatch, "pixelfed_token")
    assert run(["import", "imatch-to-socials", "--url", imatch.url]) == Exit.USAGE
    said = capsys.readouterr().err
    assert "was left as it was" in said, said
    assert (home / "heliograph.toml").read_text(encoding="utf-8") == "mine"
    assert ring.kept == {}
    assert imatch.calls.all() == ()
    assert "kept as" in move(home, imatch, force=True).done[0]
    assert (home / "heliograph.toml.before").read_text(encoding="utf-8") == "mine"
    assert settings(home).library.kind == "imatch"


def test_settings_that_could_not_be_used_leave_everything_as_it_was(home, imatch, ring, monkeypatch):
    (home / "heliograph.toml").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(importing.config, "load", lambda *_: (_ for _ in ()).throw(Mistake("No.")))
    with pytest.raises(Mistake):
        move(home, imatch, force=True)
    assert [path.name for path in home.iterdir()] == ["heliograph.toml"]
    assert (home / "heliograph.toml").read_text(encoding="utf-8") == "mine"
    assert ring.kept == {}


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_that_works_signs_in_and_nobody_is_asked(home, imatch, pixelfed, ring):
    tell(imatch, {"pixelfed_url": f"{pixelfed.url}/", "pixelfed_token": pixelfed.token})
    moved = move(home, imatch)
    assert any("The token from IMatch works: signed in to pixelfed as @rehearsal" in one for one in moved.done)
    assert "pixelfed/account" in {name for _, name in ring.kept}
    assert not any("signin pixelfed" in one for one in moved.next_steps)
    with Desk(settings(home)) as desk:
        assert desk.places["pixelfed"].platform.survey(None).looked


def test_a_token_that_the_server_does_not_accept_is_not_kept(home, imatch, pixelfed, ring):
    tell(imatch, {"pixelfed_url": pixelfed.url})
    moved = move(home, imatch)
    assert any("does not accept the token from IMatch any more" in one for one in moved.done)
    assert not [name for _, name in ring.kept if name.startswith("pixelfed")]
    assert not any(TOKEN in one for one in moved.done)


def test_a_token_that_cannot_be_tried_is_kept_and_counts_until_somebody_signs_in(home, imatch, pixelfed, ring):
    moved = move(home, imatch)
    assert any("`helio doctor` tries it" in one for one in moved.done)
    assert secrets(home, "pixelfed") == {"token": TOKEN}
    path = home / "heliograph.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(NOWHERE, pixelfed.url), encoding="utf-8")
    Vault(settings(home).state, {}).set("pixelfed", "token", pixelfed.token)
    with Desk(settings(home)) as desk:
        assert desk.places["pixelfed"].platform.survey(None).looked, "the platform uses it"
    Vault(settings(home).state, {}).set("pixelfed", "token", "dead")
    with Desk(settings(home), FakeClock()) as desk:
        desk.sign_in("pixelfed", Owner("no_browser"), {"token": pixelfed.token})
        assert secrets(home, "pixelfed") == {}, "it would have won over the account"
        assert desk.places["pixelfed"].platform.survey(None).looked
        Vault(settings(home).state, {}).set("pixelfed", "token", "left")
        desk.sign_out("pixelfed")
    assert not [name for _, name in ring.kept if name.startswith("pixelfed")]


def test_the_moved_key_is_all_that_signing_in_to_flickr_needs(home, imatch, flickr, monkeypatch):
    forget(imatch, "pixelfed_token")
    tell(imatch, {"flickr_apikey": flickr.key, "flickr_apisecret": flickr.secret})
    move(home, imatch)
    monkeypatch.setenv("HELIOGRAPH_PLATFORMS__FLICKR__URL", flickr.url)
    with Desk(settings(home)) as desk:
        assert desk.lacking("flickr", {}) == ()
        assert desk.sign_in("flickr", Owner(), {}).platform == "flickr"


def test_a_key_that_the_environment_gives_is_not_moved_and_nothing_stops(home, imatch, monkeypatch):
    monkeypatch.setenv("HELIOGRAPH_SECRET_FLICKR_KEY", "mine")
    moved = move(home, imatch)
    assert any("HELIOGRAPH_SECRET_FLICKR_KEY" in one for one in moved.done)
    assert secrets(home, "flickr") == {}
    assert secrets(home, "pixelfed") == {"token": TOKEN}


# --- what IMatch may answer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["error", "empty", "missing"])
def test_a_variable_that_is_not_there_is_no_trouble_however_that_is_answered(home, imatch, answer):
    imatch.turn(unknown_variable=answer)
    forget(imatch, "flickr_is_public", "flickr_is_friend", "flickr_is_family", "flickr_url", "pixelfed_token")
    tell(imatch, {"pixelfed_visibility": ""})
    moved = move(home, imatch)
    assert rows(moved)["flickr_is_public"].found == "not there, or empty"
    assert "flickr_url" not in rows(moved)
    assert policies(home)["flickr"].audience.show == "private", "nobody is to be surprised"
    assert policies(home)["pixelfed"].audience.show == "private"
    assert "helio signin pixelfed" in " ".join(moved.next_steps)


@pytest.mark.parametrize("types", ["kept", "text"])
@pytest.mark.parametrize("case", ["camel", "pascal", "lower"])
def test_numbers_may_come_as_text_and_names_in_any_case(home, imatch, types, case):
    imatch.turn(appvar_types=types, keys_case=case)
    move(home, imatch)
    assert policies(home)["flickr"].audience.show == "friends and family"


def test_what_holds_neither_text_nor_number_is_left_out_and_named(home, imatch):
    forget(imatch, "pixelfed_token")
    tell(imatch, {"flickr_apikey": [KEY], "flickr_is_public": {"value": 1}, "pixelfed_visibility": "everybody"})
    moved = move(home, imatch)
    assert "flickr_apikey holds neither a text nor a number, so it was left out." in moved.doubts
    assert secrets(home, "flickr") == {"secret": SECRET}
    assert "only knows public, unlisted, private" in rows(moved)["pixelfed_visibility"].becomes
    assert policies(home)["pixelfed"].audience.show == "private"
    assert KEY not in repr(moved)


def test_two_spellings_that_differ_are_named_and_the_programs_own_counts(home, imatch):
    tell(imatch, {"flickr_api_key": "canary-other"})
    moved = move(home, imatch)
    assert moved.doubts == ("flickr_api_key holds something else; flickr_apikey counts.",)
    assert secrets(home, "flickr")["key"] == KEY


@pytest.mark.parametrize(
    "told", ["http://pixelfed.example", "https://ana:canary-4711@pixelfed.example", "https://", "?"]
)
def test_an_address_that_cannot_be_called_gets_no_section_and_is_not_shown(home, imatch, told, capsys):
    tell(imatch, {"pixelfed_url": told})
    assert run(["import", "imatch-to-socials", "--url", imatch.url]) == Exit.DONE
    said = capsys.readouterr().out
    assert "no address that can be called" in said
    assert "canary-4711" not in said + (home / "heliograph.toml").read_text(encoding="utf-8")
    assert list(policies(home)) == ["flickr", "quantum"]


def test_an_address_without_https_is_meant_to_have_it(home, imatch):
    tell(imatch, {"pixelfed_url": "pixelfed.example/"})
    assert rows(look(home, imatch))["pixelfed_url"].becomes == 'url = "https://pixelfed.example"'


def test_an_imatch_that_never_knew_the_program_changes_nothing(home, tmp_path, ring):
    with (
        serve(tmp_path / "other", world=World()) as standin,
        pytest.raises(Mistake, match="holds nothing of IMatch to"),
    ):
        move(home, standin)
    assert list(home.iterdir()) == []
    assert ring.kept == {}


def test_categories_without_any_variable_make_settings_all_the_same(home, imatch):
    forget(imatch, *OLD)
    move(home, imatch)
    assert list(policies(home)) == ["flickr", "quantum"]
    assert secrets(home, "flickr") == {}


def test_a_closed_imatch_is_said_in_a_sentence_and_nothing_is_written(home, imatch):
    imatch.close_imatch()
    with pytest.raises(LibraryUnavailable, match=r"Is IMatch running.*--url"):
        move(home, imatch)
    assert list(home.iterdir()) == []


def test_an_imatch_that_does_not_let_us_in_is_told_how_to(home, imatch):
    imatch.turn(credentials=True)
    with pytest.raises(LibraryUnavailable, match="--login"):
        move(home, imatch)
    assert list(home.iterdir()) == []


def test_an_imatch_with_a_dialog_open_is_asked_again_in_vain_and_named(home, imatch):
    imatch.faults.add(Fault("5000", route="GET /v1/imatch/appvar", times=0))
    with pytest.raises(LibraryUnavailable, match="busy with a dialog"):
        move(home, imatch)


# --- and then ---------------------------------------------------------------------------------------------------------


def test_plan_with_the_written_settings_runs_against_the_stand_ins(
    home, imatch, flickr, pixelfed, tmp_path, monkeypatch
):
    tell(imatch, {"pixelfed_url": pixelfed.url, "pixelfed_token": pixelfed.token})
    tell(imatch, {"flickr_apikey": flickr.key, "flickr_apisecret": flickr.secret})
    move(home, imatch)
    at_home(home, tmp_path)
    monkeypatch.setenv("HELIOGRAPH_PLATFORMS__FLICKR__URL", flickr.url)
    with Desk(settings(home)) as desk:
        desk.sign_in("flickr", Owner(), {})
        plan = desk.plan()
    assert desk.troubles == {}
    added = {action.platform: action.wanted for action in plan.effects if action.where.endswith("quay.jpg")}
    assert sorted(added) == ["flickr", "pixelfed", "quantum"]
    assert added["flickr"].fields["text"] == "Boats at rest.\n\nS1"
    assert sorted(added["flickr"].fields["tags"]) == ["landscape", "landscape photography", "nature", "water"]
    assert added["pixelfed"].fields["alt"] == "Boats at rest."
    assert imatch.calls.writes == ()


def test_a_photo_without_its_words_is_refused_under_the_old_labels(home, imatch, tmp_path):
    from heliograph.libraries.imatch.labels import labels

    imatch.world.add_file("D:\\Photos\\bare.jpg", categories=["Socials|quantum"])
    (tmp_path / "pictures/bare.jpg").write_bytes(coded(2))
    forget(imatch, "pixelfed_token")
    move(home, imatch)
    at_home(home, tmp_path)
    with Desk(settings(home)) as desk:
        plan = desk.plan(("quantum",))
    (refused,) = [action for action in plan.actions if action.verb == Verb.REFUSE]
    assert labels(refused.refusals) >= {
        "missing title",
        "missing description",
        "missing hierarchical_keywords",
        "missing model",
    }


def test_the_doctor_looks_at_imatch_too(home, imatch):
    forget(imatch, "pixelfed_token")
    move(home, imatch)
    with Desk(settings(home), FakeClock()) as desk:
        told = {check.sentence: check.health for check in doctoring.checks(desk) if check.name == "library"}
        imatch.close_imatch()
        ill = [check for check in doctoring.checks(desk) if check.name == "library"]
    sentence, away = told
    assert told[away] == Health.WARN, "its drive is not on this computer"
    assert "flickr, mastodon, pixelfed, quantum; 1 photo in them" in sentence
    assert told[sentence] == Health.GOOD
    assert [check.health for check in ill] == [Health.BAD]
    assert "Is IMatch running" in ill[0].sentence
