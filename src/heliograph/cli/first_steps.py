"""What a newcomer is told where nothing is wished yet, and "nothing to do" would leave them puzzled."""

from __future__ import annotations

from heliograph import wording
from heliograph.config import Settings
from heliograph.desk.telling import Status
from heliograph.policy import Direction


def missing(settings: Settings, stands: Status) -> str:
    """What is missing before anything can be published, with what to do; empty where something is."""
    policies = [item.policy for item in settings.platforms]
    if not policies:
        return f"{settings.path} names no platform. Add a section such as [platforms.site]."
    if any(place.photos or place.albums or place.refused for place in stands.platforms):
        return ""
    if any(policy.direction != Direction.PUBLISH for policy in policies):
        return ""
    if not stands.files:
        return "The library has no photos yet. `helio doctor` says where it is looked for."
    name, root = policies[0].name, policies[0].select.keyword
    keyword = f"give photos the keyword {root}|{name} (in IMatch, the category), or " if root else ""
    return (
        f"None of its {wording.many(stands.files, 'file')} is wanted anywhere yet: {keyword}say in "
        f"[platforms.{name}.select] which are. `helio explain PHOTO` tells of one."
    )
