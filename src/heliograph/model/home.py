"""What comes home from a platform."""

from __future__ import annotations

from dataclasses import dataclass, replace

from heliograph.model.photo import Facts, Place, Rights, Taken
from heliograph.model.post import Post
from heliograph.model.value import Fields, Value, each
from heliograph.model.wanted import F


@dataclass(frozen=True, slots=True)
class Home:
    """A photo of a platform that is brought home, with what is known of it there in the library's own nouns."""

    platform: str
    post: Post
    facts: Facts
    """Title, caption, keywords as written there, when and where it was taken, `rights.licence_url`; the rest empty."""
    albums: tuple[str, ...] = ()
    """Titles of the albums that hold it there."""
    wishes: tuple[tuple[str, ...], ...] = ()
    """Hierarchical keywords, root first, by which the photo is wanted there from now on, in its albums:
    `("Socials", "flickr"), ("Socials", "flickr", "albums", "Coast")`. Empty: it needs none."""
    is_original: bool = True
    """False: the platform gave only a smaller or newly coded size."""


def facts_brought(values: Fields) -> Facts:
    """What a platform shows, as it says it to the library (`Platform.brings`), as facts of a photo."""
    return Facts(
        title=_text(values.get(F.TITLE)),
        caption=_text(values.get(F.TEXT)),
        alt_text=_text(values.get(F.ALT)),
        keywords=tuple(dict.fromkeys(word for word in map(str.strip, each(values.get(F.TAGS))) if word)),
        taken=taken_brought(values.get(F.TAKEN)),
        place=place_brought(values.get(F.PLACE), Place()),
        rights=Rights(licence_url=_text(values.get(F.RIGHTS))),
    )


def taken_brought(value: Value) -> Taken | None:
    """A date as a platform brings it."""
    return Taken(*each(value)) if isinstance(value, tuple) and any(value) else None


def place_brought(value: Value, before: Place) -> Place:
    """A position as a platform brings it; the names of the place stay as they were."""
    latitude, longitude = value[:2] if isinstance(value, tuple) and len(value) > 1 else (None, None)
    return replace(before, latitude=_degrees(latitude), longitude=_degrees(longitude))


def _text(value: Value) -> str:
    return str(value or "").strip()


def _degrees(value: Value) -> float | None:
    return float(str(value)) if value is not None else None
