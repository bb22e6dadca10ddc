"""A sidecar that says something else: what changes wins, and whatever other programs keep there stays as it was."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heliograph import metadata
from heliograph.errors import Refused
from heliograph.metadata.rewriting import RDF, NoXmpError, rewritten
from heliograph.model import Facts, Link, Place, Rights, Taken
from homecoming import LICENCE, drawn

DC = "http://purl.org/dc/elements/1.1/"

DEVELOPED = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Developer 9">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <!-- settings of last summer -->
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:crs='http://ns.adobe.com/camera-raw-settings/1.0/'
    xmlns:d="http://purl.org/dc/elements/1.1/"
   xmp:Rating="4"
   photoshop:DateCreated="2020-02-03T04:05:06.25+01:00"
   photoshop:History="one&#xA;two"
   crs:Version='16.0'
   crs:Exposure2012="+0.35">
   <crs:ToneCurve>
    <rdf:Seq>
     <rdf:li>0, 0</rdf:li>
     <rdf:li>255, 255</rdf:li>
    </rdf:Seq>
   </crs:ToneCurve>
   <crs:Masks><rdf:Seq><rdf:li>
     <rdf:Description crs:What="Correction" crs:Amount="1">
      <crs:Inner><rdf:Seq><rdf:li crs:Value="0.5"/></rdf:Seq></crs:Inner>
     </rdf:Description></rdf:li></rdf:Seq></crs:Masks>
   <d:title><rdf:Alt><rdf:li xml:lang="x-default">Old</rdf:li><rdf:li xml:lang="en">Old</rdf:li>
     <rdf:li xml:lang="de">Alt</rdf:li></rdf:Alt></d:title>
   <d:subject>
    <rdf:Bag><rdf:li>one</rdf:li><rdf:li>two</rdf:li><rdf:li>A|B</rdf:li></rdf:Bag>
   </d:subject>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:mine="urn:mine:" mine:note="&lt;kept&gt;"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    """A picture that says nothing of itself."""
    return drawn(tmp_path_factory.mktemp("plain") / "a.jpg")


@pytest.fixture(scope="module")
def speaking(tmp_path_factory) -> Path:
    """A picture that says everything of itself, and otherwise."""
    path = drawn(tmp_path_factory.mktemp("speaking") / "a.jpg")
    metadata.write(
        path,
        Facts(
            title="Embedded",
            caption="Embedded too",
            alt_text="Embedded as well",
            keywords=("one", "embedded"),
            keyword_paths=(("one",), ("Places", "Coast")),
            taken=Taken("2001-02-03T04:05:06", circa="ca. 2001"),
            place=Place(10.0, 20.0, 30.0, city="Embedded"),
            rights=Rights(creators=("Anna",), licence_url="https://creativecommons.org/licenses/by-nd/4.0/"),
        ),
    )
    return path


def amended(picture: Path, packet: bytes | None, changes: dict[str, object]) -> tuple[bytes, Facts, Facts]:
    """The new sidecar, what the photo says with it, and what it was to say."""
    with TemporaryDirectory() as folder:
        beside = Path(folder, "a.xmp")
        if packet is not None:
            beside.write_bytes(packet)
        now = metadata.read(picture, beside if packet is not None else None)
        wanted = metadata.amended(now, changes)
        made = metadata.overlay(packet, now, wanted)
        beside.write_bytes(made)
        return made, metadata.read(picture, beside), wanted


def properties(packet: bytes) -> dict[str, str]:
    """Every property of a packet in canonical XML; attributes as they stand."""
    found: dict[str, str] = {}
    for block in fromstring(packet).iter(f"{{{RDF}}}Description"):
        if block.get(f"{{{RDF}}}about") is None:
            continue
        found |= {name: value for name, value in block.attrib.items() if not name.startswith(f"{{{RDF}}}")}
        found |= {child.tag: ET.canonicalize(ET.tostring(child), strip_text=True) for child in block}
    return found


EVERY_CHANGE = {
    "title": "New <title>",
    "caption": "New\ncaption",
    "alt_text": "New alt text",
    "keywords": (("three", "日本"), ("one",)),
    "taken": ("2024-05-03T14:05:06", "", "", ""),
    "place": (47.123456, -8.5),
    "licence": LICENCE,
}
NO_WORDS = {"title": "", "caption": "", "alt_text": "", "taken": None, "place": None, "licence": ""}


def test_what_other_programs_keep_stays_byte_by_byte():
    made = rewritten(DEVELOPED.encode(), ["Xmp.dc.title"], [])
    start, end = DEVELOPED.index("\n   <d:title>"), DEVELOPED.index("</d:title>") + len("</d:title>")
    assert made == (DEVELOPED[:start] + DEVELOPED[end:]).encode()


def test_a_property_that_stands_as_an_attribute_is_found():
    made = rewritten(DEVELOPED.encode(), ["Xmp.photoshop.DateCreated"], [])
    gone = '\n   photoshop:DateCreated="2020-02-03T04:05:06.25+01:00"'
    assert made == DEVELOPED.replace(gone, "").encode()


@pytest.mark.parametrize("name", EVERY_CHANGE)
def test_one_change_changes_that_and_nothing_else(plain, name):
    before = properties(DEVELOPED.encode())
    made, facts, wanted = amended(plain, DEVELOPED.encode(), {name: EVERY_CHANGE[name]})
    assert metadata.says(facts, wanted)
    after = properties(made)
    stated = {
        "title": {"title"},
        "caption": {"description"},
        "alt_text": {"AltTextAccessibility"},
        "keywords": {"subject"},
        "taken": {"DateCreated"},
        "place": {"GPSLatitude", "GPSLongitude"},
        "licence": {"license", "WebStatement"},
    }[name]
    differ = {key.partition("}")[2] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert differ == stated


def test_translations_stay_and_what_repeats_the_default_goes_along(plain):
    made, _, _ = amended(plain, DEVELOPED.encode(), {"title": "New"})
    title = next(fromstring(made).iter(f"{{{DC}}}title"))
    told = {one.get("{http://www.w3.org/XML/1998/namespace}lang"): one.text for one in title.iter(f"{{{RDF}}}li")}
    assert told == {"x-default": "New", "en": "New", "de": "Alt"}


def test_keywords_change_by_what_differs(plain):
    made, facts, _ = amended(plain, DEVELOPED.encode(), {"keywords": (("three", "two"), ("one", "never there"))})
    assert facts.keywords == ("two", "three")
    assert facts.keyword_paths == (("A", "B"),)
    assert b"<rdf:li>A|B</rdf:li>" in made


def test_every_list_of_keywords_that_a_program_keeps_is_changed_along(plain):
    lists = (
        '<?xml version="1.0"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="' + RDF + '"><rdf:Description '
        'rdf:about="" xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/">'
        "<digiKam:TagsList><rdf:Seq><rdf:li>one</rdf:li><rdf:li>Places/Coast</rdf:li></rdf:Seq></digiKam:TagsList>"
        "<lr:hierarchicalSubject><rdf:Bag><rdf:li>one</rdf:li><rdf:li>Places|Coast</rdf:li></rdf:Bag>"
        "</lr:hierarchicalSubject></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    made, facts, _ = amended(plain, lists.encode(), {"keywords": (("new",), ("one",))})
    assert facts.keywords == ("new",)
    assert facts.keyword_paths == (("Places", "Coast"), ("new",))
    text = made.decode()
    assert text.count("<rdf:li>new</rdf:li>") == 3
    assert "<rdf:li>one</rdf:li>" not in text
    assert "<digiKam:TagsList><rdf:Seq>" in text


def test_keywords_of_the_picture_do_not_come_back_with_the_last_one_of_the_sidecar(speaking):
    alone = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/">'
        "<dc:subject><rdf:Bag><rdf:li>last</rdf:li></rdf:Bag></dc:subject>"
        "<lr:hierarchicalSubject><rdf:Bag><rdf:li>last</rdf:li></rdf:Bag></lr:hierarchicalSubject>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    made, facts, _ = amended(speaking, alone.encode(), {"keywords": ((), ("last",))})
    assert (facts.keywords, facts.keyword_paths) == ((), ())
    _, facts, _ = amended(speaking, made, {"keywords": (("new", "A|B"), ())})
    assert (facts.keywords, facts.keyword_paths) == (("new",), (("A", "B"),))


def test_what_is_taken_away_is_not_said_by_the_picture_instead(speaking):
    changes = {**NO_WORDS, "keywords": ((), ("one", "embedded"))}
    _, facts, wanted = amended(speaking, None, changes)
    assert metadata.says(facts, wanted)
    assert (facts.title, facts.caption, facts.alt_text, facts.keywords, facts.taken) == ("", "", "", (), None)
    assert facts.place == Place(city="Embedded")
    assert facts.rights == Rights(creators=("Anna",))
    assert facts.keyword_paths == (("Places", "Coast"),), "hierarchical keywords stay"
    assert {path for _, path in facts.overruled.keywords} >= {("one",), ("embedded",)}, "what is private stays known"


def test_words_that_come_back_are_said_again_also_by_another_program(speaking):
    made, _, _ = amended(speaking, None, {**NO_WORDS, "keywords": ((), ("one", "embedded"))})
    again, facts, wanted = amended(speaking, made, EVERY_CHANGE)
    assert metadata.says(facts, wanted)
    assert facts.title == EVERY_CHANGE["title"]
    assert again.count(b"<rdf:li>circa</rdf:li>") == 1
    assert not any(b"<rdf:li>%b</rdf:li>" % name.encode() in again for name in ("title", "taken", "position"))
    theirs = made.replace(b"</rdf:RDF>", TITLED.encode() + b"</rdf:RDF>")
    _, facts, _ = amended(speaking, theirs, {"caption": "x"})
    assert facts.title == "Theirs"


TITLED = (
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
    '<rdf:li xml:lang="x-default">Theirs</rdf:li></rdf:Alt></dc:title></rdf:Description>'
)


@pytest.mark.parametrize("changes", [EVERY_CHANGE, NO_WORDS], ids=["words", "no words"])
@pytest.mark.parametrize(
    "packet", [None, DEVELOPED.encode(), DEVELOPED.encode("utf-16")], ids=["none", "utf-8", "utf-16"]
)
def test_changes_win_over_whatever_says_otherwise(speaking, packet, changes):
    _, facts, wanted = amended(speaking, packet, changes)
    assert metadata.says(facts, wanted)
    _, again, _ = amended(speaking, packet, {})
    for name in ("title", "caption", "alt_text"):
        assert getattr(facts, name) == changes[name] != getattr(again, name)


def test_a_change_made_again_changes_nothing(speaking):
    made, facts, _ = amended(speaking, DEVELOPED.encode(), EVERY_CHANGE)
    again, after, _ = amended(speaking, made, EVERY_CHANGE)
    assert (again, after) == (made, facts)


def test_blocks_that_become_empty_go(plain):
    packets = [None]
    for number in range(3):
        made, _, _ = amended(plain, packets[-1], {"title": f"Title {number}", "caption": f"{number}"})
        packets.append(made)
    assert packets[3].count(b"<rdf:Description") == 1
    assert packets[3] == packets[2].replace(b"Title 1", b"Title 2").replace(b">1<", b">2<")


@pytest.mark.parametrize(
    "list_", ['<rdf:RDF xmlns:rdf="{0}"/>', '<rdf:RDF xmlns:rdf="{0}"></rdf:RDF>', "<rdf:RDF xmlns:rdf='{0}' />"]
)
def test_a_sidecar_that_says_nothing_yet_can_be_told_something(plain, list_):
    packet = '<x:xmpmeta xmlns:x="adobe:ns:meta/">' + list_.format(RDF) + "</x:xmpmeta>"
    _, facts, _ = amended(plain, packet.encode(), {"title": "New"})
    assert facts.title == "New"


@pytest.mark.parametrize(
    "packet",
    [
        b"hello",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        DEVELOPED.encode()[:900],
        DEVELOPED.replace("<x:xmpmeta", '<!DOCTYPE x [<!ENTITY b "c">]>\n<x:xmpmeta').encode(),
        f'<x><a:RDF xmlns:a="{RDF}"/><a:RDF xmlns:a="{RDF}"/></x>'.encode(),
    ],
)
def test_what_is_no_sidecar_is_not_changed(packet):
    with pytest.raises(NoXmpError):
        rewritten(packet, ["Xmp.dc.title"], [])
    with pytest.raises(Refused, match="Nothing was written"):
        metadata.overlay(packet, Facts(), Facts(title="New"))


def test_a_page_about_rights_is_no_licence_and_stays(plain):
    page = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" '
        'xmlns:cc="http://creativecommons.org/ns#" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" '
        'xmpRights:WebStatement="https://anna.example/rights" cc:license="https://example.org/old"/></rdf:RDF></x:xmpmeta>'
    )
    made, facts, _ = amended(plain, page.encode(), {"licence": LICENCE})
    assert facts.rights.licence_url == LICENCE
    assert b"https://anna.example/rights" in made


def test_a_position_that_services_rounded_is_no_move(speaking):
    _, facts, _ = amended(speaking, None, {"place": (10.000004, 19.999996)})
    assert facts.place == Place(10.0, 20.0, 30.0, city="Embedded")
    _, facts, _ = amended(speaking, None, {"place": (0.0, 0.0)})
    assert facts.place == Place(city="Embedded")


def test_a_sidecar_that_is_silent_about_the_exposure_takes_nothing_of_it_away(tmp_path):
    told = DEVELOPED.replace("crs:Version='16.0'", 'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:FNumber="28/10"')
    path = drawn(tmp_path / "a.jpg", xmp=told.encode())
    assert metadata.read(path).exposure.aperture_f == 2.8
    _, facts, _ = amended(path, None, {"title": "New"})
    assert (facts.title, facts.exposure.aperture_f) == ("New", 2.8)


def test_the_posts_that_a_photo_came_from_are_read_again(tmp_path, plain):
    beside = tmp_path / "a.jpg.xmp"
    link = Link("flickr", "4711", "https://flickr.example/4711/?a=1&b=2")
    beside.write_bytes(metadata.overlay(DEVELOPED.encode(), Facts(), Facts(), link))
    assert metadata.links(beside) == (link,)
    assert metadata.read(plain, beside).title == "Old"
    beside.write_bytes(DEVELOPED.encode())
    assert metadata.links(beside) == ()
    assert metadata.links(tmp_path / "none.xmp") == ()


WORDS = st.text(max_size=40)


@settings(max_examples=60, deadline=None)
@given(title=WORDS, caption=WORDS, added=st.lists(WORDS, max_size=3), circa=st.text("ca. 193?", max_size=8))
@example(title='type="Struct"', caption='lang="x-default" words', added=["]]>", "a|b", "|", "_Digikam_x"], circa="")
def test_any_words_read_the_same_again(speaking, title, caption, added, circa):
    changes = {
        "title": title,
        "caption": caption,
        "keywords": (tuple(added), ("one",)),
        "taken": ("1936", "", "", circa),
    }
    _, facts, wanted = amended(speaking, DEVELOPED.encode(), changes)
    assert metadata.says(facts, wanted)
