"""Texts that a template made are turned back into the words they were made of, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.caption import turned_back
from heliograph.model import F, Facts, Limits, Photo, Place, Taken
from heliograph.policy import Captions, PlatformPolicy, Selection
from heliograph.wanted import Edits, homecoming, verdict

LIMITS = Limits(
    fields=frozenset({F.TITLE, F.TEXT, F.ALT, F.TAGS, F.TAKEN, F.PLACE, F.RIGHTS}),
    rides=frozenset(),
    amendable=frozenset({F.TITLE, F.TEXT}),
    text_len=200,
)
FACTS = Facts(title="Low tide", caption="Boats", keywords=("Sea",), keyword_paths=(("Places", "Norway"),))
words = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn"]), max_size=60)


def policy(**captions: str) -> PlatformPolicy:
    texts = {"title": "{{ title or name }}", "text": "{{ caption }}", "alt": "{{ alt_text }}", **captions}
    return PlatformPolicy("there", "memory", captions=Captions(**texts), select=Selection(everything=True))


def photo(facts: Facts) -> Photo:
    return Photo("a.jpg", "a" * 64, "jpeg scans", "image/jpeg", 1, facts)


def came(shown: dict[str, object], ours: PlatformPolicy, facts: Facts = FACTS, agreed: dict[str, object] | None = None):
    base = verdict(photo(facts), "a" * 32, ours, LIMITS).wanted.fields
    edits = Edits(shown, shown, base if agreed is None else agreed, lambda _, sent, seen: sent == seen)
    return homecoming(photo(facts), "a" * 32, ours, LIMITS, edits)


TEMPLATES = [
    "{{ caption }}",
    "{{ title }}\n\n{{ caption }}",
    "{{ caption }}\n\n{{ hashtags }}",
    "{% if caption %}{{ caption }}\n\n{% endif %}Photo: {{ title }}",
    "{{ caption }}{% if alt_text %}\n\nAlt text: {{ alt_text }}{% endif %}",
]


@pytest.mark.parametrize("text", TEMPLATES)
def test_an_edit_within_the_frame_of_a_template_is_the_caption(text: str) -> None:
    ours = policy(text=text)
    shown = verdict(photo(replace(FACTS, caption="Gulls & boats")), "a" * 32, ours, LIMITS).wanted.fields[F.TEXT]
    coming = came({F.TEXT: shown}, ours)
    assert coming.facts == {"caption": "Gulls & boats"}
    assert coming.wanted.fields[F.TEXT] == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ title }}: {{ caption }}", "Boats at low tide"),
        ("{{ caption | upper }}", "Gulls"),
        ("{{ caption }} {{ caption }}", "Gulls and boats"),
        ("{{ headline }}", "Gulls"),
        ("{{ caption }}", "x" * 201),
    ],
)
def test_what_the_template_cannot_have_made_is_not_guessed(text: str, shown: str) -> None:
    coming = came({F.TEXT: shown}, policy(text=text))
    assert (coming.facts, coming.stuck) == ({}, {F.TEXT})


@given(words, words, st.sampled_from(TEMPLATES))
def test_what_is_taken_home_makes_exactly_what_is_shown(caption: str, title: str, text: str) -> None:
    facts = replace(FACTS, title=" ".join(title.split()), caption=caption.strip())
    ours = policy(text=text)
    shown = verdict(photo(facts), "a" * 32, ours, LIMITS).wanted.fields
    coming = came({name: shown[name] for name in (F.TITLE, F.TEXT)}, ours)
    for name in {F.TITLE, F.TEXT} - coming.stuck:
        assert coming.wanted.fields[name] == shown[name]


def test_one_text_that_is_stuck_does_not_hold_the_others() -> None:
    coming = came({F.TITLE: "Ebb", F.TEXT: "Gulls"}, policy(text="{{ title }}: {{ caption }}"))
    assert coming.facts == {"title": "Ebb"}
    assert coming.stuck == {F.TEXT}


@pytest.mark.parametrize(
    ("shown", "added", "removed"),
    [
        (("Norway", "Sea", "New York"), ("New York",), ()),
        (("Norway",), (), ("Sea",)),
        (("Sea",), (), ()),  # what stands in a branch is the owner's own order of things
        (("norway", "sea"), (), ()),
        (("Norway", "Sea", "People", "Socials"), (), ()),
        (("Norway", "Sea", "flickrsync:signature=abc"), (), ()),
    ],
    ids=["added", "removed", "in a branch", "another case", "kept at home", "a program's note"],
)
def test_of_tags_only_the_differences_come_home(shown, added, removed) -> None:
    coming = came({F.TAGS: shown}, policy())
    assert coming.facts.get("keywords", ((), ())) == (added, removed)


def test_a_date_keeps_the_offset_that_the_platform_does_not_know() -> None:
    facts = replace(FACTS, taken=Taken("2024-05-03T10:00:00", "25", "+02:00"))
    coming = came({F.TAKEN: ("2024-05-03T11:00:00", "", "", "")}, policy(), facts)
    assert coming.facts == {"taken": ("2024-05-03T11:00:00", "", "+02:00", "")}


def test_a_place_keeps_its_names() -> None:
    facts = replace(FACTS, place=Place(city="Reine", country="Norway"))
    coming = came({F.PLACE: (67.9, 13.1)}, policy(), facts)
    assert coming.facts == {"place": (67.9, 13.1)}
    assert not coming.stuck


def test_words_that_nobody_could_have_written_are_told_apart_from_nothing() -> None:
    make: Callable[[str], str] = lambda text: f"[{text}]" if text else ""  # noqa: E731 - a template
    assert turned_back(make, "[]", lambda made: made == "[]") is None
    assert turned_back(make, "", lambda made: made == "") == ""
    assert turned_back(make, "[x]", lambda made: made == "[x]") == "x"
