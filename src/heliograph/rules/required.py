"""Facts without which a photo must not leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from heliograph.errors import Mistake
from heliograph.model import Facts, Place

_HAS: dict[str, tuple[Callable[[Facts], bool], str, str]] = {
    "title": (lambda facts: bool(facts.title), "title", "write one (XMP dc:title)"),
    "headline": (lambda facts: bool(facts.headline), "headline", "write one (IPTC Headline)"),
    "caption": (lambda facts: bool(facts.caption), "caption", "write one (XMP dc:description)"),
    "alt_text": (lambda facts: bool(facts.alt_text), "alt text", "describe the picture (IPTC Alt Text)"),
    "extended_description": (
        lambda facts: bool(facts.extended_description),
        "extended description",
        "write one (IPTC Extended Description)",
    ),
    "keywords": (
        lambda facts: bool(facts.keywords or facts.keyword_paths),
        "keyword that may leave",
        "add one, or let one of its branches out",
    ),
    "people": (lambda facts: bool(facts.people), "person shown that may be named", "name one, and allow rules.people"),
    "taken": (
        lambda facts: facts.taken is not None and bool(facts.taken.local or facts.taken.circa),
        "date taken",
        "set it (EXIF DateTimeOriginal, or a circa date)",
    ),
    "camera": (lambda facts: bool(facts.camera_model), "camera model", "set it (EXIF Model)"),
    "lens": (lambda facts: bool(facts.lens), "lens", "set it (EXIF LensModel)"),
    "position": (
        lambda facts: facts.place.latitude is not None and facts.place.longitude is not None,
        "position that may leave",
        "add one, and allow rules.place",
    ),
    "place": (lambda facts: facts.place != Place(), "place that may leave", "add one, and allow rules.place"),
    "creator": (lambda facts: bool(facts.rights.creators), "creator", "name the photographer (XMP dc:creator)"),
    "credit": (lambda facts: bool(facts.rights.credit), "credit line", "write one (IPTC Credit Line)"),
    "copyright": (lambda facts: bool(facts.rights.copyright), "copyright notice", "write one (XMP dc:rights)"),
    "licence": (
        lambda facts: bool(facts.rights.licence_url or facts.rights.usage_terms),
        "licence",
        "state one (XMP cc:license or usage terms), or set rules.licence",
    ),
    "rating": (lambda facts: facts.rating is not None, "rating", "give it one (XMP Rating)"),
    "label": (lambda facts: bool(facts.label), "label", "give it one (XMP Label)"),
}

REQUIRABLE: frozenset[str] = frozenset(_HAS)
"""The names that `rules.required` takes."""


def check_required(required: Iterable[str]) -> None:
    """Nothing, where every name is a fact.

    Raises:
        Mistake: one is not.
    """
    for name in required:
        if name not in _HAS:
            raise Mistake(_unknown(name, _HAS))


def missing(facts_out: Facts, required: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each required fact that the photo cannot show, in the order of the settings, without repeats."""
    names = tuple(dict.fromkeys(required))
    check_required(names)
    return tuple(lacking(name) for name in names if not _HAS[name][0](facts_out))


def lacking(name: str) -> str:
    """What is said of a photo that cannot show this fact; one of `REQUIRABLE`."""
    _, noun, remedy = _HAS[name]
    return f"It has no {noun}, which rules.required asks for: {remedy}."


def _unknown(name: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean “{close[0]}”?" if close else f"it takes {', '.join(sorted(known))}."
    return f"rules.required asks for “{name}”, which is no fact of a photo: {hint} Nothing was changed."
