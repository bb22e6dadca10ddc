"""A map without a map service: where photos were taken, as circles on a net of latitudes and longitudes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from heliograph.platforms.site.groupings import Tile
from heliograph.platforms.site.language import Language

WIDTH = 640
"""Of the drawing, in its own units."""

_LEAST_HEIGHT, _MOST_HEIGHT = 300, 620
_MARGIN = 56
_LEAST_SPAN_DEG = 0.02
_CELLS_ACROSS = 20
_TOUCHING = 30
_LEAST_RADIUS, _MOST_RADIUS = 7.0, 28.0
_LABEL_ROOM = 40
_STEPS_DEG = (30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
_LINES_WANTED = 4
_TURN_DEG = 360.0
_ANCHORS_DEG = 2.0**-10
"""The net of the anchors: a cell of any map, also of the smallest, is made of whole cells of it."""


@dataclass(frozen=True, slots=True)
class Position:
    """One photo on the map."""

    latitude: float
    longitude: float
    names: tuple[str, ...]
    """Of the place, from small to large."""
    tile: Tile

    @property
    def anchor(self) -> str:
        """The id on the map: the photo's own, and not another one because of photos elsewhere."""
        return anchor(self.latitude, self.longitude)


@dataclass(frozen=True, slots=True)
class Spot:
    """Photos that were taken close together, seen from as far as the whole map."""

    key: str
    """The same as long as the map shows about the same part of the world."""
    latitude: float
    longitude: float
    positions: tuple[Position, ...]

    @property
    def name(self) -> str:
        """What all its photos' places have in common, else the commonest place; empty where none has a name."""
        named = [position.names[::-1] for position in self.positions if position.names]
        if not named:
            return ""
        shared = []
        for parts in zip(*named, strict=False):
            if len(set(parts)) > 1:
                break
            shared.append(parts[0])
        chosen = shared or Counter(named).most_common(1)[0][0]
        return ", ".join(chosen[::-1])


class View:
    """The part of the world in which some positions lie, also where that is across the 180th meridian."""

    def __init__(self, positions: Sequence[Position]) -> None:
        latitudes = [position.latitude for position in positions]
        self._west, across = _narrowest([position.longitude for position in positions])
        self._north = max(latitudes)
        middle = (max(latitudes) + min(latitudes)) / 2
        self._squeeze = max(0.2, math.cos(math.radians(middle)))
        wide, high = max(across, _LEAST_SPAN_DEG) * self._squeeze, max(self._north - min(latitudes), _LEAST_SPAN_DEG)
        self.per_degree = min((WIDTH - 2 * _MARGIN) / wide, (_MOST_HEIGHT - 2 * _MARGIN) / high)
        self.height = max(_LEAST_HEIGHT, round(high * self.per_degree + 2 * _MARGIN))
        self._left = (WIDTH - across * self._squeeze * self.per_degree) / 2
        self._top = (self.height - (self._north - min(latitudes)) * self.per_degree) / 2

    def x(self, longitude: float) -> float:
        """From the left edge."""
        return self._left + ((longitude - self._west) % _TURN_DEG) * self._squeeze * self.per_degree

    def y(self, latitude: float) -> float:
        """From the upper edge."""
        return self._top + (self._north - latitude) * self.per_degree

    def net(self, language: Language) -> list[dict[str, Any]]:
        """Latitudes and longitudes at round degrees, as lines with their labels."""
        wide, high = WIDTH / (self._squeeze * self.per_degree), self.height / self.per_degree
        step = next((step for step in _STEPS_DEG if wide / step >= _LINES_WANTED), _STEPS_DEG[-1])
        digits = max(0, -math.floor(math.log10(step)))
        lines = []
        south = self._north + self._top / self.per_degree - high
        for latitude in _multiples(max(-90.0, south), min(90.0, south + high), step):
            y = round(self.y(latitude), 1)
            label = language.degrees(latitude, "compass.north", "compass.south", digits)
            label = label if _LABEL_ROOM / 2 < y < self.height - _LABEL_ROOM / 2 else ""
            lines.append({"x1": 0, "y1": y, "x2": WIDTH, "y2": y, "x": 6, "y": round(y - 5, 1), "label": label})
        west = self._west - self._left / (self._squeeze * self.per_degree)
        for longitude in _multiples(west, west + wide, step):
            x = round((longitude - west) * self._squeeze * self.per_degree, 1)
            label = language.degrees(_turned(longitude), "compass.east", "compass.west", digits)
            label = label if x < WIDTH - _LABEL_ROOM else ""
            low = {"x": round(x + 5, 1), "y": self.height - 7, "label": label}
            lines.append({"x1": x, "y1": 0, "x2": x, "y2": self.height, **low})
        return lines


