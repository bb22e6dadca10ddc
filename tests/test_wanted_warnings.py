"""What is shown behind a warning, and what becomes of texts that are too long for a platform."""

from dataclasses import replace

import pytest

from heliograph.model import Exposure, F, Facts, Limits, Photo
from heliograph.policy import Captions, OnTooLong, PlatformPolicy, Rules, Warn
from heliograph.wanted import verdict

PHOTO_FIELDS = frozenset({F.PICTURE, F.TITLE, F.TEXT, F.ALT, F.TAGS})
SITE_LIMITS = Limits(PHOTO_FIELDS, PHOTO_FIELDS, PHOTO_FIELDS)
TEMPLATES = Captions(title="{{ title or name }}", text="{{ caption }}\n{{ hashtags }}", alt="{{ alt_text or title }}")
FULL = Facts(
    title="Lighthouse",
    caption="Seen from the ferry on the way north",
    alt_text="A white lighthouse",
    keywords=("sea",),
    keyword_paths=(("Socials", "site"),),
    exposure=Exposure(200, (1, 60), 8.0, 50.0),
)
SITE = PlatformPolicy("site", "site", captions=TEMPLATES)


def photo(facts=FULL):
    return Photo("2024/LOF_1.jpg", "cd" * 32, "jpeg scans", "image/jpeg", 8_000_000, facts)


def decided(policy=SITE, limits=SITE_LIMITS, of=None):
    return verdict(of or photo(), "cd" * 16, policy, limits)


WARNING_LIMITS = replace(SITE_LIMITS, fields=PHOTO_FIELDS | {F.WARNING})
WARNED = replace(SITE, rules=Rules(warnings=(Warn("Nudity", "nudity"), Warn("Blood")), withhold=("Nudity",)))


def of(*branches, **facts):
    return photo(Facts(keyword_paths=(("Socials", "site"), *((branch,) for branch in branches)), **facts))


@pytest.mark.parametrize(
    ("branches", "expected"), [((), None), (("Nudity",), "nudity"), (("Blood",), ""), (("Blood", "Nudity"), "nudity")]
)
def test_a_warning_is_shown_also_for_keywords_that_stay_at_home(branches, expected):
    found = decided(WARNED, WARNING_LIMITS, of(*branches))
    assert found.wanted is not None
    assert found.wanted.fields[F.WARNING] == expected
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("branch", "said"), [("Nudity", "without the warning “nudity”"), ("Blood", "without a mark that it is sensitive")]
)
def test_where_a_platform_cannot_warn_the_photo_is_shown_and_that_is_said(branch, said):
    found = decided(WARNED, SITE_LIMITS, of(branch))
    assert found.wanted is not None
    assert F.WARNING not in found.wanted.fields
    assert len(found.left_out) == 1
    assert said in found.left_out[0]


def test_the_words_of_a_warning_take_their_room_from_the_text():
    limits = replace(WARNING_LIMITS, text_len=20)
    policy = replace(WARNED, captions=Captions(text="{{ caption }}"))
    plainly = decided(policy, limits, of(caption="one two three four"))
    behind = decided(policy, limits, of("Nudity", caption="one two three four"))
    assert plainly.wanted is not None
    assert behind.wanted is not None
    assert plainly.wanted.fields[F.TEXT] == "one two three four"
    assert behind.wanted.fields[F.TEXT] == "one two three\u2026"


SHORT = replace(SITE_LIMITS, title_len=9, text_len=30, alt_len=12)


def test_a_text_that_is_too_long_is_cut_or_the_photo_refused_as_the_settings_say():
    cut = decided(limits=SHORT)
    assert cut.wanted is not None
    assert (cut.refusals, len(cut.left_out)) == ((), 4)
    assert cut.wanted.left_out == cut.left_out
    refused = decided(replace(SITE, captions=replace(TEMPLATES, too_long=OnTooLong.REFUSE)), SHORT)
    assert refused.wanted is None
    assert [sentence.partition(" characters")[0] for sentence in refused.refusals] == [
        "Its title has 10",
        "Its text has 36",
        "Its alt text has 18",
    ]
    assert decided(replace(SITE, captions=replace(TEMPLATES, too_long=OnTooLong.REFUSE))).refusals == ()


def test_too_long_is_one_reason_among_the_others():
    strict = replace(SITE, captions=replace(TEMPLATES, too_long=OnTooLong.REFUSE))
    headed = replace(strict, rules=Rules(place=True, required=("headline",)))
    assert len(decided(headed, SHORT).refusals) == 1 + len(decided(strict, SHORT).refusals) == 4


def test_hashtags_and_lines_that_are_left_out_refuse_nothing():
    sparing = Captions(text="{{ title }}\n{{ hashtags }}\n{{ shooting_line }}", too_long=OnTooLong.REFUSE)
    found = decided(replace(SITE, captions=sparing), replace(SITE_LIMITS, text_len=10))
    assert found.wanted is not None
    assert found.wanted.fields[F.TEXT] == "Lighthouse"
    assert found.left_out == (
        "The text has room for 10 characters: left out #Sea, “ISO 200 | 1/60 sec | f/8 | 50 mm”.",
    )
