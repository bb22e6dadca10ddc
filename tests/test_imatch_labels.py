"""Error categories at the desk: they name what is refused now, through restarts, plans, and photos that come and go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flickr_studio import POLICY
from heliograph.model import Order, Verb
from heliograph.policy import Rules, When
from heliograph.standin.imws import Fault, What
from imatch_house import served
from imatch_studio import Household, at_work

LABEL = "Socials|flickr|__errors|missing title"


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def home(tmp_path: Path, template: Path, standin) -> Iterator[Household]:
    policy = replace(POLICY, rules=Rules(required=("title",)), when=When(refused="leave"))
    with at_work(tmp_path, template, standin, policy=policy) as home:
        home.database.category(LABEL)
        for name in ("a", "b", "c"):
            home.add(name, "flickr")
        home.run()
        for name in ("a", "b", "c"):
            home.say(name, title="")
        home.run()
        assert all(home.labels(name) == {"missing title"} for name in ("a", "b", "c"))
        yield home


def test_a_photo_that_is_refused_no_more_and_only_kept_loses_its_label(home):
    home.say("a", title="A")
    assert ("a", "flickr") not in home.actions(), "nothing is to be done about it"
    assert home.labels("a") == {"missing title"}, "a plan writes nothing"
    home.run()
    assert [home.labels(name) for name in ("a", "b", "c")] == [set(), {"missing title"}, {"missing title"}]
    home.run()
    assert home.writes() == 0


def test_a_photo_that_is_wanted_nowhere_any_more_loses_its_label_too(home):
    home.policy = replace(home.policy, when=When(refused="leave", unwanted="leave"))
    home.database.take_out(home.files["b"], "Socials|flickr")
    home.run()
    assert [home.labels(name) for name in ("a", "b", "c")] == [{"missing title"}, set(), {"missing title"}]


def test_a_label_that_could_not_be_taken_off_is_taken_off_in_the_next_run(home):
    home.say("a", title="A")
    home.imatch.standin.faults.add(Fault(What.FAILED, route="POST /v1/categories/unassign", times=0))
    home.run()
    assert home.labels("a") == {"missing title"}
    home.imatch.standin.faults.clear()
    home.run()
    assert home.labels("a") == set()


def test_a_photo_on_a_drive_that_is_away_keeps_its_label(home):
    away = home.imatch.folder.with_name("away")
    home.imatch.folder.rename(away)
    home.run()
    away.rename(home.imatch.folder)
    assert all(home.labels(name) == {"missing title"} for name in ("a", "b", "c"))


def test_while_the_owner_is_asked_about_a_refused_photo_its_label_stays(home):
    home.policy = replace(home.policy, when=When(refused="ask"))
    assert home.actions()["a", "flickr"].verb == Verb.ASK
    home.run()
    assert home.labels("a") == {"missing title"}
    home.flag("a", Order.DELETE)
    home.run()
    assert (home.labels("a"), home.row("a")) == (set(), {})
