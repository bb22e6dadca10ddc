"""What of a sentence is shown as something to be typed, and that nothing of it is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.web.typed import typed


def shown(sentence: str, name: str = "") -> str:
    return "".join(f"<{part}>" if is_typed else part for part, is_typed in typed(sentence, name))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Run `helio plan` again.", "Run <helio plan> again."),
        ("`helio signin NAME --delete` asks for it.", "<helio signin NAME --delete> asks for it."),
        ('Write (`when.changed = "flagged"`) there.', 'Write (<when.changed = "flagged">) there.'),
        ("Correct `theme` in `[platforms.site]`.", "Correct <theme> in <[platforms.site]>."),
        ("IMG`1`.jpg is damaged", "IMG`1`.jpg is damaged"),
        ("rock`n`roll.jpg and `Nacht`.jpg", "rock`n`roll.jpg and `Nacht`.jpg"),
        ("one ` alone", "one ` alone"),
    ],
)
def test_commands_and_settings_are_typed_and_backticks_in_names_stay(sentence, expected):
    assert shown(sentence) == expected


def test_a_name_that_looks_like_a_setting_stays_as_it_is_where_it_is_known():
    name = "my `theme` here.jpg"
    assert shown(f"{name} waits; run `helio plan`.", name) == f"{name} waits; run <helio plan>."


words = st.text(st.sampled_from("`ab.= (\n[]“,"), max_size=40)


@given(words, words)
def test_no_sign_is_lost_but_the_two_around_what_is_typed(sentence, name):
    pieces = list(typed(sentence, name))
    whole = "".join(f"`{part}`" if is_typed else part for part, is_typed in pieces)
    assert whole == sentence
