"""Where photos were taken, and who may know.

Source: Flickr's method pages, as of 2026.
"""

from __future__ import annotations

import math
from dataclasses import replace

from heliograph.standin.flickr import extras
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.inspection import geo_perms, location_element
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.records import Photo, Place

METHODS = Table()
_NEVER_CHOSEN = 0
_DEFAULTS = {1: (1, 0, 0, 0), 2: (0, 1, 0, 0), 3: (0, 0, 1, 1), 4: (0, 0, 1, 0), 5: (0, 0, 0, 1), 6: (0, 0, 0, 0)}
"""An account's `geoperms` -> public, contacts, friends, family."""


def placed(latitude: float, longitude: float, geo_permissions: int, *, accuracy: int = 16, context: int = 0) -> Place:
    """A place with six decimals, for those whom the account's preference names."""
    public, contact, friend, family = _DEFAULTS.get(geo_permissions, (0, 0, 0, 0))
    return Place(round(latitude, 6), round(longitude, 6), accuracy, context, public, contact, friend, family)


@METHODS.write("flickr.photos.geo.setLocation")
def set_location(call: Call) -> Answer:
    """Says where a photo was taken; permissions that it has already stay."""
    photo = call.own_photo()
    if not call.text("lat") or not call.text("lon"):
        raise Failure(2, "Required arguments missing")
    latitude = _degrees(call.text("lat"), 90, Failure(3, "Not a valid latitude"))
    longitude = _degrees(call.text("lon"), 180, Failure(4, "Not a valid longitude"))
    accuracy = call.number("accuracy", 1, 16) if call.has("accuracy") else 16
    if accuracy is None:
        raise Failure(5, "Not a valid accuracy")
    preference = call.me().geo_perms
    if preference == _NEVER_CHOSEN and photo.place is None:
        raise Failure(7, "User has not configured default viewing settings for location data.")
    context = call.number("context", 0, 2) or 0
    place = placed(latitude, longitude, preference, accuracy=accuracy, context=context)
    photo.place = _with_perms_of(place, photo.place)
    call.state.touch(photo)
    return []


def _with_perms_of(place: Place, earlier: Place | None) -> Place:
    """A place that is shown to those who saw an earlier one."""
    if earlier is None:
        return place
    return replace(
        place,
        is_public=earlier.is_public,
        is_contact=earlier.is_contact,
        is_friend=earlier.is_friend,
        is_family=earlier.is_family,
    )


def _degrees(text: str, limit: int, failure: Failure) -> float:
    try:
        degrees = float(text)
    except ValueError:
        raise failure from None
    if not math.isfinite(degrees) or abs(degrees) > limit:
        raise failure
    return degrees


def _place(photo: Photo) -> Place:
    if photo.place is None:
        raise Failure(2, "Photo has no location information")
    return photo.place


@METHODS.write("flickr.photos.geo.removeLocation")
def remove_location(call: Call) -> Answer:
    """Forgets where a photo was taken."""
    photo = call.own_photo()
    _place(photo)
    photo.place = None
    call.state.touch(photo)
    return []


@METHODS.open("flickr.photos.geo.getLocation")
def get_location(call: Call) -> Answer:
    """Where a photo was taken."""
    photo = call.photo()
    place = _place(photo)
    if not extras.geo_shown(call, photo):
        raise Failure(2, "Photo has no location information")
    return [Element("photo", {"id": photo.id}, [location_element(place)])]


@METHODS.read("flickr.photos.geo.getPerms")
def get_perms(call: Call) -> Answer:
    """Who may see where an own photo was taken."""
    photo = call.own_photo()
    return [Element("perms", {"id": photo.id, **geo_perms(_place(photo))})]


@METHODS.write("flickr.photos.geo.setPerms")
def set_perms(call: Call) -> Answer:
    """Says who may see where a photo was taken."""
    photo = call.own_photo()
    place = _place(photo)
    values = [call.number(name, 0, 1) for name in ("is_public", "is_contact", "is_friend", "is_family")]
    if None in values:
        raise Failure(3, "Required arguments missing")
    public, contact, friend, family = (value or 0 for value in values)
    photo.place = replace(place, is_public=public, is_contact=contact, is_friend=friend, is_family=family)
    call.state.touch(photo)
    return []


@METHODS.write("flickr.photos.geo.setContext")
def set_context(call: Call) -> Answer:
    """Says whether a photo was taken indoors (1) or outdoors (2)."""
    photo = call.own_photo()
    place = _place(photo)
    context = call.number("context", 0, 2)
    if context is None:
        raise Failure(3, "Not a valid context")
    photo.place = replace(place, context=context)
    call.state.touch(photo)
    return []
