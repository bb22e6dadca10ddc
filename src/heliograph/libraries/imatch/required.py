"""What a platform's photos must have besides what `rules.required` can ask for: facts that only IMatch's users know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from heliograph.libraries.imatch.options import REQUIRABLE
from heliograph.libraries.imatch.tree import BAR
from heliograph.model import Facts

GENRE, MAKE = REQUIRABLE
GENRES = "Image Characteristics|Genre"
"""Source: IMatch to Socials, which refused photos that are in none of its children (2024 to 2025)."""


def missing(
    facts: Facts, categories: Iterable[str], required: Mapping[str, tuple[str, ...]], platforms: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Platform and sentence for each thing that a photo wanted there does not have."""
    lacks = {GENRE: not any(path.startswith(f"{GENRES}{BAR}") for path in categories), MAKE: not facts.camera_make}
    remedies = {
        GENRE: f"It has no genre, which `required` in [library] asks for: put it in a category below {GENRES}.",
        MAKE: "It has no camera make, which `required` in [library] asks for: set it (EXIF Make).",
    }
    for platform in platforms:
        for name in required.get(platform, ()):
            if lacks[name]:
                yield platform, remedies[name]
