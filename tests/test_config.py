import json
import re
import tomllib
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliograph.config import find, load, options, reference, schema, starter
from heliograph.desk.making import LIBRARIES, PLATFORMS, Guest, places
from heliograph.errors import Mistake
from heliograph.platforms.flickr import Account
from heliograph.policy import STRICT, Audience, Direction, OnAudience, OnMissing, OnUnwanted
from memory import FakeClock

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "settings.md"
CANARY = "kanarienvogel-97"


def kinds():
    from heliograph.libraries import folder
    from heliograph.libraries.imatch import options as imatch
    from heliograph.platforms import flickr, site
    from heliograph.platforms.fediverse.options import Options as Server
    from heliograph.platforms.site import markdown
    from heliograph.platforms.site.destination import Destination

    return {
        "[library] of kind folder": folder.Options,
        "[library] of kind imatch": imatch.Options,
        "[[library.keywords]] of kind imatch": imatch.CategoryKeywords,
        "[platforms.NAME] of kind site": site.Options,
        "[platforms.NAME] of kind markdown": markdown.Options,
        "[platforms.NAME.publish] of kind site or markdown": Destination,
        "[platforms.NAME] of kind flickr": flickr.Options,
        "[platforms.NAME] of kind mastodon, pixelfed, gotosocial or fediverse": Server,
    }


@pytest.fixture
def write(tmp_path):
    (tmp_path / "photos").mkdir()

    def written(text, library='[library]\nfolder = "photos"\n'):
        path = tmp_path / "heliograph.toml"
        path.write_text(library + text, encoding="utf-8")
        return path

    return written


def wrong(path, env=None):
    with pytest.raises(Mistake) as caught:
        load(path, env or {})
    assert "pydantic" not in caught.value.sentence
    assert str(path) in caught.value.sentence
    assert "Traceback" not in caught.value.sentence
    return caught.value.sentence


# --- finding the file -------------------------------------------------------------------------------------------------


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    monkeypatch.setattr("heliograph.config.search.user_folder", lambda: tmp_path / "user")
    return tmp_path


def test_the_nearest_file_at_or_above_the_start_is_found(nowhere):
    deep = nowhere / "a" / "b"
    deep.mkdir(parents=True)
    assert find(None, {}, deep) is None
    (nowhere / "heliograph.toml").touch()
    assert find(None, {}, deep) == nowhere / "heliograph.toml"
    (deep / "heliograph.toml").touch()
    assert find(None, {}, deep) == deep / "heliograph.toml"


def test_a_named_file_wins_over_the_environment_and_that_over_folders(nowhere):
    for name in ("named.toml", "variable.toml", "heliograph.toml"):
        (nowhere / name).touch()
    env = {"HELIOGRAPH_CONFIG": str(nowhere / "variable.toml")}
    assert find(nowhere / "named.toml", env, nowhere) == nowhere / "named.toml"
    assert find(None, env, nowhere) == nowhere / "variable.toml"
    assert find(nowhere, env, nowhere) == nowhere / "heliograph.toml"


def test_the_users_own_file_comes_last_and_keeps_its_state_elsewhere(nowhere, monkeypatch):
    (nowhere / "user").mkdir()
    own = nowhere / "user" / "heliograph.toml"
    own.write_text('[library]\nfolder = "/photos"\n', encoding="utf-8")
    start = nowhere / "start"
    start.mkdir()
    assert find(None, {}, start) == own
    monkeypatch.setattr("heliograph.config.search.user_data_path", lambda *_, **__: nowhere / "data")
    assert load(own, {}).state == nowhere / "data"


@pytest.mark.parametrize("env", [None, "HELIOGRAPH_CONFIG"])
def test_a_named_file_that_is_not_there_is_a_mistake_with_the_fix(nowhere, env):
    missing = nowhere / "gone.toml"
    with pytest.raises(Mistake, match=r"gone\.toml.* is not there.*helio init"):
        find(None if env else missing, {env: str(missing)} if env else {}, nowhere)


# --- reading it -------------------------------------------------------------------------------------------------------


def test_a_small_file_gives_whole_settings(write, tmp_path):
    found = load(write('[platforms.site]\nfolder = "out"\ntitle = "Dunes"\n'), {})
    assert found.library.kind == "folder"
    assert found.library.options == {"folder": "photos"}
    assert found.state == tmp_path / ".heliograph"
    assert found.notes == ()
    (site,) = found.platforms
    assert (site.policy.name, site.policy.kind, site.policy.direction) == ("site", "site", Direction.PUBLISH)
    assert site.policy.rules.never == ("Private",)
    assert site.options == {"folder": "out", "title": "Dunes"}
    with pytest.raises(FrozenInstanceError):
        found.state = tmp_path


