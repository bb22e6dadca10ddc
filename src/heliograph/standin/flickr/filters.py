"""Which photos a listing is about: by owner, visibility, dates, kind and safety."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from heliograph.standin.flickr import dates
from heliograph.standin.flickr.element import Failure
from heliograph.standin.flickr.method import Call
from heliograph.standin.flickr.records import Photo

Filter = Callable[[Photo], bool]
_PRIVACY = {1: (1, 0, 0), 2: (0, 1, 0), 3: (0, 0, 1), 4: (0, 1, 1), 5: (0, 0, 0)}
"""`privacy_filter` -> public, friends, family."""
_CONTENT = {1: {1}, 2: {2}, 3: {3}, 4: {1, 2}, 5: {2, 3}, 6: {1, 3}, 7: {1, 2, 3, 4}}
"""The older `content_type` -> kinds of content."""


def chosen(call: Call, photos: Iterable[Photo], owner: str | None) -> list[Photo]:
    """The photos that pass what the call asks for and that the caller may see; `owner` owns all of them, or anybody."""
    tests = [*_rights(call, owner), *_date_tests(call), *_kind_tests(call)]
    return [photo for photo in photos if all(test(photo) for test in tests)]


def _rights(call: Call, owner: str | None) -> list[Filter]:
    """Own photos by `privacy_filter`, those of others as far as they may be seen."""
    state, nsid = call.state, call.nsid
    privacy = _PRIVACY.get(call.number("privacy_filter", 1, 5) or 0)
    tests: list[Filter] = [] if owner is None else [lambda photo: photo.owner == owner]
    if owner is None or owner != nsid:
        safest = call.number("safe_search", 1, 3) or 1
        tests.append(lambda photo: photo.owner == nsid or (state.sees(nsid, photo) and photo.safety_level <= safest))
    if privacy is not None:
        tests.append(
            lambda photo: photo.owner == nsid and privacy == (photo.is_public, photo.is_friend, photo.is_family)
        )
    return tests


def _date_tests(call: Call) -> list[Filter]:
    """The four ends of the two ranges."""
    tests: list[Filter] = []
    for name, later in (("min", True), ("max", False)):
        if call.text(f"{name}_upload_date"):
            tests.append(_posted_test(_moment(call, f"{name}_upload_date"), later=later))
        if call.text(f"{name}_taken_date"):
            tests.append(_taken_test(_taken(call, f"{name}_taken_date"), later=later))
    return tests


def _posted_test(limit: float, *, later: bool) -> Filter:
    return lambda photo: photo.posted >= limit if later else photo.posted <= limit


def _taken_test(limit: str, *, later: bool) -> Filter:
    return lambda photo: photo.taken >= limit if later else photo.taken <= limit


def _moment(call: Call, name: str) -> float:
    """An argument as unix seconds."""
    moment = dates.moment(call.text(name), call.state.now())
    if moment is None:
        raise Failure(2, "Not a valid date")
    return moment


def _taken(call: Call, name: str) -> str:
    """An argument as a local date; unix seconds are taken as UTC."""
    text = call.text(name)
    moment = dates.moment(text, call.state.now())
    return dates.taken(text) or dates.local(moment or 0, 0)


def _kind_tests(call: Call) -> list[Filter]:
    """`media`, `content_type` and `content_types`."""
    tests: list[Filter] = []
    media = {"photos": "photo", "videos": "video"}.get(call.text("media"))
    if media is not None:
        tests.append(lambda photo: photo.media == media)
    kinds = _CONTENT.get(call.number("content_type", 1, 7) or 0)
    if call.items("content_types"):
        kinds = {int(kind) + 1 for kind in call.items("content_types") if kind.isdecimal()}
    if kinds is not None:
        tests.append(lambda photo: photo.content_type in kinds)
    return tests
