"""What containers say that were not believed: it never leaves, but what is private there is private."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from heliograph.metadata import keywords, places
from heliograph.metadata.blocks import MOST_KEYWORDS, Xmp
from heliograph.metadata.reconcile import EXIF, IPTC, SIDECAR, XMP, Layers, shortened
from heliograph.metadata.texts import distinct
from heliograph.model import Facts, Overruled

_IPTC_KEYWORD_BYTES = 64

_MOST_NAMES = 5_000
"""As many as of keywords; nobody photographs more people at once."""


def overruled(layers: Layers, facts: Facts) -> Overruled:
    """Keywords, people, place names and positions that stand in some container and not in `facts`."""
    packets = list(_packets(layers))
    chosen = {*facts.keyword_paths, *((word,) for word in facts.keywords)}
    words = {(source, path) for source, path in _keywords(layers, packets) if path not in chosen}
    cut = {(source, path) for source, path in words if source == IPTC and _is_cut(path, facts.keywords)}
    people = distinct(name for _, xmp in packets for name in keywords.people(xmp))
    names = distinct(_place_names(layers, packets))
    place = facts.place
    told = {place.sublocation, place.city, place.state, place.country, place.country_code}
    return Overruled(
        tuple(sorted(words - cut)),
        tuple(name for name in people if name not in facts.people)[:_MOST_NAMES],
        tuple(name for name in names if name not in told)[:_MOST_NAMES],
        tuple(sorted({found for found in layers.positions if found != (place.latitude, place.longitude)})),
    )


def _packets(layers: Layers) -> Iterator[tuple[str, Xmp]]:
    if layers.sidecar:
        yield SIDECAR, layers.sidecar
    yield XMP, layers.xmp
    yield from layers.others


def _keywords(layers: Layers, packets: Iterable[tuple[str, Xmp]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for source, xmp in packets:
        yield from ((source, path) for path in keywords.everything(xmp))
    for name in ("Keywords", "SuppCategory"):
        yield from ((IPTC, path) for path in keywords.split_paths(layers.iptc.texts(name)[:MOST_KEYWORDS]))
    yield from ((EXIF, path) for path in keywords.listed(layers.exif.wide("Exif.Image.XPKeywords")))


def _is_cut(path: tuple[str, ...], whole: Iterable[str]) -> bool:
    """IIM has room for 64 bytes: what it cut off the end of a keyword makes no other keyword of it."""
    return any(shortened("|".join(path), word, _IPTC_KEYWORD_BYTES) for word in whole)


def _place_names(layers: Layers, packets: Iterable[tuple[str, Xmp]]) -> Iterator[str]:
    for _, xmp in packets:
        yield from places.all_xmp_names(xmp)
    yield from places.iptc_names(layers.iptc)