def test_common_sections_hold_for_all_and_a_platforms_own_replace_them_key_by_key(write):
    text = """
        [rules]
        never = ["Secret"]
        people = true
        [[rules.private_places]]
        name = "home"
        latitude = 52
        longitude = 13.4
        [when]
        missing = "add"
        [platforms.site.rules]
        people = false
        [platforms.other]
        kind = "site"
        direction = "both"
        select.everything = true
    """
    site, other = load(write(text), {}).platforms
    assert (site.policy.rules.never, site.policy.rules.people) == (("Secret",), False)
    assert (other.policy.rules.never, other.policy.rules.people) == (("Secret",), True)
    assert site.policy.rules.private_places[0].radius_m == 500.0
    assert other.policy.kind == "site"
    assert other.policy.direction is Direction.BOTH
    assert other.policy.select.everything
    assert other.policy.when.missing is OnMissing.ADD


def test_each_platform_has_an_audience_of_its_own_and_unset_is_unset(write):
    text = """
        [audience]
        show = "family"
        [when]
        emptied = "leave"
        [platforms.flickr.audience]
        change = "all"
        [platforms.other]
        kind = "flickr"
        audience.show = "friends and family"
        when.emptied = "delete"
        picture.embed = []
    """
    one, other = load(write(text), {}).platforms
    assert one.policy.audience == Audience("family", OnAudience.ALL)
    assert other.policy.audience == Audience("friends and family", OnAudience.NEW)
    assert (one.policy.when.emptied, other.policy.when.emptied) == (OnUnwanted.LEAVE, OnUnwanted.DELETE)
    assert (one.policy.picture.embed, other.policy.picture.embed) == (None, ())


def opened(path):
    """The platforms of a file, with an account where one is needed."""
    guest = Guest(Account("token", "secret", "1@N01", "ida", perms="write"), {"key": "k", "secret": "s"})
    return places(load(path, {}), FakeClock(), guests={"flickr": guest})


def test_every_platform_on_the_network_is_given_a_memory_of_its_own_also_where_a_guest_uses_it(write):
    class Named:
        def __init__(self, name):
            self.name = name

    path = write(
        "[platforms.one]\nkind = 'flickr'\n[platforms.two]\nkind = 'flickr'\n[platforms.site]\nfolder = 'out'\n"
    )
    guest = Guest(Account("token", "secret", "1@N01", "ida", perms="write"), {"key": "k", "secret": "s"})
    made = places(load(path, {}), FakeClock(), guests={"one": guest, "two": guest}, remembered=Named)
    assert [made[name].platform.means.memory.name for name in ("one", "two")] == ["one", "two"]
    assert made["one"].platform.means.account is guest.account


@pytest.mark.parametrize("show", ["", "public", "friends", "family", "friends and family", "private"])
def test_every_audience_that_flickr_knows_can_be_set(write, show):
    place = opened(write(f"[platforms.flickr]\naudience.show = '{show}'\n"))["flickr"]
    assert place.policy.audience.show == show
    assert place.platform.limits.audiences[0] == "public"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[platforms.flickr]\naudience.show = 'freinds'", ["flickr knows no 'freinds'", "Did you mean 'friends'?"]),
        ("[platforms.flickr]\naudience.show = 'nobody'", ["There are:", "friends and family", "private"]),
        ("[audience]\nshow = 'privat'\n[platforms.flickr]", ["[platforms.flickr.audience] show", "'private'"]),
        (
            "[platforms.site]\nfolder = 'out'\naudience.show = 'friends'",
            ["Everybody sees what is there", "below the platforms"],
        ),
    ],
)
def test_an_audience_that_a_platform_does_not_know_is_a_mistake(write, text, words):
    path = write(text + "\n")
    with pytest.raises(Mistake) as caught:
        opened(path)
    for word in [str(path), "Nothing was done", *words]:
        assert word in caught.value.sentence


