"""What IMatch says of a photo, as facts: the words are IMatch's, the pixels and what is private the file's own too."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from unicodedata import normalize

from heliograph.libraries.imatch.answers import Row, line, text, texts
from heliograph.libraries.imatch.asking import VARIABLES, own_name
from heliograph.libraries.imatch.keywords import from_categories
from heliograph.libraries.imatch.options import Options
from heliograph.model import Exposure, Facts, Overruled, Place, Rights, Taken

IMATCH, OWN = "IMatch", "the file's own metadata"
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?")
_CIRCA_CODE = re.compile(r"[YMD~_](:[YMD~_]){0,2}")
"""Source: quantumgardener.info, on uncertain dates (2024): Y, M, D sure, ~ about, _ unknown."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_MIDNIGHT = "00:00:00"
_DEGREES = {"latitude": 90.0, "longitude": 180.0}
_RATINGS = range(-1, 6)
_TRUE, _FALSE = frozenset({"true", "1", "yes", "-1"}), frozenset({"false", "0", "no"})


@dataclass(frozen=True, slots=True)
class Told:
    """What IMatch tells of one file."""

    row: Row
    options: Options

    def text(self, name: str) -> str:
        """A text with its lines; empty where it is missing, unevaluated, or an error in words."""
        found = text(self.row.get(name))
        if name in VARIABLES and own_name(name).lower() in found.lower():
            return ""
        found = html.unescape(found) if self.options.entities else found
        return normalize("NFC", found).strip()

    def line(self, name: str) -> str:
        """Likewise on one line."""
        return line(self.text(name))

    def list(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        found = texts(self.row.get(name))
        return tuple(normalize("NFC", html.unescape(one) if self.options.entities else one) for one in found)

    def decimal(self, name: str) -> float | None:
        """The first number of a text: `45,0 mm` is 45."""
        found = _NUMBER.search(self.text(name))
        if not found or ("," in found[0] and not self.options.decimal_comma):
            return None
        return float(found[0].replace(",", "."))


def facts(told: Told, categories: Iterable[str], own: Facts) -> Facts:
    """The facts of a photo: IMatch's words, and of the file that is sent what only that knows."""
    paths = tuple(sorted({path for one in told.list("hierarchical_keywords") if (path := _levels(one))}))
    words = from_categories(categories, told.options.keywords)
    found = Facts(
        title=told.line("title"),
        headline=told.line("headline"),
        caption=told.text("description"),
        alt_text=_alt_text(told),
        extended_description=own.extended_description,
        keywords=words,
        keyword_paths=paths,
        taken=_taken(told, own.taken),
        camera_make=told.line("make"),
        camera_model=_model(told),
        lens=told.line("lens"),
        exposure=_exposure(told, own.exposure),
        place=_place(told, own.place),
        rights=_rights(told, own.rights),
        rating=_rating(told),
        label=told.line("label"),
        width_px=own.width_px,
        height_px=own.height_px,
        orientation=own.orientation,
        warnings=own.warnings,
        unread=own.unread,
    )
    return replace(found, sources=_sources(found), overruled=_overruled(found, own))


def _levels(keyword: str) -> tuple[str, ...]:
    return tuple(level for part in keyword.split("|") if (level := part.strip()))


def _alt_text(told: Told) -> str:
    return next((found for name in told.options.alt_text if (found := told.line(name))), "")


def _model(told: Told) -> str:
    model = told.line("model")
    return told.options.camera_texts.get(model, model)


def _taken(told: Told, own: Taken | None) -> Taken | None:
    """Local, as far as it is known: a time of midnight stands for none. What is finer than a second has the file."""
    found = _DATE.match(told.text("datetime"))
    circa = told.line("circa")
    if not found:
        base = own or Taken("")
        return replace(base, circa=_circa(circa, base.local)) if circa or base.local else None
    day, time, subsec, offset = found.groups()
    local = day if time in {None, _MIDNIGHT} else f"{day}T{time}"
    if own is not None and own.local == local:
        subsec, offset = subsec or own.subsec, offset or own.offset
    elif offset and offset != "Z" and ":" not in offset:
        offset = f"{offset[:3]}:{offset[3:]}"
    offset = "+00:00" if offset == "Z" else offset
    return Taken(local, subsec or "", (offset or "") if "T" in local else "", _circa(circa, day))


def _circa(written: str, local: str) -> str:
    """The owner's own words; where they are the code for uncertain parts, the date that stands for them."""
    if not _CIRCA_CODE.fullmatch(written):
        return written
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)", local)
    if not found or not 1 <= int(found[2]) <= len(_MONTHS):
        return local[:4]
    return f"{int(found[3])} {_MONTHS[int(found[2]) - 1]} {found[1]}"


