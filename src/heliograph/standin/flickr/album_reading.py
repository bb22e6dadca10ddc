"""What can be asked about albums: whose there are, and what is in one.

Source: Flickr's method pages and recorded answers, as of 2026.
"""

from __future__ import annotations

from heliograph.standin.flickr import extras, filters, texts
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.inspection import text_element
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.paging import page_of
from heliograph.standin.flickr.records import Account, Album, Photo

METHODS = Table()


def _members(call: Call, album: Album) -> list[Photo]:
    """The photos that the caller may see, in the album's order."""
    photos = call.state.photos
    found = (photos[photo_id] for photo_id in album.photos if photo_id in photos)
    return [photo for photo in found if call.state.sees(call.nsid, photo)]


def _shown(call: Call, album: Album) -> bool:
    """Whether the caller sees the album at all."""
    return album.owner == call.nsid or bool(_members(call, album))


def _owner(call: Call, code: int) -> Account:
    """Whose albums are wished: the caller's, where nobody is named."""
    owner = call.user() if call.text("user_id") else call.me()
    if owner is None:
        raise Failure(code, "User not found")
    return owner


@METHODS.open("flickr.photosets.getList")
def get_list(call: Call) -> Answer:
    """Somebody's albums in their order, with what `photo_ids` and `primary_photo_extras` ask for."""
    owner = _owner(call, 1)
    albums = [album for album in call.state.albums_of(owner.id) if _shown(call, album)]
    page = page_of(call, albums, default=500)
    dials = call.state.dials
    can_create = dials.albums_max is None or len(albums) < dials.albums_max
    attributes = {"cancreate": int(call.nsid == owner.id and can_create), **page.attributes()}
    children = [_album(call, album) for album in page.items]
    return [Element("photosets", attributes, children, lists=frozenset({"photoset"}))]


def _album(call: Call, album: Album) -> Element:
    """One album of a listing."""
    attributes = _album_attributes(call, album)
    requested = call.items("photo_ids")
    if requested:
        attributes["has_requested_photos"] = ",".join(photo_id for photo_id in requested if photo_id in album.photos)
    children = _album_texts(album)
    wanted = extras.asked(call, "primary_photo_extras")
    if wanted:
        cover = call.state.photos[album.primary]
        children.append(Element("primary_photo_extras", extras.answered(call, cover, wanted)))
    return Element("photoset", attributes, children)


def _album_attributes(call: Call, album: Album) -> dict[str, object]:
    cover = call.state.photos[album.primary]
    members = _members(call, album)
    videos = sum(photo.media == "video" for photo in members)
    return {
        "id": album.id,
        "owner": album.owner,
        "primary": album.primary,
        "secret": cover.secret,
        "server": cover.server,
        "farm": cover.farm,
        "photos": len(members) - videos,
        "videos": videos,
        "count_views": "0",
        "count_comments": "0",
        "can_comment": int(call.nsid is not None),
        "date_create": str(album.created),
        "date_update": str(album.updated),
        "visibility_can_see_set": 1,
    }


def _album_texts(album: Album) -> list[Element]:
    return [text_element("title", album.title), text_element("description", texts.described(album.description))]


def _found(call: Call) -> Album:
    """The album that is asked about.

    Raises:
        Failure: it is not there, or not this user's.
    """
    album = call.state.albums.get(call.text("photoset_id"))
    if album is None or not _shown(call, album):
        raise Failure(1, "Photoset not found")
    if call.text("user_id") and _owner(call, 2).id != album.owner:
        raise Failure(2, "User not found")
    return album


@METHODS.open("flickr.photosets.getInfo")
def get_info(call: Call) -> Answer:
    """Everything about one album but its photos."""
    album = _found(call)
    attributes = _album_attributes(call, album)
    counts = {"count_photos": str(attributes["photos"]), "count_videos": str(attributes["videos"])}
    names = {"username": call.state.accounts[album.owner].username}
    return [Element("photoset", {**attributes, **names, **counts}, _album_texts(album))]


@METHODS.open("flickr.photosets.getPhotos")
def get_photos(call: Call) -> Answer:
    """The photos of one album, in its order."""
    album = _found(call)
    members = filters.chosen(call, _members(call, album), album.owner)
    page = page_of(call, members, default=500)
    wanted = extras.asked(call)
    photos = [
        extras.listed_photo(call, photo, wanted, {"isprimary": str(int(photo.id == album.primary))})
        for photo in page.items
    ]
    attributes: dict[str, object] = {
        "id": album.id,
        "primary": album.primary,
        "owner": album.owner,
        "ownername": call.state.accounts[album.owner].username,
        "page": page.page,
        "per_page": page.per_page,
        "perpage": page.per_page,
        "pages": page.pages,
        "title": album.title,
        "total": page.total,
    }
    return [Element("photoset", attributes, photos, lists=frozenset({"photo"}))]
