"""Where a photo may say it was taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import asin, cos, floor, isfinite, radians, sin, sqrt

from heliograph.model import Overruled, Place
from heliograph.policy import PrivatePlace, Rules
from heliograph.rules.branches import folded, runs, words

EARTH_RADIUS_M = 6_371_008.8
"""Source: mean radius of the reference ellipsoid GRS 80, Moritz, Journal of Geodesy 74 (2000)."""

SPHERE_ERROR = 0.006
"""Share by which a distance on this sphere may differ from one on the ellipsoid; circles grow by it, to be safe."""

NOTHING = Overruled()

METRES_PER_DEGREE = EARTH_RADIUS_M * radians(1)


@dataclass(frozen=True, slots=True)
class PlaceOut:
    """The place that leaves."""

    place: Place
    names: Mapping[str, str] = field(default_factory=dict)
    """Names that stay at home, also as keywords, with the reason why."""
    withheld: tuple[str, ...] = ()


def place_out(place: Place, rules: Rules, overruled: Overruled = NOTHING) -> PlaceOut:
    """What leaves of a place: nothing unless `rules.place`, and in private places nothing or a blurred position.

    A place is in a private one also where only an overruled container says so. Of a photo without any position the name
    of a private place stays at home even as a mere keyword.
    """
    private = [home for home in rules.private_places if is_in(place, home, overruled)]
    public = _public(place, rules, private, overruled)
    if _positions(place, overruled):
        return public
    told = {folded(name) for name in _names(public.place)}
    homes = [home.name for home in rules.private_places if home.name and folded(home.name) not in told]
    return replace(public, names={**dict.fromkeys(homes, "it names a private place"), **public.names})


def _public(place: Place, rules: Rules, private: list[PrivatePlace], overruled: Overruled) -> PlaceOut:
    told = (*_names(place), *overruled.place_names)
    if not rules.place:
        sentence = "Position and place names stay at home, as rules.place is off." if place != Place() else ""
        return _removed(told, private, "it is a place name, and rules.place keeps those at home", sentence)
    if any(not home.blur_m or home.blur_m <= 0 for home in private):
        where = " and ".join(f"“{home.name}”" for home in private)
        sentence = f"Position and place names stay at home: it was taken in the private place {where}."
        return _removed(told, private, "it names a private place", sentence)
    if private:
        return _blurred(place, private, overruled)
    return _plausible(place)


def is_in(place: Place, home: PrivatePlace, overruled: Overruled = NOTHING) -> bool:
    """Is any of its positions in that circle? Without a position: does one of its names hold that of the circle?"""
    if positions := _positions(place, overruled):
        distances_m = (great_circle_m(*position, home.latitude, home.longitude) for position in positions)
        return min(distances_m) * (1 - SPHERE_ERROR) <= home.radius_m
    name = words(home.name)
    told = (*_names(place), *overruled.place_names)
    return bool(name) and any(name in runs(words(one), {len(name)}) for one in told)


def _positions(place: Place, overruled: Overruled) -> tuple[tuple[float, float], ...]:
    position = _position(place)
    return (position, *overruled.positions) if position else overruled.positions


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


def _removed(told: tuple[str, ...], private: list[PrivatePlace], reason: str, sentence: str) -> PlaceOut:
    names = (*told, *(home.name for home in private if home.name))
    return PlaceOut(Place(), dict.fromkeys(names, reason), (sentence,) if sentence else ())


def _blurred(place: Place, private: list[PrivatePlace], overruled: Overruled) -> PlaceOut:
    grid_m = max(home.blur_m or 0.0 for home in private)
    position = _position(place)
    latitude, longitude = blurred(*position, grid_m) if position else (None, None)
    public = replace(place, latitude=latitude, longitude=longitude, altitude_m=None, sublocation="")
    told = {folded(name) for name in _names(public)}
    names = (place.sublocation, *overruled.place_names, *(home.name for home in private))
    kept = [name for name in names if name and folded(name) not in told]
    where = " and ".join(f"“{home.name}”" for home in private)
    sentence = f"The position is rounded to {grid_m:g} m and the sublocation left out: private place {where}."
    return PlaceOut(public, dict.fromkeys(kept, "it names a private place"), (sentence,))


def _plausible(place: Place) -> PlaceOut:
    if _position(place) or (place.latitude is None and place.longitude is None):
        return PlaceOut(place)
    cleaned = replace(place, latitude=None, longitude=None, altitude_m=None)
    return PlaceOut(cleaned, {}, ("The position stays at home: it is incomplete or impossible.",))
