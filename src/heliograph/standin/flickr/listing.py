"""The listings that read the primary store: a photostream, what changed, what is in no album, without tags, counted."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from itertools import pairwise

from heliograph.standin.flickr import dates, extras, filters
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.paging import Page, page_of
from heliograph.standin.flickr.records import Account, Photo

METHODS = Table()
_LAST_STREAM_PAGE = 10_000


def photos_element(call: Call, page: Page[Photo]) -> Element:
    """A page of photos with the extras that the call asks for."""
    wanted = extras.asked(call)
    photos = [extras.listed_photo(call, photo, wanted) for photo in page.items]
    return Element("photos", page.attributes(), photos, lists=frozenset({"photo"}))


def newest_first(photos: Iterable[Photo]) -> list[Photo]:
    """In the order of a photostream."""
    return sorted(photos, key=lambda photo: (photo.posted, int(photo.id)), reverse=True)


def _listed(call: Call) -> Iterable[Photo]:
    """Every photo as these listings see it."""
    return call.state.listed(call.state.dials.listing_lag_s)


def _user(call: Call) -> Account:
    """Whose photos are wished.

    Raises:
        Failure: nobody is named, or nobody known.
    """
    if not call.text("user_id"):
        raise Failure(1, "Required arguments missing")
    user = call.user()
    if user is None:
        raise Failure(2, "Unknown user")
    return user


@METHODS.read("flickr.people.getPhotos")
def get_photos(call: Call) -> Answer:
    """Somebody's photostream."""
    photos = newest_first(filters.chosen(call, _listed(call), _user(call).id))
    page = call.number("page", 1, 10**9) or 1
    if page > _LAST_STREAM_PAGE:
        call = Call(call.state, call.caller, {**call.arguments, "page": str(_LAST_STREAM_PAGE)})
    return [photos_element(call, page_of(call, photos))]


@METHODS.open("flickr.people.getPublicPhotos")
def get_public_photos(call: Call) -> Answer:
    """What everybody sees of somebody's photostream."""
    photos = newest_first(photo for photo in filters.chosen(call, _listed(call), _user(call).id) if photo.is_public)
    return [photos_element(call, page_of(call, photos))]


@METHODS.read("flickr.photos.recentlyUpdated")
def recently_updated(call: Call) -> Answer:
    """Own photos that were made or changed since `min_date`, latest change first."""
    if not call.text("min_date"):
        raise Failure(1, "Required argument missing.")
    since = dates.moment(call.text("min_date"), call.state.now())
    if since is None:
        raise Failure(2, "Not a valid date")
    me = call.me().id
    photos = [photo for photo in _listed(call) if photo.owner == me and photo.updated >= since]
    photos.sort(key=lambda photo: (photo.updated, int(photo.id)), reverse=True)
    return [photos_element(call, page_of(call, photos))]


@METHODS.read("flickr.photos.getNotInSet")
def get_not_in_set(call: Call) -> Answer:
    """Own photos that are in no album."""
    me = call.me().id
    placed = {photo_id for album in call.state.albums_of(me) for photo_id in album.photos}
    photos = [photo for photo in filters.chosen(call, _listed(call), me) if photo.id not in placed]
    return [photos_element(call, page_of(call, newest_first(photos)))]


@METHODS.read("flickr.photos.getUntagged")
def get_untagged(call: Call) -> Answer:
    """Own photos without any tag."""
    photos = [photo for photo in filters.chosen(call, _listed(call), call.me().id) if not photo.tags]
    return [photos_element(call, page_of(call, newest_first(photos)))]


@METHODS.read("flickr.photos.getCounts")
def get_counts(call: Call) -> Answer:
    """How many own photos were posted, or taken, between each two neighbouring dates."""
    me = call.me().id
    by_taken = not call.items("dates")
    limits = call.items("taken_dates") if by_taken else call.items("dates")
    if not limits:
        raise Failure(1, "No dates specified")
    mine = [photo for photo in _listed(call) if photo.owner == me]
    stamps: list[float] = sorted(_taken_moment(photo) if by_taken else photo.posted for photo in mine)
    counts = [_count(call, stamps, *pair) for pair in pairwise(limits)]
    return [Element("photocounts", {}, counts, lists=frozenset({"photocount"}))]


def _taken_moment(photo: Photo) -> float:
    """When a photo was taken, as if its local time were UTC."""
    return dates.moment(photo.taken, 0) or 0.0


def _count(call: Call, stamps: list[float], begin: str, end: str) -> Element:
    """The photos of one range, whose end belongs to the next one."""
    low, high = (dates.moment(limit, call.state.now()) or 0.0 for limit in (begin, end))
    count = bisect.bisect_left(stamps, high) - bisect.bisect_left(stamps, low)
    return Element("photocount", {"count": max(count, 0), "fromdate": begin, "todate": end})
