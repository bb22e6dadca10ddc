"""Cities that Pixelfed knows: a few real ones of its long table, with numbers of our own."""

from __future__ import annotations

from typing import Any

CITIES = {
    1: ("Amsterdam", "Netherlands"),
    2: ("Bergen", "Norway"),
    3: ("Berlin", "Germany"),
    4: ("Cape Town", "South Africa"),
    5: ("Copenhagen", "Denmark"),
    6: ("Edinburgh", "United Kingdom"),
    7: ("Kyoto", "Japan"),
    8: ("Lisbon", "Portugal"),
    9: ("London", "United Kingdom"),
    10: ("London", "Canada"),
    11: ("Montreal", "Canada"),
    12: ("Oslo", "Norway"),
    13: ("Paris", "France"),
    14: ("Prague", "Czech Republic"),
    15: ("Reykjavik", "Iceland"),
    16: ("San Francisco", "United States"),
    17: ("Springfield", "United States"),
    18: ("Sydney", "Australia"),
    19: ("Tallinn", "Estonia"),
    20: ("Vienna", "Austria"),
    21: ("Zurich", "Switzerland"),
}
"""Number -> city and country."""
HIGHEST = 128_769


def found(words: str) -> list[dict[str, Any]]:
    """The cities whose name begins like this."""
    return [shown(number) or {} for number, (city, _) in CITIES.items() if city.lower().startswith(words.lower())]


def shown(number: int | None) -> dict[str, Any] | None:
    """A place as JSON; `None` for none, or one that there is not."""
    if number is None or number not in CITIES:
        return None
    city, country = CITIES[number]
    slug = city.lower().replace(" ", "-")
    return {"id": number, "name": city, "slug": slug, "country": country, "url": f"/discover/places/{number}/{slug}"}