def anchor(latitude: float, longitude: float) -> str:
    """Where on the map a position is found, however much of the world it shows."""
    return f"at-{math.floor(latitude / _ANCHORS_DEG)}:{math.floor(longitude / _ANCHORS_DEG)}"


def spots(positions: Sequence[Position]) -> list[Spot]:
    """The positions in groups, the fullest first: those in one cell of a fixed net, and cells that nearly touch."""
    view = View(positions)
    size = 2.0 ** math.floor(math.log2((WIDTH - 2 * _MARGIN) / view.per_degree / _CELLS_ACROSS))
    cells: dict[tuple[int, int], list[Position]] = {}
    for position in positions:
        cell = (math.floor(position.latitude / size), math.floor(position.longitude / size))
        cells.setdefault(cell, []).append(position)
    groups: list[tuple[tuple[int, int], float, float, list[Position]]] = []
    for cell, inside in sorted(cells.items(), key=lambda item: (-len(item[1]), item[0])):
        latitude, longitude = _middle(inside)
        x, y = view.x(longitude), view.y(latitude)
        near = next((group for group in groups if math.hypot(group[1] - x, group[2] - y) < _TOUCHING), None)
        if near:
            near[3].extend(inside)
        else:
            groups.append((cell, x, y, inside))
    made = [Spot(f"{size}:{cell[0]}:{cell[1]}", *_middle(inside), tuple(inside)) for cell, _, _, inside in groups]
    return sorted(made, key=lambda spot: (-len(spot.positions), spot.key))


def drawing(groups: Sequence[tuple[Spot, str, str]], language: Language) -> dict[str, Any]:
    """What the template draws: the size, the net, and a circle for each spot with its anchors, address and title."""
    view = View([position for spot, _, _ in groups for position in spot.positions])
    circles = []
    for spot, href, title in groups:
        x, y = view.x(spot.longitude), view.y(spot.latitude)
        count = len(spot.positions)
        radius = min(_MOST_RADIUS, _LEAST_RADIUS + 3 * math.sqrt(count - 1))
        shape = {"x": round(x, 1), "y": round(y, 1), "radius": round(radius, 1)}
        anchors = sorted({one.anchor for one in spot.positions})
        circles.append({**shape, "anchors": anchors, "href": href, "title": title, "count": count})
    return {"width": WIDTH, "height": view.height, "net": view.net(language), "circles": circles}


def _middle(positions: Sequence[Position]) -> tuple[float, float]:
    first = positions[0].longitude
    east = sum(_turned(position.longitude - first) for position in positions) / len(positions)
    return sum(position.latitude for position in positions) / len(positions), _turned(first + east)


def _turned(longitude: float) -> float:
    return (longitude + _TURN_DEG / 2) % _TURN_DEG - _TURN_DEG / 2


def _narrowest(longitudes: Sequence[float]) -> tuple[float, float]:
    """The western end of the shortest stretch that holds them all, and how many degrees it is long."""
    around = sorted({_turned(longitude) for longitude in longitudes})
    following = around[1:] + around[:1]
    gaps = [((b - a) % _TURN_DEG or _TURN_DEG, b) for a, b in zip(around, following, strict=True)]
    widest, west = max(gaps)
    return west, _TURN_DEG - widest


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [round(number * step, 6) for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
