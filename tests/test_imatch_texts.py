"""The texts of IMatch to Socials, letter by letter, with the settings that the import writes."""

from __future__ import annotations

import pytest

import test_import_imatch
from heliograph.caption.lines import shooting_line_exif
from heliograph.desk import Desk
from heliograph.libraries.imatch.options import Options
from heliograph.libraries.imatch.reading import Told, facts
from heliograph.model import Facts
from test_import_imatch import at_home, forget, move, settings, tell

home, imatch, ring = test_import_imatch.home, test_import_imatch.imatch, test_import_imatch.ring

GENRE = "Image Characteristics|Genre|landscape"
SAID = {
    "title": "Evening quay",
    "description": "Three boats at rest.",
    "headline": "Boats at dusk",
    "hierarchicalkeywords": ["nature|water", "time of day|blue hour"],
    "model": "Canon EOS R50",
    "make": "Canon",
    "lens": "RF-S18-45mm",
    "iso": 3200,
    "shutterspeed": "1/100",
    "aperture": 6.3,
    "focallength": 45.0,
}
"""The samples of the old program's pages. Source: quantumgardener.info (2024 to 2025)."""
CIRCA = {"headline": "", "lens": "", "model": "UltraFractal", "circadate": "Y:M:_", "iso": "", "focallength": ""}
FLICKR = """\
Boats at dusk

Three boats at rest.

ISO 3200 | 1/100 sec | f/6.3 | 45.0 mm
Canon EOS R50 | RF-S18-45mm"""
FLICKR_CIRCA = """\
Three boats at rest.

Taken ca. 1 March 2024.

1/100 sec | f/6.3
Digital image generated in Ultrafractal."""
WORDS = "#bluehour #landscape #landscapephotography #nature #timeofday #water #photography"
POST = f"""\
Evening quay -- Boats at dusk (Taken 19 March 2024)

{WORDS}

ISO 3200 | 1/100 sec | f/6.3 | 45.0 mm
Canon EOS R50 | RF-S18-45mm"""
POST_CIRCA = f"""\
Evening quay (Taken ca. 1 March 2024)

{WORDS}

1/100 sec | f/6.3
Digital image generated in Ultrafractal."""


def told(standin, **tags):
    """The only photo says all that the samples have."""
    with standin.changing() as world:
        (file,) = world.files.values()
        file.tags = {name: value for name, value in {**SAID, **tags}.items() if value}
        file.datetime = "2024-03-01T00:00:00" if "circadate" in tags else "2024-03-19T18:42:10"
        for path in ("Socials|mastodon", GENRE):
            world.put(file, path)
        world.touch(file)


@pytest.mark.parametrize(("tags", "flickr", "post"), [({}, FLICKR, POST), (CIRCA, FLICKR_CIRCA, POST_CIRCA)])
@pytest.mark.parametrize("sign", [".", ","])
def test_texts_are_those_of_the_older_program(home, imatch, tmp_path, tags, flickr, post, sign):
    told(imatch, **tags)
    imatch.turn(decimal_sign=sign)
    tell(imatch, {"mastodon_url": "http://127.0.0.1:9", "mastodon_visibility": "public"})
    move(home, imatch)
    at_home(home, tmp_path)
    with Desk(settings(home)) as desk:
        desk.scan()
        said = {one.platform: one.verdict.wanted.fields for one in desk.explain("quay.jpg").platforms}
    assert said["flickr"]["title"] == "Evening quay"
    assert said["flickr"]["text"] == flickr
    assert said["mastodon"]["text"] == said["pixelfed"]["text"] == post
    assert said["mastodon"]["alt"] == said["pixelfed"]["alt"] == "Three boats at rest."


def test_the_older_program_named_photography_itself_and_once(home, imatch, tmp_path):
    told(imatch, hierarchicalkeywords=["photography"])
    forget(imatch, "pixelfed_token")
    move(home, imatch)
    at_home(home, tmp_path)
    with Desk(settings(home)) as desk:
        desk.scan()
        (text,) = [
            one.verdict.wanted.fields["text"]
            for one in desk.explain("quay.jpg").platforms
            if one.platform == "pixelfed" and one.verdict.wanted
        ] or [""]
    assert text.count("#photography") == 1


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ({"iso": "3200", "shutter_speed": "1/100", "aperture": "6.3", "focal_length": "45.0 mm"}, POST.split("\n")[4]),
        (
            {"iso": "100", "shutter_speed": "2", "aperture": "11.0", "focal_length": "14.0 mm"},
            "ISO 100 | 2 sec | f/11 | 14.0 mm",
        ),
        ({"shutter_speed": "0.5", "aperture": "1.8", "focal_length": "200.0 mm"}, "0.5 sec | f/1.8 | 200.0 mm"),
        ({"aperture": "0,95", "focal_length": "4,25 mm"}, "f/0.95 | 4.2 mm"),
        ({"iso": "400", "shutter_speed": "1/1250"}, "ISO 400 | 1/1250 sec"),
        ({}, ""),
    ],
)
def test_every_sample_of_a_shooting_line_is_written_as_before(row, line):
    assert shooting_line_exif(facts(Told({"id": 1, **row}, Options()), (), Facts()).exposure) == line
