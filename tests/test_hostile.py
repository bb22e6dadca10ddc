"""Files and words that mean harm, or were merely unlucky, all in one library: the real command publishes the rest."""

from __future__ import annotations

import json
import os
import re
import struct
import sys
import unicodedata
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from heliograph import metadata
from heliograph.errors import Refused
from heliograph.model import Exposure, Place, Rights, Taken
from metadata_samples import bag, iim, jpeg_with, packet, resource, segment
from photos import Household, aged, draw, said

LINUX = sys.platform.startswith("linux")

WORDS = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "quotes": """" onmouseover="alert(3)" x='"'>'--><!--]]>""",
    "end of all": "</title></h1></a></body></html><b>after",
    "ansi": "\x1b[2J\x1b[31mred\x1b]0;title\x07\x9b1m",
    "bidi": "photo\u202egpj.exe\u2066\u2067\u2069\u200f",
    "up": "../../../etc/passwd",
    "nul": "be\0fore",
    "lines": 'one\r\nERROR faked line\n{"level": "info"}\rthree',
    "con": "CON",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f3\ufe0f\u200d\U0001f308 e\u0301",
    "surrogate": "half \ud83d of it",
    "long": "very long " * 1000,
    "jinja": "{{ 7*7 }} {% for x in range(9) %}{{ x }}{% endfor %} {{ ''.__class__.__mro__ }} {# gone #}",
    "markup": "[red]bold[/red] [link=file:///etc]x[/] %s %(name)s ${HOME} `id` =cmd()|' /C calc'!A0",
    "javascript": "javascript:alert(4)",
    "zalgo": "Z" + "\u0301\u0316" * 200,
    "nothing": " \t\n ",
    "tabs": "a\tb\x0bc\x0cd\x85e\u2028f\u2029g",
}
ALBUMS = ("../../etc", "<b>bold</b>", "CON", "{{ 7*7 }}", "a/b\\c", "..", "\u202eabc", 'x" onclick="y')

EVERYTHING = """\
[platforms.site.select]
everything = true

[rules]
people = true
place = true
"""


def hostile(home: Household, name: str, seed: int, words: str, *albums: str) -> None:
    """The words in every field that takes words, as far as the containers can hold them; else as raw IPTC."""
    facts = said(
        words,
        *albums,
        seed=seed,
        headline=words,
        caption=words,
        alt_text=words,
        extended_description=words,
        keywords=(words, "calm"),
        people=(words,),
        taken=Taken("2024-05-03T14:05:06", "25", "+02:00", words[:60]),
        camera_make=words[:60],
        camera_model=words[:60],
        lens=words[:60],
        exposure=Exposure(200, (1, 60), 8.0, 50.0, 75),
        place=Place(48.1, 11.5, 500.0, words[:30], words[:30], words[:30], words[:60], "DEU"),
        rights=Rights((words,), words[:30], words, words, words, marked=True),
        label=words[:60],
    )
    path = draw(home.library / f"{name}.jpg", seed)
    try:
        metadata.write(path, facts)
    except (Refused, ValueError):
        raw = words.encode("utf-8", "surrogatepass")
        records = iim(*((number, raw[:60]) for number in (5, 25, 80, 90, 92, 95, 101, 105, 110, 116, 120)))
        jpeg_with(path, segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, records)))
    aged(path)


def library(folder: Path, words: dict[str, str], albums: tuple[str, ...]) -> Household:
    home = Household(folder).settle(library="timeout_s = 30.0", more=EVERYTHING)
    for seed, (name, text) in enumerate(words.items()):
        hostile(home, name.replace(" ", "_"), seed, text, albums[seed % len(albums)])
    return home


of_words, of_files = (pytest.mark.xdist_group(f"hostile {what}") for what in ("words", "files"))
"""One process does what many tests look at."""


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    """The same library with nothing but good words."""
    words = {name: f"Good words {number}" for number, name in enumerate(WORDS)}
    home = library(tmp_path_factory.mktemp("harmless"), words, tuple(f"Album {number}" for number in range(8)))
    home.photo("dated.jpg", 50)
    home.helio("sync").must(0)
    return home


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """What stood in the folder around the library before, and all that the command said."""
    home = library(tmp_path_factory.mktemp("attacked") / "a" / "b" / "c", WORDS, ALBUMS)
    sidecars(home)
    before = around(home)
    screens = [home.helio("plan", "--all"), home.apart("sync"), home.helio("plan"), home.helio("status")]
    screens += [home.helio("history"), home.helio("where", "a"), home.helio("where", "script")]
    screens += [home.helio("explain", f"{name.replace(' ', '_')}.jpg") for name in ("ansi", "bidi", "lines", "jinja")]
    screens += [home.apart("explain", "ansi.jpg", PYTHONIOENCODING="ascii")]
    return home, before, screens


