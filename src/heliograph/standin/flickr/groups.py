"""Groups: their rules, their pools, and what waits for a moderator.

Source: Flickr's method pages, as of 2026. Of the codes 21 to 29 of `pools.add` the exact words are not recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from heliograph.standin.flickr import extras
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.paging import page_of
from heliograph.standin.flickr.records import Group, Photo
from heliograph.standin.flickr.state import State

METHODS = Table()
_WINDOW_S = {"day": 86400.0, "week": 7 * 86400.0, "month": 30 * 86400.0, "ever": float("inf")}
_PRIVATE = 1
_MOST_GROUPS = 400
_RESTRICTIONS = (
    "photos_ok",
    "videos_ok",
    "images_ok",
    "screens_ok",
    "art_ok",
    "safe_ok",
    "moderate_ok",
    "restricted_ok",
    "has_geo",
)
_KINDS = {1: "images_ok", 2: "screens_ok", 3: "art_ok", 4: "art_ok"}
"""Kind of content -> the rule that lets it in."""
_SAFETY = {1: "safe_ok", 2: "moderate_ok", 3: "restricted_ok"}


def remaining(state: State, group: Group, nsid: str) -> int | None:
    """How many photos somebody may still add now; `None` is any number."""
    if group.throttle_mode not in _WINDOW_S:
        return None if group.throttle_mode == "none" else 0
    begin = state.now() - _WINDOW_S[group.throttle_mode]
    used = sum(1 for who, at in group.additions if who == nsid and at > begin)
    return max(group.throttle_count - used, 0)


@METHODS.write("flickr.groups.pools.add")
def add(call: Call) -> Answer:
    """Puts a photo into a pool, or before its moderator, who is told of by error 6."""
    photo = call.own_photo()
    group = call.group(code=2)
    state, me = call.state, call.me().id
    if me not in group.members:
        raise Failure(2, "Group not found")
    _check_pool(state, group, photo)
    _check_content(group, photo)
    if remaining(state, group, me) == 0:
        raise Failure(5, "Photo limit reached")
    entry = (photo.id, me, state.second())
    group.additions = (*group.additions, entry[1:])
    if group.moderated and me not in group.admins:
        group.pending = (*group.pending, entry)
        state.keep(group)
        raise Failure(6, "Your Photo has been added to the Pending Queue for this Pool")
    group.pool = (*group.pool, entry)
    state.keep(group)
    state.touch_places([photo.id])
    return []


def _check_pool(state: State, group: Group, photo: Photo) -> None:
    """Whether the pool takes any photo now, and this one is not there yet."""
    most = state.dials.pools_max_pro if state.is_pro(photo.owner) else state.dials.pools_max_free
    if any(entry[0] == photo.id for entry in group.pool):
        raise Failure(3, "Photo already in pool")
    if any(entry[0] == photo.id for entry in group.pending):
        raise Failure(7, "Your Photo has already been added to the Pending Queue for this Pool")
    if group.throttle_mode == "disabled":
        raise Failure(11, "Group Pool is disabled")
    if group.pool_max is not None and len(group.pool) >= group.pool_max:
        raise Failure(10, "Maximum number of photos in Group Pool")
    if sum(1 for _ in state.pools_of(photo.id)) >= most:
        raise Failure(4, "Photo in maximum number of pools")


def _check_content(group: Group, photo: Photo) -> None:
    """Whether the group's rules let this kind of photo in."""
    for code, message in _objections(group, photo):
        raise Failure(code, message)


def _objections(group: Group, photo: Photo) -> Iterator[tuple[int, str]]:
    """What the group's rules have against a photo, as code and message."""
    if group.content_refused:
        yield 8, "Content not allowed"
    if photo.media == "video" and not group.videos_ok:
        yield 21, "Videos are not allowed in this Group Pool"
    if photo.media == "photo" and not group.photos_ok:
        yield 24, "Photos are not allowed in this Group Pool"
    if not getattr(group, _KINDS[photo.content_type]):
        yield 25, "This type of content is not allowed in this Group Pool"
    if not getattr(group, _SAFETY[photo.safety_level]):
        yield 26 + photo.safety_level - 1, "Content of this safety level is not allowed in this Group Pool"
    if group.has_geo and photo.place is None:
        yield 29, "Photos must be geotagged for this Group Pool"


@METHODS.write("flickr.groups.pools.remove")
def remove(call: Call) -> Answer:
    """Takes a photo out of a pool, or out of the queue before it."""
    group = call.group(code=1)
    me, photo_id = call.me().id, call.text("photo_id")
    held = [entry for entry in (*group.pool, *group.pending) if entry[0] == photo_id]
    if not held:
        raise Failure(2, "Photo not in pool")
    if me not in {held[0][1], *group.admins}:
        raise Failure(3, "Insufficient permission to remove photo from pool")
    _take_out(call.state, group, photo_id)
    call.state.touch_places([photo_id])
    return []


def _take_out(state: State, group: Group, photo_id: str) -> None:
    group.pool = tuple(entry for entry in group.pool if entry[0] != photo_id)
    group.pending = tuple(entry for entry in group.pending if entry[0] != photo_id)
    state.keep(group)


def approve(state: State, group: Group, photo_id: str) -> None:
    """A moderator lets a waiting photo in.

    Raises:
        KeyError: it does not wait.
    """
    waiting = _waiting(group, photo_id)
    _take_out(state, group, photo_id)
    group.pool = (*group.pool, (waiting[0], waiting[1], state.second()))
    state.keep(group)
    state.touch_places([photo_id])


