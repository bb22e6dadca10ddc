"""A photo as listings show it: the attributes that are always there, and the extras that were asked for.

Source: Flickr's method pages and recorded answers, as of 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from heliograph.standin.flickr import pictures, texts
from heliograph.standin.flickr.element import Element
from heliograph.standin.flickr.method import Call
from heliograph.standin.flickr.records import Photo
from heliograph.standin.flickr.state import State

Attributes = dict[str, object]


def asked(call: Call, name: str = "extras") -> frozenset[str]:
    """The extras that a call asks for."""
    return frozenset(call.items(name))


def listed_photo(
    call: Call, photo: Photo, extras: Collection[str], more: Mapping[str, object] | None = None
) -> Element:
    """One `<photo>` of a listing; `more` stands behind the attributes that are always there."""
    attributes: Attributes = {
        "id": photo.id,
        "owner": photo.owner,
        "secret": photo.secret,
        "server": photo.server,
        "farm": photo.farm,
        "title": photo.title,
        "ispublic": photo.is_public,
        "isfriend": photo.is_friend,
        "isfamily": photo.is_family,
        **(more or {}),
        **answered(call, photo, extras),
    }
    children = []
    if "description" in extras:
        children.append(Element("description", text=texts.described(photo.description)))
    return Element("photo", attributes, children)


def answered(call: Call, photo: Photo, extras: Collection[str]) -> Attributes:
    """The attributes of these extras, in Flickr's order whatever the order of asking."""
    attributes: Attributes = {}
    for name, attribute in _EXTRAS.items():
        if name in extras:
            attributes |= attribute(call, photo)
    return attributes | _urls(call, photo, extras)


def _urls(call: Call, photo: Photo, extras: Collection[str]) -> Attributes:
    """Address and size of every picture that was asked for and that there is."""
    base = call.state.address
    attributes: Attributes = {}
    for sized in pictures.sizes(photo):
        name = sized.size.extra
        if f"url_{name}" in extras:
            attributes |= {
                f"url_{name}": pictures.address(base, photo, sized),
                f"height_{name}": sized.height,
                f"width_{name}": sized.width,
            }
    if "url_o" in extras and call.state.original_shown(call.nsid, photo):
        attributes |= {
            "url_o": pictures.original_address(base, photo),
            "height_o": str(photo.original.height),
            "width_o": str(photo.original.width),
        }
    return attributes


def _owner_name(call: Call, photo: Photo) -> Attributes:
    return {"ownername": call.state.accounts[photo.owner].username}


def _real_name(call: Call, photo: Photo) -> Attributes:
    return {"realname": call.state.accounts[photo.owner].realname}


def _path_alias(call: Call, photo: Photo) -> Attributes:
    return {"pathalias": call.state.accounts[photo.owner].path_alias}


def _taken(_call: Call, photo: Photo) -> Attributes:
    return {
        "datetaken": photo.taken,
        "datetakengranularity": str(photo.granularity),
        "datetakenunknown": str(photo.taken_unknown),
    }


def _original_format(call: Call, photo: Photo) -> Attributes:
    if not call.state.original_shown(call.nsid, photo):
        return {}
    return {"originalsecret": photo.original_secret, "originalformat": photo.original.format}


def media_status(state: State, photo: Photo) -> str:
    """`ready`, or `pending` while a video is in conversion."""
    return "ready" if photo.playable <= state.now() else "pending"


def geo_shown(call: Call, photo: Photo) -> bool:
    """Whether the caller may see where a photo was taken."""
    place = photo.place
    if place is None:
        return False
    owner = call.state.accounts[photo.owner]
    return bool(
        call.nsid == photo.owner
        or place.is_public
        or (place.is_contact and call.state.circle(call.nsid, photo) <= 2)  # noqa: PLR2004  # a contact or nearer
        or (place.is_friend and call.nsid in owner.friends)
        or (place.is_family and call.nsid in owner.family)
    )


def _geo(call: Call, photo: Photo) -> Attributes:
    place = photo.place
    if place is None or not geo_shown(call, photo):
        return {"latitude": 0, "longitude": 0, "accuracy": 0, "context": 0}
    return {
        "latitude": f"{place.latitude:.6f}",
        "longitude": f"{place.longitude:.6f}",
        "accuracy": str(place.accuracy),
        "context": place.context,
        "geo_is_public": place.is_public,
        "geo_is_contact": place.is_contact,
        "geo_is_friend": place.is_friend,
        "geo_is_family": place.is_family,
    }


def _count(name: str, call: Call, photo: Photo) -> Attributes:
    if not call.state.dials.count_extras:
        return {}
    counts = {"faves": len(photo.faves), "comments": len(photo.comments), "views": photo.views}
    return {f"count_{name}": str(counts[name])}


_EXTRAS: Mapping[str, Callable[[Call, Photo], Attributes]] = {
    "license": lambda _, photo: {"license": str(photo.license)},
    "date_upload": lambda _, photo: {"dateupload": str(photo.posted)},
    "last_update": lambda _, photo: {"lastupdate": str(photo.updated)},
    "date_taken": _taken,
    "owner_name": _owner_name,
    "realname": _real_name,
    "icon_server": lambda _call, _photo: {"iconserver": "0", "iconfarm": 0},
    "path_alias": _path_alias,
    "views": lambda _, photo: {"views": str(photo.views)},
    "tags": lambda _, photo: {"tags": " ".join(tag.clean for tag in photo.tags)},
    "machine_tags": lambda _, photo: {"machine_tags": " ".join(tag.clean for tag in photo.tags if tag.machine)},
    "original_format": _original_format,
    "o_dims": lambda _, photo: {"o_width": str(photo.original.width), "o_height": str(photo.original.height)},
    "media": lambda call, photo: {"media": photo.media, "media_status": media_status(call.state, photo)},
    "geo": _geo,
    "count_faves": partial(_count, "faves"),
    "count_comments": partial(_count, "comments"),
    "count_views": partial(_count, "views"),
    "safety_level": lambda _, photo: {"safety_level": str(photo.safety_level - 1)},
    "content_type": lambda _, photo: {"content_type": str(photo.content_type)},
    "rotation": lambda _, photo: {"rotation": photo.rotation},
}
