"""Where a photo may say it was taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import asin, cos, floor, isfinite, radians, sin, sqrt

from heliograph.model import Place
from heliograph.policy import PrivatePlace, Rules
from heliograph.rules.branches import folded

EARTH_RADIUS_M = 6_371_008.8
"""Source: mean radius of the reference ellipsoid GRS 80, Moritz, Journal of Geodesy 74 (2000)."""

SPHERE_ERROR = 0.006
"""Share by which a distance on this sphere may differ from one on the ellipsoid; circles grow by it, to be safe."""

METRES_PER_DEGREE = EARTH_RADIUS_M * radians(1)


@dataclass(frozen=True, slots=True)
class PlaceOut:
    """The place that leaves."""

    place: Place
    names: Mapping[str, str] = field(default_factory=dict)
    """Names that stay at home, also as keywords, with the reason why."""
    withheld: tuple[str, ...] = ()


def place_out(place: Place, rules: Rules) -> PlaceOut:
    """What leaves of a place: nothing unless `rules.place`, and in private places nothing or a blurred position."""
    if place == Place():
        return PlaceOut(place)
    private = [home for home in rules.private_places if is_in(place, home)]
    if not rules.place:
        sentence = "Position and place names stay at home, as rules.place is off."
        return _removed(place, private, "it is a place name, and rules.place keeps those at home", sentence)
    if any(not home.blur_m or home.blur_m <= 0 for home in private):
        where = " and ".join(f"“{home.name}”" for home in private)
        sentence = f"Position and place names stay at home: it was taken in the private place {where}."
        return _removed(place, private, "it names a private place", sentence)
    if private:
        return _blurred(place, private)
    return _plausible(place)


def is_in(place: Place, home: PrivatePlace) -> bool:
    """Is the place in that circle? Without a position: does one of its names say so?"""
    position = _position(place)
    if position:
        distance_m = great_circle_m(*position, home.latitude, home.longitude)
        return distance_m * (1 - SPHERE_ERROR) <= home.radius_m
    return folded(home.name) in {folded(name) for name in _names(place)}


def great_circle_m(latitude: float, longitude: float, latitude2: float, longitude2: float) -> float:
    """Metres between two positions along the earth's surface, correct across the date line and at the poles."""
    north, north2 = radians(latitude), radians(latitude2)
    half_north, half_east = (north2 - north) / 2, radians(longitude2 - longitude) / 2
    haversine = sin(half_north) ** 2 + cos(north) * cos(north2) * sin(half_east) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(haversine)))


def blurred(latitude: float, longitude: float, grid_m: float) -> tuple[float, float]:
    """The position rounded to a grid of about that size; the same for every position of one cell, nothing random."""
    step = grid_m / METRES_PER_DEGREE
    north = max(-90.0, min(90.0, _rounded(latitude, step)))
    shrink = cos(radians(north))
    # Near a pole one cell holds the whole circle of latitude: any longitude would be a pretence.
    east = 0.0 if shrink * 360.0 <= step else _rounded(longitude, step / shrink)
    return round(north, 6) + 0.0, round((east + 180.0) % 360.0 - 180.0, 6) + 0.0


def _rounded(value: float, step: float) -> float:
    return floor(value / step + 0.5) * step


def _position(place: Place) -> tuple[float, float] | None:
    """The position, where it is a whole one on this planet."""
    latitude, longitude = place.latitude, place.longitude
    if latitude is None or longitude is None or not (isfinite(latitude) and isfinite(longitude)):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None  # noqa: PLR2004 - degrees


def _names(place: Place) -> tuple[str, ...]:
    return tuple(name for name in (place.sublocation, place.city, place.state, place.country) if name)


def _removed(place: Place, private: list[PrivatePlace], reason: str, sentence: str) -> PlaceOut:
    words = (*_names(place), *(home.name for home in private if home.name))
    return PlaceOut(Place(), dict.fromkeys(words, reason), (sentence,))


def _blurred(place: Place, private: list[PrivatePlace]) -> PlaceOut:
    grid_m = max(home.blur_m or 0.0 for home in private)
    position = _position(place)
    latitude, longitude = blurred(*position, grid_m) if position else (None, None)
    public = replace(place, latitude=latitude, longitude=longitude, altitude_m=None, sublocation="")
    told = {folded(name) for name in _names(public)}
    words = [
        word for word in (place.sublocation, *(home.name for home in private)) if word and folded(word) not in told
    ]
    where = " and ".join(f"“{home.name}”" for home in private)
    sentence = f"The position is rounded to {grid_m:g} m and the sublocation left out: private place {where}."
    return PlaceOut(public, dict.fromkeys(words, "it names a private place"), (sentence,))


def _plausible(place: Place) -> PlaceOut:
    if _position(place) or (place.latitude is None and place.longitude is None):
        return PlaceOut(place)
    cleaned = replace(place, latitude=None, longitude=None, altitude_m=None)
    return PlaceOut(cleaned, {}, ("The position stays at home: it is incomplete or impossible.",))
