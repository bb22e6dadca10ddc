"""Tags of photos, and the vocabulary of an account."""

from __future__ import annotations

from collections.abc import Iterable

from heliograph.standin.flickr import tagging
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.inspection import tags_element, text_element
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.records import Account, Photo, Tag

METHODS = Table()


def _open_to_caller(call: Call) -> Photo:
    """A photo that the caller may tag."""
    photo = call.photo()
    if call.state.circle(call.me().id, photo) > photo.perm_addmeta:
        raise Failure(99, "Insufficient permissions. The photo's owner does not let others add tags.")
    return photo


def _typed(call: Call) -> tuple[Tag, ...]:
    """The tags that the call names."""
    raws = tagging.words(call.text("tags"), commas=call.state.dials.comma_tags)
    return tagging.tags(raws, call.me().id)


def _set(call: Call, photo: Photo, tags: tuple[Tag, ...]) -> None:
    """Gives a photo these tags, or none of them where there are too many."""
    if len(tags) > call.state.dials.tags_max:
        raise Failure(2, "Maximum number of tags reached")
    photo.tags = tags
    call.state.touch(photo)


@METHODS.write("flickr.photos.setTags")
def set_tags(call: Call) -> Answer:
    """Replaces every tag that the caller put on a photo; an empty list clears."""
    photo = _open_to_caller(call)
    me = call.me().id
    others = tuple(tag for tag in photo.tags if tag.author != me)
    _set(call, photo, tagging.joined(others, _typed(call)))
    return []


@METHODS.write("flickr.photos.addTags")
def add_tags(call: Call) -> Answer:
    """Adds tags, all or none; those that are there already stay as they are spelt."""
    photo = _open_to_caller(call)
    typed = _typed(call)
    _set(call, photo, tagging.joined(photo.tags, typed))
    asked = {tag.clean for tag in typed}
    added = [
        Element(
            "tag",
            {"author_id": tag.author, "full_tag_id": call.state.tag_id(photo, tag), "raw": tag.raw},
            text=tag.clean,
        )
        for tag in photo.tags
        if tag.clean in asked
    ]
    return [Element("tags", children=added, lists=frozenset({"tag"}))]


@METHODS.write("flickr.photos.removeTag")
@METHODS.write("flickr.tags.removeTag")
def remove_tag(call: Call) -> Answer:
    """Removes one tag by its long id; its word is no id."""
    tag_id = call.text("tag_id")
    parts = tag_id.split("-")
    photo = call.state.photos.get(parts[1]) if len(parts) == 3 else None  # noqa: PLR2004  # author, photo, number
    me = call.me().id
    if photo is None or photo.imported > call.state.now():
        raise Failure(1, "Tag not found")
    gone = [tag for tag in photo.tags if call.state.tag_id(photo, tag) == tag_id and me in {photo.owner, tag.author}]
    if not gone:
        raise Failure(1, "Tag not found")
    photo.tags = tuple(tag for tag in photo.tags if tag not in gone)
    call.state.touch(photo)
    return []


@METHODS.open("flickr.tags.getListPhoto")
def get_list_photo(call: Call) -> Answer:
    """A photo's tags."""
    photo = call.photo()
    return [Element("photo", {"id": photo.id}, [tags_element(call, photo)])]


@METHODS.open("flickr.tags.getListUser")
def get_list_user(call: Call) -> Answer:
    """Every clean tag of an account, in alphabetical order."""
    who = _who(call)
    words = sorted({tag.clean for tag in _tags_of(call, who)})
    tags = Element("tags", children=[text_element("tag", word) for word in words], lists=frozenset({"tag"}))
    return [Element("who", {"id": who.id}, [tags])]


@METHODS.read("flickr.tags.getListUserRaw")
def get_list_user_raw(call: Call) -> Answer:
    """Every spelling of every own tag, or of one, by the clean forms in alphabetical order."""
    me = call.me()
    spellings: dict[str, dict[str, None]] = {}
    for tag in _tags_of(call, me):
        spellings.setdefault(tag.clean, {})[tag.raw] = None
    wanted = tagging.clean(call.text("tag"))
    tags = [
        Element("tag", {"clean": word}, [text_element("raw", raw) for raw in raws], lists=frozenset({"raw"}))
        for word, raws in sorted(spellings.items())
        if not wanted or word == wanted
    ]
    return [Element("who", {"id": me.id}, [Element("tags", children=tags, lists=frozenset({"tag"}))])]


def _who(call: Call) -> Account:
    """The account that is asked about, else the caller's own."""
    user = call.user() if call.text("user_id") else call.me()
    if user is None:
        raise Failure(1, "User not found")
    return user


def _tags_of(call: Call, account: Account) -> Iterable[Tag]:
    """The tags on those photos of an account that the caller may see."""
    mine = (photo for photo in call.state.ready() if photo.owner == account.id)
    return (tag for photo in mine if call.state.sees(call.nsid, photo) for tag in photo.tags)