def _exposure(told: Told, own: Exposure) -> Exposure:
    iso = told.decimal("iso")
    aperture, focal = told.decimal("aperture"), told.decimal("focal_length")
    return Exposure(
        iso=round(iso) if iso is not None and iso > 0 else None,
        shutter_s=_shutter(told.text("shutter_speed"), decimal_comma=told.options.decimal_comma),
        aperture_f=aperture if aperture is not None and aperture > 0 else None,
        focal_mm=focal if focal is not None and focal > 0 else None,
        focal_35mm=own.focal_35mm,
    )


def _shutter(written: str, *, decimal_comma: bool) -> tuple[int, int] | None:
    """`1/100`, `2.5` or `2,5 s` as a fraction of seconds."""
    found = re.match(r"(\d+)\s*/\s*(\d+(?:[.,]\d+)?)|(\d+(?:[.,]\d+)?)", written)
    if not found or ("," in found[0] and not decimal_comma):
        return None
    try:
        if found[3]:
            seconds = Fraction(found[3].replace(",", "."))
        else:
            seconds = Fraction(found[1]) / Fraction(found[2].replace(",", "."))
    except ZeroDivisionError:
        return None
    return (seconds.numerator, seconds.denominator) if seconds > 0 else None


def _place(told: Told, own: Place) -> Place:
    latitude, longitude = (_degrees(told, name) for name in _DEGREES)
    if latitude is None or longitude is None:
        latitude = longitude = None
    country = told.line("country")
    same = bool(country) and own.country == country
    return Place(
        latitude,
        longitude,
        own.altitude_m if latitude is not None and own.latitude is not None else None,
        sublocation=told.line("sublocation"),
        city=told.line("city"),
        state=told.line("state"),
        country=country,
        country_code=own.country_code if same else "",
    )


def _degrees(told: Told, name: str) -> float | None:
    found = told.decimal(name)
    if found is None or abs(found) > _DEGREES[name]:
        return None
    return -abs(found) if told.text(name).rstrip().upper().endswith(("S", "W")) else found


def _rights(told: Told, own: Rights) -> Rights:
    creator, marked = told.line("creator"), told.line("marked").lower()
    return Rights(
        creators=(creator,) if creator and creator not in own.creators else own.creators,
        credit=own.credit,
        copyright=told.line("copyright"),
        usage_terms=own.usage_terms,
        licence_url=told.line("licence"),
        marked=True if marked in _TRUE else False if marked in _FALSE else None,
    )


def _rating(told: Told) -> int | None:
    found = told.decimal("rating")
    return round(found) if found and round(found) in _RATINGS else None


def _sources(found: Facts) -> tuple[tuple[str, str], ...]:
    named = {
        "title": found.title,
        "headline": found.headline,
        "caption": found.caption,
        "alt_text": found.alt_text,
        "keywords": found.keywords,
        "keyword_paths": found.keyword_paths,
        "taken": found.taken,
        "place_names": found.place.country or found.place.city,
        "position": found.place.latitude,
        "copyright": found.rights.copyright,
        "rating": found.rating,
    }
    return tuple(sorted((name, IMATCH) for name, value in named.items() if value))


def _overruled(found: Facts, own: Facts) -> Overruled:
    """What the file says that IMatch does not: it stays at home, and what is private there is private."""
    said = {level for path in found.keyword_paths for level in path} | set(found.keywords)
    keywords = [(OWN, path) for path in own.keyword_paths if path not in found.keyword_paths]
    keywords += [(OWN, (word,)) for word in own.keywords if word not in said]
    names = _names(own.place) - _names(found.place)
    return Overruled(
        keywords=tuple(sorted({*keywords, *own.overruled.keywords})),
        people=tuple(dict.fromkeys((*own.people, *own.overruled.people))),
        place_names=tuple(dict.fromkeys((*sorted(names), *own.overruled.place_names))),
        positions=tuple(dict.fromkeys((*_positions(own.place), *own.overruled.positions))),
    )


def _names(place: Place) -> set[str]:
    return {name for name in (place.sublocation, place.city, place.state, place.country) if name}


def _positions(place: Place) -> Iterator[tuple[float, float]]:
    if place.latitude is not None and place.longitude is not None:
        yield place.latitude, place.longitude
