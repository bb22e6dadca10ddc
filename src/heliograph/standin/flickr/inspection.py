"""`photos.getInfo`, and the parts of it that other answers show too.

Source: recorded answers of Flickr's API, 2023-2025; in `getInfo` the safety level is one less than what was set.
"""

from __future__ import annotations

from heliograph.standin.flickr import extras, texts
from heliograph.standin.flickr.element import Element
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.records import Account, Photo, Place, Tag

METHODS = Table()


def text_element(name: str, text: str, **attributes: object) -> Element:
    """An element that is mostly text."""
    return Element(name, attributes, text=text)


@METHODS.open("flickr.photos.getInfo")
def get_info(call: Call) -> Answer:
    """Everything about one photo, raw tags too."""
    photo = call.photo(message=f'Photo "{call.text("photo_id")}" not found (invalid ID)')
    mine = call.nsid == photo.owner
    children = [
        _owner(call.state.accounts[photo.owner]),
        text_element("title", photo.title),
        text_element("description", texts.described(photo.description)),
        Element("visibility", {"ispublic": photo.is_public, "isfriend": photo.is_friend, "isfamily": photo.is_family}),
        _dates(photo),
        *([Element("permissions", permissions(photo))] if mine else []),
        *_editability(call, photo),
        _usage(call, photo),
        text_element("comments", str(len(photo.comments))),
        Element("notes", lists=frozenset({"note"})),
        Element("people", {"haspeople": 0}),
        tags_element(call, photo),
        *_location(call, photo),
        _urls(call, photo),
    ]
    if photo.media == "video":
        children.append(_video(call, photo))
    return [Element("photo", _photo_attributes(call, photo), children)]


def _photo_attributes(call: Call, photo: Photo) -> dict[str, object]:
    attributes: dict[str, object] = {
        "id": photo.id,
        "secret": photo.secret,
        "server": photo.server,
        "farm": photo.farm,
        "dateuploaded": str(photo.posted),
        "isfavorite": int(any(call.nsid == nsid for nsid, _ in photo.faves)),
        "license": str(photo.license),
        "safety_level": str(photo.safety_level - 1),
        "rotation": photo.rotation,
    }
    if call.state.original_shown(call.nsid, photo):
        attributes |= {"originalsecret": photo.original_secret, "originalformat": photo.original.format}
    return attributes | {"views": str(photo.views), "media": photo.media}


def _owner(owner: Account) -> Element:
    return Element(
        "owner",
        {
            "nsid": owner.id,
            "username": owner.username,
            "realname": owner.realname,
            "location": "",
            "iconserver": "0",
            "iconfarm": 0,
            "path_alias": owner.path_alias,
        },
    )


def _dates(photo: Photo) -> Element:
    return Element(
        "dates",
        {
            "posted": str(photo.posted),
            "taken": photo.taken,
            "takengranularity": str(photo.granularity),
            "takenunknown": str(photo.taken_unknown),
            "lastupdate": str(photo.updated),
        },
    )


def permissions(photo: Photo) -> dict[str, object]:
    """Who may comment on a photo and tag it."""
    return {"permcomment": photo.perm_comment, "permaddmeta": photo.perm_addmeta}


def _editability(call: Call, photo: Photo) -> list[Element]:
    circle = call.state.circle(call.nsid, photo) if call.nsid else 4
    return [
        Element(
            "editability",
            {"cancomment": int(circle <= photo.perm_comment), "canaddmeta": int(circle <= photo.perm_addmeta)},
        ),
        Element(
            "publiceditability",
            {"cancomment": int(photo.perm_comment == 3), "canaddmeta": int(photo.perm_addmeta == 3)},  # noqa: PLR2004
        ),
    ]


def _usage(call: Call, photo: Photo) -> Element:
    mine = call.nsid == photo.owner
    return Element(
        "usage",
        {
            "candownload": int(call.state.original_shown(call.nsid, photo)),
            "canblog": int(mine),
            "canprint": int(mine),
            "canshare": int(mine or photo.is_public),
        },
    )


def tags_element(call: Call, photo: Photo) -> Element:
    """A photo's tags, as typed and in the clean form."""
    tags = [_tag(call, photo, tag) for tag in photo.tags]
    return Element("tags", children=tags, lists=frozenset({"tag"}))


def _tag(call: Call, photo: Photo, tag: Tag) -> Element:
    return text_element(
        "tag",
        tag.clean,
        id=call.state.tag_id(photo, tag),
        author=tag.author,
        authorname=call.state.accounts[tag.author].username,
        raw=tag.raw,
        machine_tag=int(tag.machine),
    )


def _location(call: Call, photo: Photo) -> list[Element]:
    if photo.place is None or not extras.geo_shown(call, photo):
        return []
    return [location_element(photo.place), Element("geoperms", geo_perms(photo.place))]


def location_element(place: Place) -> Element:
    """Where a photo was taken."""
    return Element(
        "location",
        {
            "latitude": f"{place.latitude:.6f}",
            "longitude": f"{place.longitude:.6f}",
            "accuracy": str(place.accuracy),
            "context": str(place.context),
        },
    )


def geo_perms(place: Place) -> dict[str, object]:
    """Who may see where a photo was taken."""
    return {
        "ispublic": place.is_public,
        "iscontact": place.is_contact,
        "isfriend": place.is_friend,
        "isfamily": place.is_family,
    }


def _urls(call: Call, photo: Photo) -> Element:
    page = text_element("url", call.state.page(photo), type="photopage")
    return Element("urls", children=[page], lists=frozenset({"url"}))


def _video(call: Call, photo: Photo) -> Element:
    ready = int(extras.media_status(call.state, photo) == "ready")
    width, height = photo.original.width, photo.original.height
    return Element(
        "video",
        {"ready": ready, "failed": 0, "pending": 1 - ready, "duration": "0", "width": width, "height": height},
    )