def test_the_environment_wins_over_the_file_and_finds_hyphens_and_capitals(write):
    path = write('[platforms.My-Site]\ntitle = "Old"\n[rules]\npeople = true\n')
    env = {
        "HELIOGRAPH_PLATFORMS__MY_SITE__TITLE": "2024",
        "HELIOGRAPH_PLATFORMS__MY_SITE__SELECT__MIN_RATING": "4",
        "HELIOGRAPH_PLATFORMS__MY_SITE__SELECT__KEYWORD": "2024",
        "HELIOGRAPH_RULES__PEOPLE": "false",
        "HELIOGRAPH_RULES__NEVER": '["A|B", "C"]',
        "HELIOGRAPH_LIBRARY__FOLDER": "elsewhere",
        "HELIOGRAPH_CONFIG": "ignored",
        "HELIOGRAPH_SECRET_MY__SITE": "ignored",
        "OTHER__THING": "ignored",
    }
    found = load(path, env)
    (site,) = found.platforms
    assert site.policy.select.min_rating == 4
    assert site.policy.select.keyword == "2024"
    assert not site.policy.rules.people
    assert site.policy.rules.never == ("A|B", "C")
    assert found.library.options["folder"] == "elsewhere"
    assert options(Own, {**site.options, "folder": "out"}, "platforms.My-Site", path).title == "2024"


def test_a_mistake_in_the_environment_names_the_variable(write):
    sentence = wrong(write("[rules]\npeople = true\n"), {"HELIOGRAPH_RULES__PEOPLE": "perhaps"})
    assert "HELIOGRAPH_RULES__PEOPLE: rules.people must be true or false" in sentence


def test_an_absent_library_folder_is_said_without_stopping(write, tmp_path):
    found = load(write("", '[library]\nfolder = "unplugged"\n'), {})
    assert f"{tmp_path / 'unplugged'} is not there. Connect its disk" in found.notes[0]
    assert "names no platform" in found.notes[1]


def test_notepads_byte_order_mark_does_no_harm(write):
    path = write("")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(path, {}).library.kind == "folder"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[rules", ["not valid TOML", "line"]),
        ("[state]\nfolder = 'a'\nfolder = 'b'", ["not valid TOML", "line 5"]),
        ('[state]\nfolder = "C:\\Users\\me"', ["single quotes"]),
        ("[state]\nfolder = photos", ["Texts stand in quotes"]),
        ("[rules]\nnevr = ['x']", ["line 4", "rules.nevr is no known setting", "Did you mean 'never'?"]),
        ("[rulez]\nnever = ['x']", ["line 3", "rulez is no known setting", "'rules'"]),
        ("[platforms.site.rules]\nnevr = ['x']", ["line 4", "platforms.site.rules.nevr", "'never'"]),
        ("[rules]\nzzz = 1", ["There are:", "withhold"]),
        ("[rules]\npeople = 'yes'", ["line 4", "true or false, not text"]),
        ("[rules]\nnever = 'Private'", ["a list", "not text"]),
        ("[rules]\nnever = [1]", ["rules.never[1]", "text in quotes"]),
        ("[select]\nmin_rating = '4'", ["a whole number, such as 10, not text"]),
        ("[select]\nmin_rating = 4.5", ["a whole number"]),
        ("[select]\nmin_rating = 9", ["from -1 to 5"]),
        ("[picture]\nquality = 0", ["picture.quality must be from 1 to 100"]),
        ("[picture]\nlong_edge_px = [2048, 3]", ["picture.long_edge_px[2] must be from 16"]),
        ("[guards]\nmax_delete_share = nan", ["guards.max_delete_share must be from 0 to 1"]),
        ("[when]\nmissing = 'aks'", ["must be one of", '"ask"', "Did you mean 'ask'?"]),
        ("[when]\nloved = 'delte'", ["must be one of", '"leave"', "Did you mean 'delete'?"]),
        ("[when]\nemptied = 'ask'", ["must be one of", '"delete"', '"leave"']),
        ("[audience]\nchange = 'al'", ["audience.change is", "must be one of", '"new"', "Did you mean 'all'?"]),
        ("[audience]\nshwo = 'friends'", ["audience.shwo is no known setting", "Did you mean 'show'?"]),
        ("[captions]\ntags = 'leafs'", ["Did you mean 'leaves'?"]),
        ("[picture]\nsend = 'orginal'", ["Did you mean 'original'?"]),
        ("[rules]\nrequired = ['titel']", ["rules.required[1]", "Did you mean 'title'?"]),
        ("[[rules.private_places]]\nname = 'home'\nlatitude = 91\nlongitude = 0", ["line 5", "from -90 to 90"]),
        ("[[rules.private_places]]\nname = 'home'", ["line 3", "latitude is missing", "latitude = 52.5"]),
        ("[[rules.warnings]]\nkeyword = ' | '", ["line 4", "rules.warnings[1].keyword names no keyword", "Nudity"]),
        ("[[rules.warnings]]\nwords = 'spiders'", ["line 3", "keyword is missing"]),
        ("[[rules.warnings]]\nkeyword = 'A'\nword = 'b'", ["line 5", "Did you mean 'words'?"]),
        ("[captions]\ntoo_long = 'refused'", ["captions.too_long", "Did you mean 'refuse'?"]),
        ("[log]\nlevel = 'loud'", ['"debug"']),
        ("[platforms.site]\ndirection = 'bth'", ["line 4", "Did you mean 'both'?"]),
        ("[platforms]\nsite = 'out'", ["[platforms.site]"]),
        ("[platforms.site]\nrules = 'none'", ["platforms.site.rules must be a section"]),
        ("[platforms.'my site']", ["only letters, digits"]),
        ("[platforms.albums]", ["keyword branch"]),
        ("[platforms.site]\n[platforms.Site]", ["Two platforms are called 'site'"]),
        ("[platforms.a]\nfolder='out'\n[platforms.b]\nfolder='./out'", ["line 6", "a both write to", "of its own"]),
        ("[platforms.a]\nfolder='photos/out'", ["inside the library"]),
        ("[platforms.a]\nfolder='.'", ["which holds the library"]),
        ("[platforms.a]\nfolder='out'\n[state]\nfolder='out/state'", ["heliograph's own ledger"]),
    ],
)
def test_each_mistake_is_a_sentence_with_the_fix(write, text, words):
    sentence = wrong(write(text + "\n"))
    for word in words:
        assert word in sentence
    assert "othing was done" in sentence


