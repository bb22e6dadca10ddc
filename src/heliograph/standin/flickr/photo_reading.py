"""What else can be asked about one photo: where it is, its sizes, its metadata, who may do what, who likes it.

Source: Flickr's method pages and recorded answers, as of 2026.
"""

from __future__ import annotations

from heliograph.standin.flickr import dates, embedded, pictures, texts
from heliograph.standin.flickr.element import Element
from heliograph.standin.flickr.inspection import permissions, text_element
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.paging import page_of
from heliograph.standin.flickr.records import Photo

METHODS = Table()


@METHODS.open("flickr.photos.getAllContexts")
def get_all_contexts(call: Call) -> Answer:
    """The albums and pools that a photo is in."""
    photo = call.photo()
    state = call.state
    albums = [album for album in state.albums_of(photo.owner) if photo.id in album.photos]
    sets = [
        Element(
            "set",
            {
                "id": album.id,
                "title": album.title,
                "primary": album.primary,
                "secret": state.photos[album.primary].secret,
                "server": state.photos[album.primary].server,
                "farm": state.photos[album.primary].farm,
                "view_count": "0",
                "comment_count": "0",
                "count_photo": sum(state.photos[member].media == "photo" for member in album.photos),
                "count_video": sum(state.photos[member].media == "video" for member in album.photos),
            },
        )
        for album in albums
    ]
    pools = [
        Element(
            "pool",
            {
                "id": group.id,
                "title": group.name,
                "url": f"/groups/{group.path_alias or group.id}/pool/",
                "iconserver": "0",
                "iconfarm": 0,
                "members": str(len(group.members)),
                "pool_count": str(len(group.pool)),
            },
        )
        for group in state.pools_of(photo.id)
    ]
    return [*sets, *pools]


@METHODS.open("flickr.photos.getSizes")
def get_sizes(call: Call) -> Answer:
    """Every size that the caller may have, smallest first."""
    photo = call.photo()
    base, page = call.state.address, call.state.page(photo)
    sizes = [
        _size(photo, sized.size.label, (sized.width, sized.height), pictures.address(base, photo, sized), page)
        for sized in pictures.sizes(photo)
    ]
    own = call.state.original_shown(call.nsid, photo)
    if own:
        source = pictures.original_address(base, photo)
        label = "Video Original" if photo.media == "video" else "Original"
        sizes.append(_size(photo, label, (photo.original.width, photo.original.height), source, page))
    usage = {"canblog": int(own), "canprint": int(own), "candownload": int(own)}
    return [Element("sizes", dict(usage), sizes, lists=frozenset({"size"}))]


def _size(photo: Photo, label: str, measures: tuple[int, int], source: str, page: str) -> Element:
    suffix = label.lower().replace(" ", "-")
    width, height = measures
    url = f"{page}sizes/{suffix}/"
    attributes = {"label": label, "width": width, "height": height, "source": source, "url": url, "media": photo.media}
    return Element("size", attributes)


@METHODS.open("flickr.photos.getExif")
def get_exif(call: Call) -> Answer:
    """The metadata of the original file."""
    photo = call.photo()
    found = embedded.entries(call.state.gallery.original_file(photo)) if photo.original.name else []
    entries = [
        Element(
            "exif",
            {"tagspace": entry.space, "tagspaceid": 0, "tag": entry.key.rsplit(".", 1)[-1], "label": entry.label},
            [text_element("raw", entry.raw)]
            + ([text_element("clean", entry.shown)] if entry.shown != entry.raw else []),
        )
        for entry in found
    ]
    camera = next((entry.raw for entry in found if entry.key == "Exif.Image.Model"), "")
    attributes = {"id": photo.id, "secret": photo.secret, "server": photo.server, "farm": photo.farm, "camera": camera}
    return [Element("photo", attributes, entries, lists=frozenset({"exif"}))]


@METHODS.read("flickr.photos.getPerms")
def get_perms(call: Call) -> Answer:
    """Who may see, comment on and describe an own photo."""
    photo = call.own_photo()
    visibility = {"ispublic": photo.is_public, "isfriend": photo.is_friend, "isfamily": photo.is_family}
    return [Element("perms", {"id": photo.id, **visibility, **permissions(photo)})]


@METHODS.open("flickr.photos.getFavorites")
def get_favorites(call: Call) -> Answer:
    """Who likes a photo, latest first."""
    photo = call.photo()
    page = page_of(call, photo.faves[::-1], default=10, most=50)
    people = [
        Element(
            "person",
            {
                "nsid": nsid,
                "username": call.state.accounts[nsid].username,
                "realname": call.state.accounts[nsid].realname,
                "favedate": str(at),
                "iconserver": "0",
                "iconfarm": 0,
            },
        )
        for nsid, at in page.items
    ]
    attributes = {"id": photo.id, "secret": photo.secret, "server": photo.server, "farm": photo.farm}
    return [Element("photo", attributes | page.attributes(), people, lists=frozenset({"person"}))]


@METHODS.open("flickr.photos.comments.getList")
def get_comments(call: Call) -> Answer:
    """What was written under a photo, oldest first."""
    photo = call.photo()
    comments = [
        text_element(
            "comment",
            texts.described(comment.text),
            id=comment.id,
            author=comment.author,
            authorname=call.state.accounts[comment.author].username,
            realname=call.state.accounts[comment.author].realname,
            path_alias=call.state.accounts[comment.author].path_alias,
            iconserver="0",
            iconfarm=0,
            datecreate=str(comment.at),
            permalink=f"{call.state.page(photo)}#comment{comment.id}",
        )
        for comment in photo.comments
        if _between(call, comment.at)
    ]
    return [Element("comments", {"photo_id": photo.id}, comments, lists=frozenset({"comment"}))]


def _between(call: Call, at: int) -> bool:
    """Whether a comment is between `min_comment_date` and `max_comment_date`."""
    low = dates.moment(call.text("min_comment_date"), 0) or 0
    high = dates.moment(call.text("max_comment_date"), 0)
    return low <= at and (high is None or at <= high)
