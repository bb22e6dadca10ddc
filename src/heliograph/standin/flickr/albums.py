"""What can be done to albums, which Flickr's methods call photosets.

Source: Flickr's method pages and reports of users, as of 2026: `editPhotos` replaces the whole membership and order; an
album that loses its last photo is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.records import Album
from heliograph.standin.flickr.state import State

METHODS = Table()


def leave_albums(state: State, photo_id: str) -> None:
    """Takes a photo out of every album."""
    for album in tuple(state.albums.values()):
        if photo_id in album.photos:
            _fill(state, album, tuple(member for member in album.photos if member != photo_id))


def make_album(state: State, nsid: str, title: str, description: str, photos: Sequence[str]) -> Album:
    """A new album, first of its owner's, whose cover is its first photo."""
    now = state.second()
    album = Album(str(state.next_number("album")), nsid, title, photos[0], tuple(photos), description, now, now)
    account = state.accounts[nsid]
    account.album_order = (album.id, *account.album_order)
    state.keep(album, account)
    return album


def _fill(state: State, album: Album, photos: tuple[str, ...], primary: str = "") -> None:
    """Gives an album these photos and this cover; where its cover is gone, the first photo is it."""
    if not photos and state.dials.delete_emptied:
        _delete(state, album)
        return
    album.photos = photos
    album.primary = primary or (album.primary if album.primary in photos else next(iter(photos), album.primary))
    _change(state, album)


def _change(state: State, album: Album) -> None:
    album.updated = state.second()
    state.keep(album)


def _delete(state: State, album: Album) -> None:
    account = state.accounts[album.owner]
    account.album_order = tuple(album_id for album_id in account.album_order if album_id != album.id)
    state.keep(account)
    state.drop(album)


def _title(call: Call) -> str:
    """The title that was sent, without white space around it where the dial says so."""
    title = call.text("title")[: call.state.dials.title_max]
    if not title.strip():
        raise Failure(1 if not call.has("photoset_id") else 2, "No title specified")
    return title.strip() if call.state.dials.trim_titles else title


def _own(call: Call, photo_ids: Iterable[str], failure: Failure) -> None:
    """Checks that every photo is there, and the caller's.

    Raises:
        Failure: the one given, where one is not.
    """
    me, now, photos = call.me().id, call.state.now(), call.state.photos
    for photo_id in photo_ids:
        photo = photos.get(photo_id)
        if photo is None or photo.owner != me or photo.imported > now:
            raise failure


@METHODS.write("flickr.photosets.create")
def create(call: Call) -> Answer:
    """A new album with one photo, before all others."""
    title = _title(call)
    photo = call.own_photo(code=2, name="primary_photo_id")
    me, dials = call.me(), call.state.dials
    if dials.albums_max is not None and len(call.state.albums_of(me.id)) >= dials.albums_max:
        raise Failure(3, "Can't create any more sets")
    album = make_album(call.state, me.id, title, call.text("description"), [photo.id])
    call.state.touch_places([photo.id])
    url = f"{call.state.address}/photos/{call.state.path_of(me.id)}/sets/{album.id}/"
    return [Element("photoset", {"id": album.id, "url": url})]


@METHODS.write("flickr.photosets.editMeta")
def edit_meta(call: Call) -> Answer:
    """Sets the title, and the description where it was sent."""
    album = call.own_album()
    album.title = _title(call)
    album.description = call.text("description") if call.has("description") else album.description
    _change(call.state, album)
    return []


@METHODS.write("flickr.photosets.editPhotos")
def edit_photos(call: Call) -> Answer:
    """Replaces photos, order and cover at once, or nothing."""
    album = call.own_album()
    photos = tuple(dict.fromkeys(call.items("photo_ids")))
    primary = call.text("primary_photo_id")
    if not photos:
        raise Failure(5, "Empty photos list")
    _own(call, photos, Failure(2, "Photo not found"))
    _own(call, [primary], Failure(3, "Primary photo not found"))
    if primary not in photos:
        raise Failure(4, "Primary photo not in list")
    if len(photos) > call.state.dials.album_cap:
        raise Failure(10, "Maximum number of photos in set")
    changed = {*photos} ^ {*album.photos}
    _fill(call.state, album, photos, primary)
    call.state.touch_places(changed)
    return []


@METHODS.write("flickr.photosets.addPhoto")
def add_photo(call: Call) -> Answer:
    """Puts one photo at the end."""
    album = call.own_album()
    photo = call.own_photo(code=2)
    if photo.id in album.photos:
        raise Failure(3, "Photo already in set")
    if len(album.photos) >= call.state.dials.album_cap:
        raise Failure(10, "Maximum number of photos in set")
    _fill(call.state, album, (*album.photos, photo.id))
    call.state.touch_places([photo.id])
    return []


@METHODS.write("flickr.photosets.removePhoto")
def remove_photo(call: Call) -> Answer:
    """Takes one photo out."""
    album = call.own_album()
    photo = call.own_photo(code=2)
    if photo.id not in album.photos:
        raise Failure(3, "Photo not in set")
    _fill(call.state, album, tuple(member for member in album.photos if member != photo.id))
    call.state.touch_places([photo.id])
    return []


@METHODS.write("flickr.photosets.removePhotos")
def remove_photos(call: Call) -> Answer:
    """Takes several photos out; those that are not in it are passed over."""
    album = call.own_album()
    gone = {*call.items("photo_ids")} & {*album.photos}
    if not gone:
        raise Failure(3, "Photo not in set")
    _fill(call.state, album, tuple(member for member in album.photos if member not in gone))
    call.state.touch_places(gone)
    return []


@METHODS.write("flickr.photosets.reorderPhotos")
def reorder_photos(call: Call) -> Answer:
    """Puts the listed photos first, in this order; the others follow as they were."""
    album = call.own_album()
    first = tuple(dict.fromkeys(call.items("photo_ids")))
    if not {*first} <= {*album.photos}:
        raise Failure(2, "Photo not found")
    _fill(call.state, album, first + tuple(member for member in album.photos if member not in first))
    return []


@METHODS.write("flickr.photosets.setPrimaryPhoto")
def set_primary_photo(call: Call) -> Answer:
    """Chooses the cover among the album's photos."""
    album = call.own_album()
    photo = call.own_photo(code=2)
    if photo.id not in album.photos:
        raise Failure(2, "Photo not found")
    _fill(call.state, album, album.photos, photo.id)
    return []


@METHODS.write("flickr.photosets.orderSets")
def order_sets(call: Call) -> Answer:
    """Orders the albums; unlisted ones go last."""
    me = call.me()
    order = tuple(dict.fromkeys(call.items("photoset_ids")))
    mine = {album.id for album in call.state.albums_of(me.id)}
    if not order or not {*order} <= mine:
        raise Failure(1, "Set not found")
    me.album_order = order
    call.state.keep(me)
    return []


@METHODS.write("flickr.photosets.delete")
def delete(call: Call) -> Answer:
    """Deletes an album; its photos stay."""
    _delete(call.state, call.own_album())
    return []