def test_all_mistakes_are_named_at_once_each_with_its_line(write):
    sentence = wrong(write('[rules]\nnevr = []\npeople = 1\n[platforms.site]\ndirection = "up"\nfolder = "photos/x"\n'))
    assert "has 4 mistakes" in sentence
    assert [line.split(":")[0].strip() for line in sentence.splitlines()[1:]] == [
        "line 4",
        "line 5",
        "line 7",
        "line 8",
    ]


def test_a_mistake_in_a_common_section_is_named_once(write):
    assert wrong(write("[rules]\nnevr = []\n[platforms.a]\n[platforms.b]\n")).count("nevr") == 1


def test_a_value_in_the_wrong_place_is_not_repeated_since_it_may_be_a_password(write):
    assert CANARY not in wrong(write(f"[rules]\npeople = '{CANARY}'\npassword = '{CANARY}'\n"))


def test_a_missing_library_section_says_what_to_add(write):
    assert "[library] is missing" in wrong(write("", ""))


@pytest.mark.parametrize("content", [b"\xff\xfe[", b"\x00", b"[" * 100_000])
def test_files_that_are_no_settings_are_mistakes(tmp_path, content):
    path = tmp_path / "heliograph.toml"
    path.write_bytes(content)
    wrong(path)


def test_a_file_that_is_gone_or_a_folder_is_a_mistake(tmp_path):
    wrong(tmp_path / "gone.toml")
    wrong(tmp_path)


TOML = st.recursive(
    st.booleans() | st.integers(-9, 999) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["rules", "never", "people", "select", "min_rating", "site", "folder", "kind", "picture", "x"])


@settings(max_examples=60)
@given(st.dictionaries(st.tuples(KEYS, KEYS), TOML, max_size=4), st.text(max_size=20))
def test_whatever_stands_in_the_file_it_is_settings_or_a_mistake(tmp_path_factory, sections, tail):
    path = tmp_path_factory.mktemp("any") / "heliograph.toml"
    lines = [f"[platforms.site.{one}]\n{two} = {json.dumps(value)}" for (one, two), value in sections.items()]
    path.write_text('[library]\nfolder="p"\n' + "\n".join(lines) + "\n# " + repr(tail), encoding="utf-8")
    try:
        said = str(load(path, {"HELIOGRAPH_RULES__NEVER": tail}).path)
    except Mistake as mistake:
        said = mistake.sentence
    assert said.startswith(str(path))


# --- a platform's or library's own options ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Own:
    __pydantic_config__: ClassVar[dict] = STRICT
    folder: Path
    title: str = "Photographs"
    latest: int = 36
    spare: Path | None = None

    def __post_init__(self):
        if self.latest < 1:
            message = "latest must be 1 or more"
            raise ValueError(message)


