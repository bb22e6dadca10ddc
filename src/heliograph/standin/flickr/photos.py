"""What can be done to one photo of one's own: texts, dates, permissions, licence, turning and deleting it.

Source: Flickr's method pages, as of 2026.
"""

from __future__ import annotations

from collections.abc import Collection

from heliograph.standin.flickr import dates, texts
from heliograph.standin.flickr.albums import leave_albums
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.records import Photo
from heliograph.standin.flickr.state import State

METHODS = Table()
_GRANULARITIES = range(11)
LICENCES = {
    0: ("All Rights Reserved", "https://www.flickrhelp.com/hc/en-us/articles/10710266545556"),
    4: ("Attribution License 2.0", "https://creativecommons.org/licenses/by/2.0/"),
    6: ("Attribution-NoDerivs License 2.0", "https://creativecommons.org/licenses/by-nd/2.0/"),
    3: ("Attribution-NonCommercial-NoDerivs License 2.0", "https://creativecommons.org/licenses/by-nc-nd/2.0/"),
    2: ("Attribution-NonCommercial License 2.0", "https://creativecommons.org/licenses/by-nc/2.0/"),
    1: ("Attribution-NonCommercial-ShareAlike License 2.0", "https://creativecommons.org/licenses/by-nc-sa/2.0/"),
    5: ("Attribution-ShareAlike License 2.0", "https://creativecommons.org/licenses/by-sa/2.0/"),
    7: ("No known copyright restrictions", "https://www.flickr.com/commons/usage/"),
    8: ("United States Government Work", "http://www.usa.gov/copyright.shtml"),
    9: ("Public Domain Dedication (CC0)", "https://creativecommons.org/publicdomain/zero/1.0/"),
    10: ("Public Domain Mark", "https://creativecommons.org/publicdomain/mark/1.0/"),
    11: ("Attribution License 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    12: ("Attribution-ShareAlike License 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    13: ("Attribution-NoDerivs License 4.0", "https://creativecommons.org/licenses/by-nd/4.0/"),
    14: ("Attribution-NonCommercial License 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    15: ("Attribution-NonCommercial-ShareAlike License 4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
    16: ("Attribution-NonCommercial-NoDerivs License 4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
}
"""Since 18 June 2025. Source: https://blog.flickr.net/en/2025/06/18/creative-commons-4-0-has-arrived-on-flickr/"""
_COMMONS = 7
_OFFERED = (0, *range(9, 17))
"""New choices: of the Creative Commons licences only those of version 4.0."""


def fitted_texts(state: State, title: str, description: str, refusal: Failure) -> tuple[str, str]:
    """Title and description as they are stored: cut, refused, or kept, by the dial."""
    dials = state.dials
    title, description = texts.storable(title), texts.storable(description)
    if dials.long_texts == "keep":
        return title, description
    fitted = title[: dials.title_max], texts.cut_bytes(description, dials.description_max_bytes)
    if dials.long_texts == "refuse" and fitted != (title, description):
        raise refusal
    return fitted


@METHODS.write("flickr.photos.setMeta")
def set_meta(call: Call) -> Answer:
    """Sets the texts that were sent; empty ones clear."""
    photo = call.own_photo()
    if not call.has("title") and not call.has("description"):
        raise Failure(2, "At least one of title or description must be set")
    title = call.text("title") if call.has("title") else photo.title
    description = call.text("description") if call.has("description") else photo.description
    refusal = Failure(106, "Write operation failed")
    photo.title, photo.description = fitted_texts(call.state, title, description, refusal)
    call.state.touch(photo)
    return []


@METHODS.write("flickr.photos.setDates")
def set_dates(call: Call) -> Answer:
    """Sets when a photo was posted or taken, or how exactly that is known."""
    photo = call.own_photo()
    if not any(call.has(name) for name in ("date_posted", "date_taken", "date_taken_granularity")):
        raise Failure(2, "Not enough arguments")
    granularity = call.number("date_taken_granularity", 0, 10)
    if call.has("date_taken_granularity") and granularity is None:
        raise Failure(3, "Invalid granularity")
    posted = _posted(call) if call.has("date_posted") else photo.posted
    if call.has("date_taken"):
        photo.taken, photo.taken_unknown = _taken(call), 0
    photo.posted = posted
    photo.granularity = photo.granularity if granularity is None else granularity
    call.state.touch(photo)
    return []


def _posted(call: Call) -> int:
    """A moment that is neither in the future nor before the account."""
    posted = call.number("date_posted", 0, 10**11)
    if posted is None or not call.me().created <= posted <= call.state.now():
        raise Failure(4, "Invalid date_posted")
    return posted


def _taken(call: Call) -> str:
    """A date that may have been photographed."""
    taken = dates.taken(call.text("date_taken"))
    if taken is None:
        raise Failure(5, "Invalid Date Taken Format")
    tomorrow = dates.local(call.state.now() + 86400, 0)
    if not f"{dates.EARLIEST_YEAR}" <= taken <= tomorrow:
        raise Failure(6, "Invalid Date Taken")
    return taken


@METHODS.write("flickr.photos.setPerms")
def set_perms(call: Call) -> Answer:
    """Sets who may see a photo; `is_public` makes the others meaningless."""
    photo = call.own_photo()
    public, friend, family = (call.number(name, 0, 1) for name in ("is_public", "is_friend", "is_family"))
    if public is None or friend is None or family is None:
        raise Failure(2, "Required arguments missing")
    if photo.playable > call.state.now():
        raise Failure(106, "Write operation failed")
    photo.is_public, photo.is_friend, photo.is_family = public, friend * (1 - public), family * (1 - public)
    for name in ("perm_comment", "perm_addmeta"):
        value = call.number(name, 0, 3)
        if value is not None:
            setattr(photo, name, value)
    call.state.touch(photo)
    return [secrets_element(photo)]


def secrets_element(photo: Photo) -> Element:
    """The answer of methods after which a photo may have other secrets."""
    secrets: dict[str, object] = {"secret": photo.secret, "originalsecret": photo.original_secret}
    return Element("photoid", secrets, text=photo.id)


@METHODS.write("flickr.photos.setSafetyLevel")
def set_safety_level(call: Call) -> Answer:
    """Sets the safety level, and whether public searches show a photo (here 1 hides)."""
    photo = call.own_photo()
    level, hidden = call.number("safety_level", 1, 3), call.number("hidden", 0, 1)
    if level is None and hidden is None:
        raise Failure(2, "Invalid or missing arguments")
    if level is not None and level > 1 and not call.state.is_pro(photo.owner):
        raise Failure(3, "Change not allowed")
    photo.safety_level = level or photo.safety_level
    photo.hidden = photo.hidden if hidden is None else hidden
    call.state.touch(photo)
    return [Element("photo", {"id": photo.id, "safety_level": photo.safety_level, "hidden": photo.hidden})]


@METHODS.write("flickr.photos.setContentType")
def set_content_type(call: Call) -> Answer:
    """Sets what kind of picture it is."""
    photo = call.own_photo()
    kind = call.number("content_type", 1, 4)
    if kind is None:
        raise Failure(2, "Required arguments missing")
    photo.content_type = kind
    call.state.touch(photo)
    return [Element("photo", {"id": photo.id, "content_type": photo.content_type})]


@METHODS.open("flickr.photos.licenses.getInfo")
def get_licences(call: Call) -> Answer:
    """Every licence there is."""
    del call
    return [_licences(LICENCES)]


@METHODS.read("flickr.photos.licenses.getAvailable")
def get_available_licences(call: Call) -> Answer:
    """The licences that may be chosen for a photo now."""
    call.own_photo()
    return [_licences(_OFFERED)]


def _licences(ids: Collection[int]) -> Element:
    numbers = [number for number in LICENCES if number in ids]
    children = [
        Element("license", {"id": number, "name": LICENCES[number][0], "url": LICENCES[number][1]})
        for number in numbers
    ]
    return Element("licenses", children=children, lists=frozenset({"license"}))


@METHODS.open("flickr.photos.licenses.getLicenseHistory")
def get_licence_history(call: Call) -> Answer:
    """How a photo's licence changed, oldest change first."""
    photo = call.photo()
    return [
        Element("license_history", {"date_change": at, "old_license_id": old, "new_license_id": new})
        for at, old, new in photo.licenses
    ]


@METHODS.write("flickr.photos.licenses.setLicense")
def set_licence(call: Call) -> Answer:
    """Sets the licence; the one of the Commons is for its members only."""
    photo = call.own_photo()
    licence = call.number("license_id", 0, max(LICENCES))
    if licence is None or licence == _COMMONS:
        raise Failure(2, "License not found")
    if licence != photo.license:
        photo.licenses = (*photo.licenses, (call.state.second(), photo.license, licence))
    photo.license = licence
    call.state.touch(photo)
    return []


@METHODS.write("flickr.photos.transform.rotate")
def rotate(call: Call) -> Answer:
    """Turns a photo clockwise; its picture addresses change, the original's bytes do not."""
    photo = call.own_photo()
    degrees = call.number("degrees", 0, 360)
    if degrees not in {90, 180, 270}:
        raise Failure(2, "Invalid rotation")
    call.state.gallery.forget_sized(photo)
    photo.rotation = (photo.rotation + (degrees or 0)) % 360
    photo.secret = call.state.fresh_secret()
    call.state.touch(photo)
    return [secrets_element(photo)]


@METHODS.delete("flickr.photos.delete")
def delete(call: Call) -> Answer:
    """Deletes a photo, which leaves its albums and pools."""
    photo = call.own_photo()
    state = call.state
    leave_albums(state, photo.id)
    for group in state.groups.values():
        pool = tuple(entry for entry in group.pool if entry[0] != photo.id)
        pending = tuple(entry for entry in group.pending if entry[0] != photo.id)
        if (pool, pending) != (group.pool, group.pending):
            group.pool, group.pending = pool, pending
            state.keep(group)
    state.gallery.forget(photo)
    state.drop(photo)
    return []
