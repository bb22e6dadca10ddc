"""`photos.search`: from an index that lags, of which 4,000 results can be seen.

Source: Flickr's method page and reports of users, as of 2026.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from heliograph.standin.flickr import filters, tagging
from heliograph.standin.flickr.element import Failure
from heliograph.standin.flickr.listing import newest_first, photos_element
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.paging import page_of
from heliograph.standin.flickr.records import Photo

METHODS = Table()
_FREE_OF_LIMITS = frozenset({
    "format", "nojsoncallback", "extras", "per_page", "page", "sort", "api_key", "method", "safe_search", "tag_mode",
    "machine_tag_mode", "content_type", "content_types", "media", "privacy_filter",
})  # fmt: skip
"""Arguments that alone make no query."""
_MOST_TAGS = 20
_MOST_MACHINE_TAGS = {"all": 16, "any": 8}
_GEO_PER_PAGE = 250
_EARTH_KM = 6371.0
_MOST_KM = 32.0
Test = Callable[[Photo], bool]


@METHODS.open("flickr.photos.search")
def search(call: Call) -> Answer:
    """Photos that fit every limit, as the index knows them."""
    if not {name for name, value in call.arguments.items() if value} - _FREE_OF_LIMITS - _signed(call):
        raise Failure(3, "Parameterless searches have been disabled. Please use flickr.photos.getRecent instead.")
    dials = call.state.dials
    found = filters.chosen(call, call.state.listed(dials.search_lag_s), _owner(call))
    found = [photo for photo in found if not photo.hidden or photo.owner == call.nsid]
    for test in (*_tag_tests(call), *_machine_tests(call), *_text_tests(call), *_group_tests(call), *_geo_tests(call)):
        found = [photo for photo in found if test(photo)]
    geo = call.has("bbox") or call.has("lat")
    page = page_of(call, _sorted(call, found), most=_GEO_PER_PAGE if geo else 500, seen=dials.search_cap, repeat=True)
    if dials.past_search_cap == "error" and (page.page - 1) * page.per_page >= dials.search_cap:
        raise Failure(20, "Excessive photo offset in search")
    return [photos_element(call, page)]


def _signed(call: Call) -> set[str]:
    return {name for name in call.arguments if name.startswith("oauth_")}


def _owner(call: Call) -> str | None:
    """Whose photos are searched; `None` is everybody's."""
    if not call.text("user_id"):
        return None
    user = call.user()
    if user is None:
        raise Failure(2, "Unknown user")
    return user.id


def _tag_tests(call: Call) -> list[Test]:
    """`tags` with `tag_mode`; a tag behind a minus sign must not be there."""
    words = [word.strip().replace('"', "") for word in call.items("tags")]
    unwanted = {tagging.clean(word[1:]) for word in words if word.startswith("-")}
    wanted = {tagging.clean(word) for word in words if not word.startswith("-")}
    every = call.text("tag_mode") == "all"
    if every and len(wanted) > _MOST_TAGS:
        raise Failure(1, "Too many tags in ALL query")
    tests: list[Test] = []
    if wanted:
        tests.append(lambda photo: wanted <= _clean(photo) if every else bool(wanted & _clean(photo)))
    if unwanted:
        tests.append(lambda photo: not unwanted & _clean(photo))
    return tests


def _clean(photo: Photo) -> set[str]:
    return {tag.clean for tag in photo.tags}


def _machine_tests(call: Call) -> list[Test]:
    """`machine_tags` with `machine_tag_mode`."""
    queries = [query.strip() for query in re.findall(r'(?:[^,"]|"[^"]*")+', call.text("machine_tags"))]
    if not queries:
        return []
    mode = "all" if call.text("machine_tag_mode") in {"", "all"} else "any"
    if len(queries) > _MOST_MACHINE_TAGS[mode]:
        raise Failure(12, "Exceeded maximum allowable machine tags")
    patterns = [pattern for pattern in map(tagging.machine_matcher, queries) if pattern]
    if not patterns:
        raise Failure(11, "No valid machine tags")
    together = all if mode == "all" else any
    return [lambda photo: together(any(map(pattern.fullmatch, _clean(photo))) for pattern in patterns)]


def _text_tests(call: Call) -> list[Test]:
    """`text`: every word stands in title, description or tags."""
    words = call.text("text").casefold().split()
    return [lambda photo: all(word in _words(photo) for word in words)] if words else []


def _words(photo: Photo) -> str:
    return " ".join((photo.title, photo.description, *(tag.raw for tag in photo.tags))).casefold()


def _group_tests(call: Call) -> list[Test]:
    """`group_id` and `license`."""
    tests: list[Test] = []
    if call.text("group_id"):
        pool = {entry[0] for entry in call.group(code=4).pool}
        tests.append(lambda photo: photo.id in pool)
    if call.text("license"):
        licences = set(call.items("license"))
        tests.append(lambda photo: str(photo.license) in licences)
    return tests


def _geo_tests(call: Call) -> list[Test]:
    """`has_geo`, `bbox`, and `lat` with `lon` and `radius`."""
    tests: list[Test] = []
    if call.text("has_geo"):
        wanted = call.text("has_geo") == "1"
        tests.append(lambda photo: (photo.place is not None) == wanted)
    if call.text("bbox"):
        west, south, east, north = _numbers(call, "bbox", 4)
        tests.append(_within(lambda lat, lon: south <= lat <= north and west <= lon <= east))
    if call.text("lat"):
        lat, lon = (*_numbers(call, "lat", 1), *_numbers(call, "lon", 1))
        radius = min(_numbers(call, "radius", 1)[0] if call.text("radius") else 5.0, _MOST_KM)
        tests.append(_within(lambda there, along: _distance_km(lat, lon, there, along) <= radius))
    return tests


def _within(test: Callable[[float, float], bool]) -> Test:
    return lambda photo: photo.place is not None and test(photo.place.latitude, photo.place.longitude)


def _numbers(call: Call, name: str, count: int) -> list[float]:
    """A comma list of so many numbers."""
    try:
        numbers = [float(item) for item in call.items(name)]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise Failure(18, "Illogical arguments")
    return numbers


def _distance_km(lat: float, lon: float, there: float, along: float) -> float:
    """Along the great circle."""
    lat, lon, there, along = map(math.radians, (lat, lon, there, along))
    half = math.sin((there - lat) / 2) ** 2 + math.cos(lat) * math.cos(there) * math.sin((along - lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))


def _sorted(call: Call, photos: list[Photo]) -> list[Photo]:
    """By `sort`; what cannot be known here (interestingness, relevance) is sorted by date too."""
    sort = call.text("sort") or "date-posted-desc"
    if sort.startswith("date-taken"):
        ordered = sorted(photos, key=lambda photo: (photo.taken, int(photo.id)), reverse=True)
    else:
        ordered = newest_first(photos)
    return ordered[::-1] if sort.endswith("-asc") else ordered