def test_own_options_come_back_typed_with_paths_from_the_file_on(write, tmp_path):
    path = write('[platforms.site]\nfolder = "../out"\nspare = "~/x"\nlatest = 3\n')
    made = options(Own, load(path, {}).platforms[0].options, "platforms.site", path)
    assert made == Own(tmp_path / "../out", latest=3, spare=Path.home() / "x")


@pytest.mark.parametrize(
    ("given_options", "words"),
    [
        ({}, ["platforms.site.folder is missing. Add it: folder = '~/Sites/photos'. Nothing was done."]),
        (
            {"folder": "o", "titel": "x"},
            ["line 4", "platforms.site.titel is no known setting", "Did you mean 'title'?"],
        ),
        ({"folder": "o", "selct": {}}, ["Did you mean 'select'?"]),
        ({"folder": 7}, ["a path in quotes"]),
        ({"folder": "o", "latest": "many"}, ["platforms.site.latest must be a whole number, such as 10, not text"]),
        ({"folder": "o", "latest": 0}, ["latest must be 1 or more"]),
        ({"titel": "x", "latest": "y"}, ["3 mistakes"]),
    ],
)
def test_wrong_own_options_are_sentences(write, given_options, words):
    path = write("[platforms.site]\ntitel = 'x'\n")
    with pytest.raises(Mistake) as caught:
        options(Own, given_options, "platforms.site", path)
    for word in words:
        assert word in caught.value.sentence


def test_own_options_can_be_checked_when_the_file_is_gone_meanwhile(tmp_path):
    with pytest.raises(Mistake, match="folder is missing"):
        options(Own, {}, "library", tmp_path / "gone.toml")


# --- the starter, the schema, the page --------------------------------------------------------------------------------


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_the_starter_is_valid_toml_whatever_the_folders_are_called(name):
    path = Path("/photos") / ("x" + name)
    if not str(path).isascii() and str(path) != str(path).encode("utf-8", "replace").decode():
        with pytest.raises(Mistake, match="no proper text"):
            starter(path, Path("/site"))
    else:
        assert tomllib.loads(starter(path, Path("/site")))["library"]["folder"] == str(path)


def test_the_starter_loads_and_so_does_everything_in_its_comments(tmp_path):
    (tmp_path / "p").mkdir()
    path = tmp_path / "heliograph.toml"
    text = starter(tmp_path / "p", tmp_path / "site")
    path.write_text(text, encoding="utf-8")
    assert load(path, {}).notes == ()
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    kept = [line for line in lines if "=" in line.split("#")[0] or line.startswith("[")]
    path.write_text("\n".join(kept), encoding="utf-8")
    loaded = load(path, {})
    assert loaded.platforms[0].policy.select.everything
    assert loaded.platforms[0].policy.rules.private_places[0].name == "home"


def test_the_schema_knows_every_key_and_forbids_others():
    form = schema()
    assert form["properties"]["rules"]["properties"]["never"]["type"] == "array"
    assert form["properties"]["rules"]["additionalProperties"] is False
    assert "select" in form["properties"]["platforms"]["additionalProperties"]["properties"]
    assert json.loads(json.dumps(form)) == form
    named = {line.split('"')[-2] for line in json.dumps(form, indent=0).splitlines() if '"$ref"' in line}
    assert {name.removeprefix("#/$defs/") for name in named} <= set(form["$defs"])


def test_every_key_has_a_meaning_on_the_page():
    rows = [line for line in reference(kinds()).splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert [row for row in rows if row.endswith("|  |")] == []


def test_the_page_has_a_section_for_every_kind_of_library_and_platform():
    told = " ".join(line for line in reference(kinds()).splitlines() if line.startswith("## "))
    assert [kind for kind in (*LIBRARIES, *PLATFORMS) if not re.search(rf"of kind .*\b{kind}\b", told)] == []


def test_defaults_on_the_page_are_what_can_be_written_into_the_file():
    page = reference(kinds())
    for line in page.splitlines():
        match line.replace("\\|", "¦").split(" | "):
            case [_, _, default, _] if default.startswith("`"):
                tomllib.loads(f"key = {default.strip('`').replace('¦', '|')}")
    assert "| table of lists of texts | `{}` |" in page
    assert '{ category = "Location", levels = 3 }' in page


def test_the_settings_page_is_current():
    text = PAGE.read_text(encoding="utf-8")
    assert text == reference(kinds()), f"run: python {Path(__file__).name} in the folder tests"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reference(kinds()), encoding="utf-8", newline="\n")
