"""What the page of the fediverse stand-in says is what there is."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from pathlib import Path

import flask
import pytest

from heliograph.standin.fediverse import PROFILES, Fault, What, opened
from heliograph.standin.fediverse import __main__ as command
from heliograph.standin.fediverse.control import control
from heliograph.standin.fediverse.dials import Dials

PAGE = (Path(__file__).parent.parent / "docs/reference/stand-in-fediverse.md").read_text(encoding="utf-8")


def section(title):
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def as_written(value):
    return value if isinstance(value, str) else f"{value:.0f}" if isinstance(value, float) else json.dumps(value)


def test_every_dial_is_named_as_it_is_at_first():
    shown = dict(re.findall(r"^\| `(\w+)` \| `?(\w+)`? \|", section("Dials"), re.MULTILINE))
    assert shown == {name: as_written(value) for name, value in asdict(Dials()).items()}


def test_every_fault_and_each_of_its_fields_is_named():
    named = set(re.findall(r"`([^`]+)`", section("Faults")))
    assert {*What, *(field.name for field in fields(Fault))} - {"seen", "happened"} - named == set()


def test_every_profile_and_option_is_named():
    assert re.findall(r"^\| `([a-z.0-9-]+)` \|", section("Profiles"), re.MULTILINE) == list(PROFILES)
    options = {name for action in command._parser()._actions for name in action.option_strings if name.startswith("--")}
    assert options - {"--help"} == set(re.findall(r"^\| `(--[a-z-]+)", PAGE, re.MULTILINE))


def test_every_control_route_is_named(tmp_path):
    app = flask.Flask("control", static_folder=None)
    with opened(tmp_path) as standin:
        app.register_blueprint(control(standin.door))
    rules = [(rule, re.sub(r"<[^>]+>", "*", rule.rule.removeprefix("/_standin"))) for rule in app.url_map.iter_rules()]
    routes = {f"{method} {path}" for rule, path in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    named = re.findall(r"^\| `([A-Z]+ /[^`?]*)", PAGE, re.MULTILINE)
    assert {re.sub(r"(?<=/)[A-Z]+(?=/|$)", "*", name) for name in named} == routes


def test_a_dial_takes_what_its_type_says():
    dials = Dials()
    dials.turn_all({"listing_lag_s": 5, "version": "4.7.0", "text_len": None, "authorize": "no", "holes": 2})
    assert (dials.listing_lag_s, dials.version, dials.authorize) == (5, "4.7.0", "no")
    for name, value in {"holes": -1, "editing": 1, "authorize": "perhaps", "version": 4, "tides": 1}.items():
        with pytest.raises(ValueError, match="dial"):
            dials.turn(name, value)