def reject(state: State, group: Group, photo_id: str) -> None:
    """A moderator turns a waiting photo down, of which nobody is told.

    Raises:
        KeyError: it does not wait.
    """
    _waiting(group, photo_id)
    _take_out(state, group, photo_id)


def _waiting(group: Group, photo_id: str) -> tuple[str, str, int]:
    for entry in group.pending:
        if entry[0] == photo_id:
            return entry
    raise KeyError(photo_id)


@METHODS.read("flickr.groups.pools.getGroups")
def get_pool_groups(call: Call) -> Answer:
    """The groups that the caller may add to, by name."""
    page = page_of(call, _groups_of(call.state, call.me().id), default=_MOST_GROUPS, most=_MOST_GROUPS)
    groups = [
        Element(
            "group",
            {
                "nsid": group.id,
                "id": group.id,
                "name": group.name,
                "member": 1,
                "admin": int(call.nsid in group.admins),
                "privacy": group.privacy,
                "photos": len(group.pool),
                "iconserver": "0",
                "iconfarm": 0,
                "member_count": str(len(group.members)),
                "pool_count": str(len(group.pool)),
            },
        )
        for group in page.items
    ]
    attributes = {**page.attributes(), "per_page": page.per_page}
    return [Element("groups", attributes, groups, lists=frozenset({"group"}))]


def _groups_of(state: State, nsid: str) -> list[Group]:
    """The groups that somebody is a member of, by name."""
    mine = (group for group in tuple(state.groups.values()) if nsid in group.members)
    return sorted(mine, key=lambda group: (group.name.casefold(), group.id))


@METHODS.read("flickr.people.getGroups")
def get_people_groups(call: Call) -> Answer:
    """Memberships, with what is left of each throttle where that was asked for."""
    user = call.user() if call.text("user_id") else call.me()
    if user is None:
        raise Failure(1, "User not found")
    wanted = extras.asked(call)
    groups = [_membership(call, group, user.id, wanted) for group in _groups_of(call.state, user.id)]
    return [Element("groups", children=groups, lists=frozenset({"group"}))]


def _membership(call: Call, group: Group, nsid: str, wanted: frozenset[str]) -> Element:
    attributes: dict[str, object] = {
        "nsid": group.id,
        "id": group.id,
        "name": group.name,
        "iconserver": "0",
        "iconfarm": 0,
        "admin": int(nsid in group.admins),
        "eighteenplus": 0,
        "invitation_only": int(group.privacy != 3),  # noqa: PLR2004  # 3 is open
        "members": str(len(group.members)),
        "pool_count": str(len(group.pool)),
    }
    if "privacy" in wanted:
        attributes["privacy"] = group.privacy
    children = [_throttle(call.state, group, nsid)] if "throttle" in wanted else []
    children += [_restrictions(group)] if "restrictions" in wanted else []
    return Element("group", attributes, children)


def _throttle(state: State, group: Group, nsid: str | None) -> Element:
    """How often a member may add, and how often still now."""
    attributes: dict[str, object] = {"mode": group.throttle_mode}
    if group.throttle_mode in _WINDOW_S:
        attributes |= {"count": group.throttle_count}
        if nsid in group.members:
            attributes |= {"remaining": remaining(state, group, nsid or "") or 0}
    return Element("throttle", attributes)


def _restrictions(group: Group) -> Element:
    return Element("restrictions", {name: getattr(group, name) for name in _RESTRICTIONS})


@METHODS.open("flickr.groups.getInfo")
def get_info(call: Call) -> Answer:
    """Everything about a group but its pool."""
    group = call.group()
    if group.privacy == _PRIVATE and call.nsid not in group.members:
        raise Failure(2, "Group is private")
    attributes: dict[str, object] = {
        "id": group.id,
        "nsid": group.id,
        "path_alias": group.path_alias,
        "iconserver": "0",
        "iconfarm": 0,
        "ispoolmoderated": int(group.moderated),
        "is_member": int(call.nsid in group.members),
        "is_admin": int(call.nsid in group.admins),
    }
    children = [
        Element("name", text=group.name),
        Element("description", text=""),
        Element("rules", text=""),
        Element("members", text=str(len(group.members))),
        Element("pool_count", text=str(len(group.pool))),
        Element("privacy", text=str(group.privacy)),
        _throttle(call.state, group, call.nsid),
        _restrictions(group),
    ]
    return [Element("group", attributes, children)]


@METHODS.open("flickr.groups.pools.getPhotos")
def get_pool_photos(call: Call) -> Answer:
    """A pool as far as the caller sees it, what was added last first."""
    group = call.group()
    if group.privacy == _PRIVATE and call.nsid not in group.members:
        raise Failure(2, "You don't have permission to view this pool")
    contributor = call.user() if call.text("user_id") else None
    if call.text("user_id") and contributor is None:
        raise Failure(3, "Unknown user")
    entries = [
        (call.state.photos[photo_id], at)
        for photo_id, who, at in reversed(group.pool)
        if photo_id in call.state.photos and (contributor is None or who == contributor.id)
    ]
    seen = [(photo, at) for photo, at in entries if call.state.sees(call.nsid, photo) and _tagged(call, photo)]
    page = page_of(call, seen)
    wanted = extras.asked(call)
    photos = [
        extras.listed_photo(
            call, photo, wanted, {"ownername": call.state.accounts[photo.owner].username, "dateadded": str(at)}
        )
        for photo, at in page.items
    ]
    return [Element("photos", page.attributes(), photos, lists=frozenset({"photo"}))]


def _tagged(call: Call, photo: Photo) -> bool:
    """Whether a photo has the one tag that is asked for, if any."""
    wanted = call.text("tags").strip().lower()
    return not wanted or any(tag.clean == wanted for tag in photo.tags)
