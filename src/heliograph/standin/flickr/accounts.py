"""People, their preferences and limits; and the methods that test a client.

Source: Flickr's method pages, as of 2026.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.inspection import text_element
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.records import Account

METHODS = Table()
_KB = 1024
_BANDWIDTH_BYTES = 2**40
"""Bandwidth is no longer counted; the numbers are still told."""
_DISPLAY_PX = 6144
_VIDEO_S = {True: 600, False: 180}


def _user(call: Call) -> Account:
    user = call.user() if call.text("user_id") else None
    if user is None:
        raise Failure(1, "User not found")
    return user


@METHODS.open("flickr.people.getInfo")
def get_info(call: Call) -> Answer:
    """Who somebody is, and how much of theirs the caller sees."""
    user = _user(call)
    state = call.state
    seen = [photo for photo in state.ready() if photo.owner == user.id and state.sees(call.nsid, photo)]
    hours, minutes = divmod(abs(user.utc_offset_s) // 60, 60)
    offset = f"{'-' if user.utc_offset_s < 0 else '+'}{hours:02d}:{minutes:02d}"
    base = f"{state.address}/photos/{state.path_of(user.id)}/"
    pro = int(state.is_pro(user.id))
    attributes: dict[str, object] = {
        "id": user.id,
        "nsid": user.id,
        "ispro": pro,
        "is_deleted": 0,
        "iconserver": "0",
        "iconfarm": 0,
        "path_alias": user.path_alias,
        "has_stats": pro,
        "pro_badge": "standard",
        "expire": "0",
    }
    first = [
        text_element("firstdatetaken", min((photo.taken for photo in seen), default="")),
        text_element("firstdate", str(min((photo.posted for photo in seen), default=""))),
        text_element("count", str(len(seen))),
    ]
    children = [
        text_element("username", user.username),
        text_element("realname", user.realname),
        Element("timezone", {"label": f"UTC{offset}", "offset": offset, "timezone_id": "Etc/Unknown"}),
        text_element("photosurl", base),
        text_element("profileurl", f"{state.address}/people/{state.path_of(user.id)}/"),
        Element("photos", children=first),
    ]
    return [Element("person", attributes, children)]


@METHODS.open("flickr.people.findByUsername")
def find_by_username(call: Call) -> Answer:
    """The NSID of a user name."""
    wanted = call.text("username").casefold()
    for user in tuple(call.state.accounts.values()):
        if user.username.casefold() == wanted:
            return [_user_element(user, nsid=user.id)]
    raise Failure(1, "User not found")


def _user_element(user: Account, **more: object) -> Element:
    return Element("user", {"id": user.id, **more}, [text_element("username", user.username)])


@METHODS.open("flickr.urls.lookupUser")
def lookup_user(call: Call) -> Answer:
    """The NSID behind the address of somebody's photos or profile."""
    steps = [step for step in urlsplit(call.text("url")).path.split("/") if step]
    user = call.state.account_named(steps[1]) if len(steps) > 1 and steps[0] in {"photos", "people"} else None
    if user is None:
        raise Failure(1, "User not found")
    return [_user_element(user)]


@METHODS.read("flickr.people.getUploadStatus")
def get_upload_status(call: Call) -> Answer:
    """What the caller may still upload, in the numbers of old."""
    me, dials = call.me(), call.state.dials
    pro = call.state.is_pro(me.id)
    mine = list(call.state.of_owner(me.id))
    used = sum(photo.original.length_bytes for photo in mine)
    videos = sum(photo.media == "video" for photo in mine)
    left = max(_BANDWIDTH_BYTES - used, 0)
    bandwidth: dict[str, object] = {
        "maxbytes": _BANDWIDTH_BYTES,
        "maxkb": _BANDWIDTH_BYTES // _KB,
        "usedbytes": used,
        "usedkb": used // _KB,
        "remainingbytes": left,
        "remainingkb": left // _KB,
    }
    size: dict[str, object] = {"maxbytes": dials.photo_max_bytes, "maxkb": dials.photo_max_bytes // _KB}
    albums = len(call.state.albums_of(me.id))
    more = "lots" if dials.albums_max is None else max(dials.albums_max - albums, 0)
    children = [
        text_element("username", me.username),
        Element("bandwidth", bandwidth),
        Element("filesize", size),
        Element("sets", {"created": albums, "remaining": more}),
        Element("videosize", {"maxbytes": dials.video_max_bytes, "maxkb": dials.video_max_bytes // _KB}),
        Element("videos", {"uploaded": videos, "remaining": "lots"}),
    ]
    return [Element("user", {"id": me.id, "ispro": int(pro)}, children)]


@METHODS.read("flickr.people.getLimits")
def get_limits(call: Call) -> Answer:
    """Pixels shown, bytes and seconds taken."""
    me, dials = call.me(), call.state.dials
    children = [
        Element("photos", {"maxdisplaypx": _DISPLAY_PX, "maxupload": dials.photo_max_bytes}),
        Element("videos", {"maxduration": _VIDEO_S[call.state.is_pro(me.id)], "maxupload": dials.video_max_bytes}),
    ]
    return [Element("person", {"nsid": me.id}, children)]


@METHODS.read("flickr.prefs.getPrivacy")
def get_privacy(call: Call) -> Answer:
    """Who sees new photos, 1 to 5."""
    return [Element("person", {"nsid": call.me().id, "privacy": call.me().privacy})]


@METHODS.read("flickr.prefs.getHidden")
def get_hidden(call: Call) -> Answer:
    """Whether public searches show new photos: 1 they do, 2 they do not."""
    return [Element("person", {"nsid": call.me().id, "hidden": call.me().hidden})]


@METHODS.read("flickr.prefs.getSafetyLevel")
def get_safety_level(call: Call) -> Answer:
    """The safety level of new photos."""
    return [Element("person", {"nsid": call.me().id, "safety_level": call.me().safety_level})]


@METHODS.read("flickr.prefs.getContentType")
def get_content_type(call: Call) -> Answer:
    """What kind of picture new photos are."""
    return [Element("person", {"nsid": call.me().id, "content_type": call.me().content_type})]


@METHODS.read("flickr.prefs.getGeoPerms")
def get_geo_perms(call: Call) -> Answer:
    """Who sees where new photos were taken, and whether positions are read from files."""
    me, dial = call.me(), call.state.dials.import_geo_exif
    imported = me.import_geo_exif if dial is None else dial
    return [Element("person", {"nsid": me.id, "geoperms": me.geo_perms, "importgeoexif": int(imported)})]


@METHODS.open("flickr.test.echo")
def echo(call: Call) -> Answer:
    """Every argument."""
    return [text_element(name, value) for name, value in call.arguments.items()]


@METHODS.read("flickr.test.login")
def login(call: Call) -> Answer:
    """Who the caller is."""
    me = call.me()
    return [_user_element(me, path_alias=me.path_alias)]


@METHODS.read("flickr.test.null")
def null(call: Call) -> Answer:
    """Nothing."""
    call.me()
    return []
