"""What the owner wishes where: by keywords, folders, ratings and labels."""

import pytest

from heliograph.model import Facts, Photo, Wish
from heliograph.policy import PlatformPolicy, Selection
from heliograph.rules import wish

SITE = PlatformPolicy("site", "site")


def photo(facts=None, where="2024/Lofoten/LOF_0001.jpg", wishes=()):
    return Photo(where, "ab" * 32, "jpeg scans", "image/jpeg", 1000, facts or Facts(), wishes)


def tagged(*written, keywords=()):
    return Facts(keyword_paths=tuple(sorted(tuple(path.split("|")) for path in written)), keywords=keywords)


def wished(*written, policy=SITE):
    return wish(photo(tagged(*written)), policy)


def selecting(**select):
    return PlatformPolicy("site", "site", select=Selection(**select))


def test_a_keyword_below_the_root_wishes_its_platform_and_says_where_the_wish_stands():
    assert wished("Socials|site") == Wish("site", reason="keyword Socials|site")


@pytest.mark.parametrize("written", ["socials|SITE", "SOCIALS|Site", "Socials| site "])
def test_case_and_blanks_of_root_and_platform_do_not_matter(written):
    assert wished(written) is not None


def test_composed_and_decomposed_letters_are_the_same_platform():
    policy = PlatformPolicy("galerie-\u00e9t\u00e9", "site")
    assert wished("Socials|galerie-e\u0301te\u0301", policy=policy) is not None


@pytest.mark.parametrize(
    "written",
    [
        "Socials",
        "Socials|albums",
        "Socials|albums|Norway",
        "Socials|site|albums",
        "Socials|site|groups",
        "Socials|site|_delete",
        "Socials|site|__errors|missing title",
        "Socials|site|notes",
        "Socials|sites",
        "Other|Socials|site",
        "site",
    ],
)
def test_these_keywords_wish_nothing(written):
    assert wished(written) is None


def test_albums_and_groups_come_from_the_platform_and_from_the_neutral_branch():
    found = wished(
        "Socials|site|albums|Norway", "Socials|albums|Best", "Socials|site|groups|Sea", "Socials|flickr|albums|X"
    )
    assert found is not None
    assert (found.albums, found.groups) == (("Best", "Norway"), ("Sea",))


def test_an_underscore_below_the_platform_is_no_album():
    found = wished("Socials|site", "Socials|site|_update", "Socials|site|_albums|X")
    assert found is not None
    assert found.albums == ()


def test_deeper_album_levels_are_joined():
    found = wished("Socials|site|albums|Travel|Norway")
    assert found is not None
    assert found.albums == ("Travel / Norway",)


def test_a_path_among_the_flat_keywords_wishes_too():
    assert wish(photo(Facts(keywords=("Socials|site",))), SITE) is not None


def test_the_root_can_be_another_one_or_be_switched_off():
    assert wished("Publish|To|site", policy=selecting(keyword="Publish|To")) is not None
    assert wished("Socials|site", policy=selecting(keyword="")) is None


def test_wishes_that_the_library_holds_are_merged_with_those_in_keywords():
    held = photo(
        tagged("Socials|site|albums|B"), wishes=(Wish("Site", ("a", "b"), ("g",), "category X"), Wish("flickr", ("z",)))
    )
    found = wish(held, SITE)
    assert found == Wish("site", ("B", "a"), ("g",), "keyword Socials|site|albums|B, category X")


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("2024", True),
        ("2024/Lofoten", True),
        ("2024/lofoten/", True),
        ("20?4/*", True),
        ("*/Lof*", True),
        ("2024\\Lofoten", True),
        (".", True),
        ("", False),
        ("  ", False),
        ("202", False),
        ("Lofoten", False),
        ("*/*/*", False),
        ("2024/Lofoten/LOF_0001.jpg", False),
        ("20[0-9]4", False),
    ],
)
def test_a_folder_selects_everything_under_it(folder, expected):
    assert (wish(photo(), selecting(folders=(folder,))) is not None) is expected


def test_rating_label_and_everything_select_too_and_say_so():
    rated = photo(Facts(rating=4, label="Green"))
    assert wish(rated, selecting(min_rating=4, labels=("green",))) == Wish("site", reason="rating 4, label Green")
    assert wish(rated, selecting(min_rating=5)) is None
    assert wish(photo(), selecting(min_rating=0)) is None
    assert wish(photo(), selecting(everything=True)) is not None


def test_the_folder_is_an_album_only_of_photos_that_are_wanted():
    policy = selecting(folder_albums=True)
    found = wish(photo(tagged("Socials|site")), policy, "2024 / Lofoten")
    assert found is not None
    assert found.albums == ("2024 / Lofoten",)
    assert wish(photo(), policy, "2024 / Lofoten") is None
    at_the_top = wish(photo(tagged("Socials|site"), where="a.jpg"), policy)
    assert at_the_top is not None
    assert at_the_top.albums == ()