BOMB = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))
SIDECARS = {
    "laughs": packet(bag("dc:subject", "&a11;"), f"<!DOCTYPE r [<!ENTITY a0 'lol'>{BOMB}]>"),
    "ten_megabytes": packet(bag("dc:description", "x" * 10_000_000, kind="Alt")),
    "many_keywords": packet(bag("dc:subject", *(f"k{number}" for number in range(100_000)))),
    "deep": packet('<dc:x rdf:parseType="Resource">' * 5_000 + "</dc:x>" * 5_000),
    "wish": packet(
        bag("lr:hierarchicalSubject", "Socials|site|albums|../../etc|&lt;i&gt;deep&lt;/i&gt;", "Places|../..")
    ),
    "noise": bytes(range(256)) * 100,
}
"""XMP that unfolds without end, is far too long, or wishes for what nobody should get."""
UNREAD = ("laughs", "many_keywords", "deep")
"""Of these: what was not read, or not read whole, may have said that the photo is private."""


def sidecars(home: Household) -> None:
    for number, (name, content) in enumerate(SIDECARS.items()):
        home.photo(f"{name}.jpg", 100 + number, f"With sidecar {name}")
        (home.library / f"{name}.jpg.xmp").write_bytes(content)
        aged(home.library / f"{name}.jpg.xmp")


def around(home: Household) -> dict[str, bytes]:
    """Every file near the household, beside the site and what heliograph keeps for itself."""
    top = home.folder.parent.parent.parent
    own = (home.site, home.state)
    return {
        str(path.relative_to(top)): path.read_bytes()
        for path in top.rglob("*")
        if path.is_file() and not any(path.is_relative_to(folder) for folder in own)
    }


TOLD = {"og:title", "og:description", "og:site_name", "og:image:alt", "description", "author"}
"""What a page says of itself in words; nothing takes these for addresses."""


