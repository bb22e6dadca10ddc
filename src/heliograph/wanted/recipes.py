"""How the files to be sent are made, and which facts go into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from math import floor, sqrt
from typing import Any

from heliograph.errors import Mistake
from heliograph.model import Facts, Limits, Output, Photo, Recipe
from heliograph.policy import Picture

JPEG = "image/jpeg"

MAKEABLE = (JPEG, "image/webp", "image/png", "image/avif")
"""Media types that can be made; of these a platform's `media_types` name first what it likes best."""

FORMATS = {"avif": "image/avif", "webp": "image/webp", "jpeg": JPEG, "png": "image/png"}
"""What `picture.formats` names -> the media type."""

LARGEST_FALLBACK_PX = 2048
"""Long edge of a fallback; who needs it is old, slow, or shows a preview."""

USUAL_LONG_EDGE_PX = 2048
"""Where a resized picture is asked for and no size is named."""

EMBEDDED: dict[str, tuple[str, ...]] = {
    "rights": ("rights",),
    "title": ("title",),
    "caption": ("caption",),
    "alt_text": ("alt_text",),
    "keywords": ("keywords", "keyword_paths"),
    "taken": ("taken",),
    "camera": ("camera_make", "camera_model", "lens", "exposure"),
}
"""What `picture.embed` names -> the facts that it writes."""

USUALLY_EMBEDDED = ("rights",)
"""Where neither the owner nor the platform says."""

SENDS = ("", "original", "resized")


def check_picture(picture: Picture) -> None:
    """Nothing, where the settings of the picture can be used.

    Raises:
        Mistake: they cannot.
    """
    if picture.send not in SENDS:
        raise Mistake(_unknown("picture.send", picture.send, SENDS[1:]))
    for name in picture.formats:
        if name not in FORMATS:
            raise Mistake(_unknown("picture.formats", name, tuple(FORMATS)))
    for name in picture.embed or ():
        if name not in EMBEDDED:
            raise Mistake(_unknown("picture.embed", name, tuple(EMBEDDED)))
    if any(edge < 1 for edge in picture.long_edge_px):
        message = "picture.long_edge_px holds a size below one pixel: name sizes such as 2048. Nothing was changed."
        raise Mistake(message)


def recipe(facts_out: Facts, photo: Photo, picture: Picture, limits: Limits) -> Recipe:
    """How the files are made; no outputs stand for the original's own pixels, where the platform takes those.

    Outputs are sorted, largest first. Where the settings name no formats, and a platform likes another media type
    better than JPEG and takes JPEG too, a large and a small JPEG go along for readers that show nothing newer.

    Raises:
        Mistake: the settings name a way of sending or a fact that there is not.
    """
    check_picture(picture)
    kept: dict[str, Any] = {fact: getattr(facts_out, fact) for name in _embedded(picture) for fact in EMBEDDED[name]}
    embed = Facts(**kept)
    if picture.send != "original":
        return Recipe(_resized(photo, picture, limits), embed)
    if unsendable(photo, limits):
        return Recipe((_instead(photo, picture, limits),), embed)
    return Recipe((), replace(embed, orientation=photo.facts.orientation))


def sent_picture(photo: Photo, made: Recipe, picture: Picture, limits: Limits) -> tuple[object, ...]:
    """What makes the picture that is sent another one: pixels, how they turn, how the files are made.

    Where words in a file count only while it is new, other words are no reason to send it again; other kinds of
    words, which the settings name, are.
    """
    if limits.embedded_counts:
        return photo.digest, photo.facts.orientation if made.outputs else 1, made
    return photo.digest, photo.facts.orientation, made.outputs, _embedded(picture)


def _embedded(picture: Picture) -> tuple[str, ...]:
    return USUALLY_EMBEDDED if picture.embed is None else picture.embed


def unsendable(photo: Photo, limits: Limits) -> str:
    """Why the platform does not take the original, in words; empty where it does."""
    area_px = photo.facts.width_px * photo.facts.height_px
    if photo.media_type not in limits.media_types:
        return f"{photo.media_type} is not taken there"
    if limits.max_px is not None and area_px > limits.max_px:
        return f"it has {area_px:,} pixels, and at most {limits.max_px:,} are taken there"
    if limits.max_bytes is not None and photo.length_bytes > limits.max_bytes:
        return f"it has {photo.length_bytes:,} bytes, and at most {limits.max_bytes:,} are taken there"
    return ""


def _resized(photo: Photo, picture: Picture, limits: Limits) -> tuple[Output, ...]:
    wished = picture.long_edge_px or (USUAL_LONG_EDGE_PX,)
    edges = sorted({min(edge, _longest_px(photo, limits) or edge) for edge in wished}, reverse=True)
    pairs = [(kind, edge) for edge in edges for kind in _named(picture, limits)] or _usual(edges, limits)
    outputs = [Output(kind, edge, _quality(picture, kind)) for kind, edge in pairs]
    return tuple(sorted(outputs, key=lambda output: -(output.long_edge_px or 0)))


def _named(picture: Picture, limits: Limits) -> tuple[str, ...]:
    """The formats that the owner wants and the platform takes, each once."""
    kinds = dict.fromkeys(FORMATS[name] for name in picture.formats)
    return tuple(kind for kind in kinds if kind in limits.media_types)


def _usual(edges: Sequence[int], limits: Limits) -> list[tuple[str, int]]:
    """Media types and sizes where nobody names formats."""
    liked = next((kind for kind in limits.media_types if kind in MAKEABLE), JPEG)
    pairs = [(liked, edge) for edge in edges]
    if liked != JPEG and JPEG in limits.media_types:
        large = next((edge for edge in edges if edge <= LARGEST_FALLBACK_PX), edges[-1])
        pairs += [(JPEG, edge) for edge in sorted({large, edges[-1]}, reverse=True)]
    return pairs


def _quality(picture: Picture, media_type: str) -> int:
    if media_type == "image/avif":
        return picture.quality_avif
    return picture.quality_webp or picture.quality if media_type == "image/webp" else picture.quality


def _instead(photo: Photo, picture: Picture, limits: Limits) -> Output:
    """As large as the platform takes it."""
    liked = JPEG if JPEG in limits.media_types else next((k for k in limits.media_types if k in MAKEABLE), JPEG)
    return Output(liked, _longest_px(photo, limits, by_bytes=photo.media_type in MAKEABLE), _quality(picture, liked))


def _longest_px(photo: Photo, limits: Limits, *, by_bytes: bool = False) -> int | None:
    """The long edge at which the picture keeps within the platform's area, and about within its bytes.

    `None`: it need not be smaller than it is, or its size is not known.
    """
    width_px, height_px = photo.facts.width_px, photo.facts.height_px
    shares = [1.0]
    if limits.max_px is not None and width_px * height_px > 0:
        shares.append(limits.max_px / (width_px * height_px))
    if by_bytes and limits.max_bytes is not None and photo.length_bytes > 0:
        shares.append(limits.max_bytes / photo.length_bytes)
    share = min(shares)
    return max(1, floor(max(width_px, height_px) * sqrt(share))) if share < 1 and width_px * height_px > 0 else None


def _unknown(setting: str, name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean “{close[0]}”?" if close else f"it takes {', '.join(known)}."
    return f"{setting} names “{name}”, which there is not: {hint} Nothing was changed."
