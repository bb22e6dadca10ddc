"""The names that a template can use; `docs/reference/captions.md` lists them for people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from heliograph.caption.lines import (
    camera_line,
    date,
    place_line,
    shooting_line,
    shooting_line_exif,
    shutter,
    taken_line,
)
from heliograph.caption.tags import hashtags
from heliograph.model import Facts

Words = Mapping[str, object]


def names(facts: Facts, name: str, keywords: tuple[str, ...], *, camel_case: bool) -> Words:
    """Every name with its value: a text, a number, a list of texts, or `None` for a number that is not known."""
    return {
        "name": name,
        "title": facts.title,
        "headline": facts.headline,
        "caption": facts.caption,
        "alt_text": facts.alt_text,
        "extended_description": facts.extended_description,
        "keywords": keywords,
        "hashtags": " ".join(hashtags(keywords, camel_case=camel_case)),
        "keyword_paths": facts.keyword_paths,
        "people": facts.people,
        "rating": facts.rating,
        "label": facts.label,
        **_taken(facts),
        **_camera(facts),
        **_place(facts),
        **_rights(facts),
    }


@cache
def known() -> frozenset[str]:
    """The names alone."""
    return frozenset(names(Facts(), "", (), camel_case=True))


def _taken(facts: Facts) -> Words:
    taken = facts.taken
    return {
        "date": date(taken),
        "taken_line": taken_line(taken),
        "taken": taken.local if taken else "",
        "taken_offset": taken.offset if taken else "",
        "circa": taken.circa if taken else "",
        "year": taken.local[:4] if taken and not taken.circa else "",
    }


def _camera(facts: Facts) -> Words:
    exposure = facts.exposure
    return {
        "camera_make": facts.camera_make,
        "camera_model": facts.camera_model,
        "lens": facts.lens,
        "camera_line": camera_line(facts),
        "shooting_line": shooting_line(exposure),
        "shooting_line_exif": shooting_line_exif(exposure),
        "iso": exposure.iso,
        "shutter": shutter(exposure.shutter_s),
        "aperture": exposure.aperture_f,
        "focal_length": exposure.focal_mm,
        "focal_length_35mm": exposure.focal_35mm,
        "width_px": facts.width_px or None,
        "height_px": facts.height_px or None,
    }


def _place(facts: Facts) -> Words:
    place = facts.place
    return {
        "place_line": place_line(place),
        "sublocation": place.sublocation,
        "city": place.city,
        "state": place.state,
        "country": place.country,
        "country_code": place.country_code,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "altitude_m": place.altitude_m,
    }


def _rights(facts: Facts) -> Words:
    rights = facts.rights
    return {
        "creators": rights.creators,
        "credit": rights.credit,
        "copyright": rights.copyright,
        "usage_terms": rights.usage_terms,
        "licence_url": rights.licence_url,
    }