class Shape(HTMLParser):
    """Elements with their attributes, and the words of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.shape: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "srcset", "action"}]
        told = dict(attrs)
        if tag == "meta" and told.get("property") not in TOLD and told.get("name") not in TOLD:
            self.links.append(told.get("content") or "")

    def handle_data(self, data: str) -> None:
        self.words += data


def pages(home: Household) -> list[Path]:
    return [page for page in home.site.rglob("*.html") if page.is_file()]


# --- words ------------------------------------------------------------------------------------------------------------


@of_words
def test_every_photo_with_hostile_words_is_published_and_the_site_is_whole(attacked):
    home, _, screens = attacked
    screens[1].must(10, *(f"Refused: {name}.jpg: " for name in UNREAD), "declares entities", "Note: noise.jpg")
    published = [post for post in home.posts().values() if post["kind"] == "photo"]
    assert len(published) == len(WORDS) + len(SIDECARS) - len(UNREAD) - 1
    home.check_site()
    home.check_in_step()


@of_words
def test_no_page_holds_an_element_or_attribute_that_harmless_words_do_not_bring(attacked, harmless):
    home, _, _ = attacked
    usual = set().union(*(Shape(page).shape for page in pages(harmless)))
    assert ("script", "src") in usual
    assert len(pages(home)) > 40
    for page in pages(home):
        shape = Shape(page)
        assert not shape.shape - usual, page
        assert not [
            link
            for link in shape.links
            if re.match(r"\s*(javascript|data:(?!image/webp;base64,)|vbscript|file|/)", link, re.IGNORECASE)
        ]


@of_words
def test_templates_in_words_stay_words(attacked):
    home, _, _ = attacked
    assert any("{{ 7*7 }}" in Shape(page).words for page in pages(home))
    posts = json.dumps(list(home.posts().values()))
    assert "{{ 7*7 }}" in posts
    assert "{% for x in range(9) %}" in posts
    assert "012345678" not in posts


@of_words
def test_no_file_lands_outside_the_site_and_no_file_was_changed(attacked):
    home, before, _ = attacked
    assert around(home) == before
    for path in home.site.rglob("*"):
        assert path.resolve().is_relative_to(home.site.resolve())
        stem = path.name.partition(".")[0]
        assert stem.lower() not in {"con", "nul", ""} or path.name == ".heliograph"
        assert len(path.name.encode()) <= 200
        assert path.name.isascii()


@of_words
def test_nothing_that_a_terminal_obeys_is_printed(attacked):
    _, _, screens = attacked
    for screen in screens:
        assert screen.out or screen.err
        assert "Traceback" not in screen.err
        for sign in screen.out + screen.err:
            assert sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs", "Zl", "Zp"}, repr(sign)
            assert sign not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    assert screens[-1].out.isascii()


@of_words
def test_no_word_begins_a_line_of_the_log_or_of_the_list_of_posts(attacked):
    home, _, _ = attacked
    log = home.state / "heliograph.log"
    lines = [*(log.read_text(encoding="utf-8").split("\n") if log.exists() else ())]
    lines += (home.site / ".heliograph/posts.jsonl").read_text(encoding="utf-8").split("\n")
    for line in filter(None, lines):
        assert isinstance(json.loads(line), dict)
        assert line.isascii()
        assert line.isprintable()


@of_words
def test_json_output_is_one_document_whatever_the_words_are(attacked):
    home, _, _ = attacked
    for verb in (("plan",), ("status",), ("where", "a"), ("history",), ("explain", "lines.jpg")):
        form = json.loads(home.helio(*verb, "--json").out)
        assert form["schema"].startswith("heliograph.")


# --- files ------------------------------------------------------------------------------------------------------------


def coded(folder: Path, kind: str) -> bytes:
    path = draw(folder / f"scratch.{kind}", 7)
    data = path.read_bytes()
    path.unlink()
    return data


def huge_png(folder: Path) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", 65_000, 65_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + head
        + struct.pack(">I", zlib.crc32(head))
        + coded(folder, "png")[33:]
    )


def huge_jpeg(folder: Path) -> bytes:
    return coded(folder, "jpg").replace(struct.pack(">HH", 64, 96), struct.pack(">HH", 65_000, 65_000))


def unfolding_png(folder: Path) -> bytes:
    """A text of a hundred megabytes in a hundred kilobytes."""
    text = b"Comment\0\0" + zlib.compress(b"\0" * 100_000_000, 9)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    data = coded(folder, "png")
    return data[:33] + chunk + data[33:]


BROKEN = {
    "huge.png": (huge_png, "65,000 x 65,000 pixels"),
    "huge.jpg": (huge_jpeg, "65,000 x 65,000 pixels"),
    "empty.jpg": (lambda _: b"", "is empty"),
    "cut.jpg": (lambda folder: coded(folder, "jpg")[:700], "cut short"),
    "cut.png": (lambda folder: coded(folder, "png")[:700], "cut.png"),
    "letter.jpg": (lambda _: b"Dear photographer,\n", "none that is known"),
    "zeros.jpg": (lambda _: bytes(50_000), "none that is known"),
    "unfolding.png": (unfolding_png, "unfolding.png"),
    "head.tif": (lambda _: b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 100, "head.tif"),
}


@pytest.fixture(scope="module")
def bombed(tmp_path_factory):
    home = Household(tmp_path_factory.mktemp("bombed")).settle(library="timeout_s = 30.0", more=EVERYTHING)
    scratch = tmp_path_factory.mktemp("scratch")
    home.photo("good.jpg", 1, "Good")
    for name, (made, _) in BROKEN.items():
        (home.library / name).write_bytes(made(scratch))
        aged(home.library / name)
    (home.library / "folder.jpg").mkdir()
    home.photo("folder.jpg/within.jpg", 2, "Within")
    png = draw(scratch / "really.png", 3)
    aged(png.rename(home.library / "really_a_png.jpg"))
    if os.name != "nt":
        os.mkfifo(home.library / "pipe.jpg")
        (home.library / "loop").symlink_to(home.library, target_is_directory=True)
        (home.library / "itself.jpg").symlink_to(home.library / "itself.jpg")
        (home.library / "dangling.jpg").symlink_to(home.library / "nowhere.jpg")
    return home, home.apart("sync"), home.helio("plan", "--all")


@of_files
def test_no_broken_file_stops_a_run_and_each_is_named_in_a_sentence(bombed):
    home, synced, planned = bombed
    assert synced.code in {0, 10}, synced.err
    assert "Traceback" not in synced.err + planned.err
    notes = home.plan()["notes"]
    for name, (_, words) in BROKEN.items():
        [note] = [note for note in notes if note.startswith(name)]
        assert words in note
        assert note.endswith(".")
        assert words in planned.words
    assert home.titles() == ["Good", "Within", "really_a_png"]
    home.check_site()


@of_files
def test_files_that_can_be_shown_are_shown_for_what_they_are(bombed):
    home, _, _ = bombed
    assert home.titles() == ["Good", "Within", "really_a_png"]
    home.helio("explain", "really_a_png.jpg").must(0, "its content is image/png")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no FIFOs, and links need a right of their own")
@of_files
def test_pipes_and_links_that_lead_nowhere_are_named_and_not_waited_for(bombed):
    home, _, _ = bombed
    notes = home.plan()["notes"]
    for name, words in (("pipe", "no ordinary file"), ("itself", "leads nowhere"), ("dangling", "No such file")):
        assert [note for note in notes if note.startswith(f"{name}.jpg") and words in note]
    assert len(home.titles()) == len(set(home.titles())), "nothing was seen twice through the loop"


@of_files
def test_what_was_refused_for_good_is_not_read_again(bombed):
    home, _, _ = bombed
    first, second = home.helio("scan", "--json"), home.helio("scan", "--json")
    assert json.loads(first.out)["scan"]["found"] == json.loads(second.out)["scan"]["found"] == 0


# --- names ------------------------------------------------------------------------------------------------------------


def beside(home: Household, name: bytes) -> Path:
    return home.library / os.fsdecode(name)


def named(home: Household, seed: int, name: bytes) -> None:
    """A photo under a name that Python's own strings would not all allow."""
    plain = home.photo("plain.jpg", seed, f"Photo {seed}")
    plain.rename(beside(home, name))


NAMES = {
    "newline": b"new\nline\rand\x1b[31mred.jpg",
    "not UTF-8": b"caf\xe9 \xff\xfe.jpg",
    "as long as can be": b"n" * 251 + b".jpg",
    "as long as can be, in many bytes": "\u00fc".encode() * 125 + b".jpg",
    "NFC": unicodedata.normalize("NFC", "Cafe\u0301.jpg").encode(),
    "NFD": unicodedata.normalize("NFD", "Caf\u00e9.jpg").encode(),
    "small": b"twin.jpg",
    "capital": b"TWIN.JPG",
    "template": b"{{ 7*7 }}.jpg",
    "markup": b"<b>[red]x&amp;.jpg",
    "quotes": b"\"'`$(id)`.jpg",
    "an option": b"--config.jpg",
    "bidi": "\u202egpj.jpg".encode(),
    "spaces": b" .jpg",
    "a sign of ours": "caf\uf7e9.jpg".encode(),
}


@pytest.mark.skipif(not LINUX, reason="only here may names be any bytes, and twins differ")
def test_every_odd_name_is_published_once_and_stays_in_step(tmp_path):
    home = Household(tmp_path / "home").settle()
    for seed, name in enumerate(NAMES.values()):
        named(home, seed, name)
    screens = [
        home.helio("plan", "--all"),
        home.helio("sync").must(0),
        home.helio("where", "jpg"),
        home.helio("status"),
    ]
    assert home.titles() == sorted(f"Photo {seed}" for seed in range(len(NAMES)))
    home.check_site()
    home.check_in_step()
    for screen in screens:
        assert all(sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"} for sign in screen.out + screen.err)
        assert "\u202e" not in screen.out + screen.err
    assert len({post["id"] for post in home.posts().values()}) == len(NAMES)
    beside(home, NAMES["not UTF-8"]).unlink()
    beside(home, NAMES["newline"]).rename(beside(home, b"renamed\n\n.jpg"))
    home.helio("sync").must(0)
    assert len(home.titles()) == len(NAMES) - 1
    home.check_in_step()


def test_a_folder_with_an_odd_name_is_a_folder_like_any_other(tmp_path):
    home = Household(tmp_path / "it's {{ 7*7 }} [red] 100% ünï").settle()
    home.photo("a b/c & d/p.jpg", 1)
    home.helio("sync").must(0)
    assert home.titles() == ["Photo 1"]
    home.check_site()
    home.check_in_step()
