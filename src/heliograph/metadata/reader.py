"""A picture file and its sidecar -> `Facts`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from heliograph.errors import Refused
from heliograph.metadata import camera, dates, keywords, places
from heliograph.metadata.blocks import BLANK, MOST_KEYWORDS, Exif, Iptc, Xmp
from heliograph.metadata.engine import LARGEST_XMP_BYTES, LOCK, opened
from heliograph.metadata.overruled import overruled
from heliograph.metadata.passed_over import DAMAGED, look_closer, understood
from heliograph.metadata.reconcile import EXIF, IPTC, SIDECAR, XMP, Layers, spoken
from heliograph.metadata.texts import distinct
from heliograph.model import Facts, Place, Rights, Taken

T = TypeVar("T")

_CAMERAS_WORDS = frozenset(
    {"OLYMPUS DIGITAL CAMERA", "SONY DSC", "MINOLTA DIGITAL CAMERA", "KONICA MINOLTA DIGITAL CAMERA"}
    | {"SAMSUNG DIGITAL CAMERA", "KODAK DIGITAL STILL CAMERA", "DIGITAL CAMERA", "SAMSUNG", "DCIM"}
)
"""Image descriptions that cameras write into every picture; nobody's caption."""

_TOO_MANY = f"There are more than {MOST_KEYWORDS:,} keywords; the others were left out."

_RATINGS = range(-1, 6)
_ORIENTATIONS = range(1, 9)


def read(path: Path, sidecar: Path | None = None, further: Sequence[Path] = ()) -> Facts:
    """What the picture says of itself, its containers reconciled; what was odd stands in `warnings`.

    `further` sidecars are overruled by the first: they only tell what is private.

    Raises:
        Refused: the picture cannot be opened or read, or its sidecar is cut off, so that what it says is unknown.
    """
    with LOCK:
        unread: list[str] = []
        image = opened(path, unread)
        layers = Layers(
            exif=Exif(image.exifData()),
            xmp=Xmp(image.xmpData()),
            iptc=Iptc(image.iptcData()),
            sidecar=_sidecar(sidecar, path, unread) if sidecar else None,
            unread=unread,
        )
        if layers.sidecar:
            layers.blank = frozenset(layers.sidecar.words(BLANK))
        for other in further:
            if said := _sidecar(other, path, unread):
                layers.others.append((f"sidecar {other.name}", said))
        look_closer(layers, image, path)
        return _facts(layers, image.pixelWidth(), image.pixelHeight())


def _sidecar(sidecar: Path, path: Path, unread: list[str]) -> Xmp | None:
    try:
        with sidecar.open("rb") as file:
            packet = file.read(LARGEST_XMP_BYTES + 1)
    except OSError as error:
        message = (
            f"The sidecar {sidecar.name} of {path.name} cannot be opened ({error.strerror or error}), so what it says "
            "is unknown and the photo was left alone. Check the file."
        )
        raise Refused(message) from error
    if packet[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        packet = packet.decode("utf-16", "replace").encode()
    data, trouble = understood(packet)
    if trouble == DAMAGED:
        message = (
            f"The sidecar {sidecar.name} of {path.name} is empty or cut off, so what it says is unknown and the photo "
            "was left alone. If a program is just writing it, run again; else save it anew or remove it."
        )
        raise Refused(message)
    if trouble:
        unread.append(
            f"The sidecar {sidecar.name} {trouble}, so it was not read{' whole' if data is not None else ''}."
        )
    return None if data is None else Xmp(data)


def _facts(layers: Layers, width_px: int, height_px: int) -> Facts:
    flat, paths = _keywords(layers)
    facts = Facts(
        title=layers.text("title", "dc.title", iptc="ObjectName", limit_bytes=64),
        headline=layers.text("headline", "photoshop.Headline", iptc="Headline", limit_bytes=256),
        caption=layers.text(
            "caption", "dc.description", iptc="Caption", limit_bytes=2000, exif=_description(layers.exif)
        ),
        alt_text=layers.text("alt_text", "iptc.AltTextAccessibility"),
        extended_description=layers.text("extended_description", "iptc.ExtDescrAccessibility"),
        keywords=flat,
        keyword_paths=paths,
        people=layers.first("people", _from_xmp(layers, keywords.people), ()),
        taken=_taken(layers),
        camera_make=_camera(layers, "camera_make", "Exif.Image.Make", "tiff.Make"),
        camera_model=_camera(layers, "camera_model", "Exif.Image.Model", "tiff.Model"),
        lens=_lens(layers),
        exposure=camera.exposure(layers.exif, *filter(None, (layers.sidecar, layers.xmp))),
        place=_place(layers),
        rights=_rights(layers),
        rating=_rating(layers),
        label=layers.text("label", "xmp.Label"),
        width_px=width_px,
        height_px=height_px,
        orientation=_orientation(layers),
        sources=tuple(sorted(layers.sources.items())),
    )
    return _with_notes(replace(facts, overruled=overruled(layers, facts)), layers)


def _with_notes(facts: Facts, layers: Layers) -> Facts:
    others = (xmp for _, xmp in layers.others)
    truncated = [name for xmp in filter(None, (layers.sidecar, layers.xmp, *others)) for name in xmp.truncated]
    layers.unread.extend(
        f"{name} has more than {MOST_KEYWORDS:,} entries; the others were left out." for name in truncated
    )
    if layers.iptc.truncated and not layers.unread:
        layers.unread.append(_TOO_MANY)
    unread = dict.fromkeys(layers.unread)
    return replace(facts, warnings=tuple(dict.fromkeys((*layers.warnings, *unread))), unread=tuple(unread))


def _from_xmp(layers: Layers, look: Callable[[Xmp], T]) -> Iterator[tuple[str, T]]:
    if layers.sidecar:
        yield SIDECAR, look(layers.sidecar)
    yield XMP, look(layers.xmp)


def _description(exif: Exif) -> str:
    text = exif.text("Exif.Image.ImageDescription")
    return "" if text.upper() in _CAMERAS_WORDS or text.upper().startswith("DCIM\\") else text


def _keywords(layers: Layers) -> tuple[tuple[str, ...], keywords.Paths]:
    words = layers.texts("keywords", "dc.subject", "Keywords", 64)
    if len(words) > MOST_KEYWORDS:
        layers.unread.append(_TOO_MANY)
        words = words[:MOST_KEYWORDS]
    found = list(layers.first("keyword_paths", _from_xmp(layers, keywords.paths), ()))
    if barred := keywords.barred(words):
        layers.sources.setdefault("keyword_paths", layers.sources["keywords"])
        found.extend(barred)
    flat = keywords.flat(words)
    if not flat:
        layers.sources.pop("keywords", None)
    paths = tuple(sorted(set(found)))
    if len(paths) > MOST_KEYWORDS:
        layers.unread.append(_TOO_MANY)
    return flat, paths[:MOST_KEYWORDS]


def _taken(layers: Layers) -> Taken | None:
    def looked(look: Callable[[T], Taken | None], block: T, source: str) -> Taken | None:
        try:
            return look(block)
        except dates.NoDateError as error:
            layers.warnings.append(f"The date in {source} ({str(error)[:40]!r}) is no date and was not used.")
            return None

    in_xmp = (XMP, looked(dates.from_xmp, layers.xmp, XMP))
    in_iptc = (IPTC, looked(dates.from_iptc, layers.iptc, IPTC))
    found = [(SIDECAR, looked(dates.from_xmp, layers.sidecar, SIDECAR))] if layers.sidecar else []
    found.append((EXIF, looked(dates.from_exif, layers.exif, EXIF)))
    found.extend((in_iptc, in_xmp) if layers.iptc_changed else (in_xmp, in_iptc))
    taken = layers.first("taken", found, None)
    for source, other in found:
        if taken and other and not dates.same(taken, other):
            layers.contradiction("taken", source)
            break
    circa = layers.first("circa", _from_xmp(layers, lambda xmp: xmp.text("iptcExt.CircaDateCreated")), "")
    if not circa:
        return taken
    layers.sources.setdefault("taken", layers.sources["circa"])
    del layers.sources["circa"]
    return Taken(taken.local, taken.subsec, taken.offset, circa) if taken else Taken("", circa=circa)


def _camera(layers: Layers, name: str, exif_key: str, xmp_name: str) -> str:
    candidates = [(EXIF, layers.exif.text(exif_key)), *_from_xmp(layers, lambda xmp: xmp.text(xmp_name))]
    return layers.first(name, candidates, "")


def _lens(layers: Layers) -> str:
    in_exif = camera.lens(layers.exif.text("Exif.Photo.LensModel"))
    in_xmp = _from_xmp(layers, lambda xmp: camera.lens(xmp.text("exifEX.LensModel", "aux.Lens")))
    return layers.first("lens", [(EXIF, in_exif), *in_xmp], "")


def _place(layers: Layers) -> Place:
    def looked(look: Callable[[T], places.Position | None], block: T, source: str) -> places.Position | None:
        try:
            return look(block)
        except places.NoPositionError:
            layers.warnings.append(f"The position in {source} is incomplete or not on earth and was not used.")
            return None

    in_exif = (EXIF, looked(places.exif_position, layers.exif, EXIF))
    in_xmp = (XMP, looked(places.xmp_position, layers.xmp, XMP))
    own = [(SIDECAR, looked(places.xmp_position, layers.sidecar, SIDECAR))] if layers.sidecar else []
    found = [*own, in_exif, in_xmp]
    layers.positions.extend((one.latitude, one.longitude) for _, one in found if one)
    position = layers.first("position", found, None)
    names = layers.first("place_names", _place_names(layers), places.NO_NAMES)
    return Place(
        position.latitude if position else None,
        position.longitude if position else None,
        position.altitude_m if position else None,
        *names,
    )


def _place_names(layers: Layers) -> Iterator[tuple[str, places.Names]]:
    """Whole sets of names, never a city of one with the country of another."""
    found = layers.ordered(places.xmp_names, places.iptc_names(layers.iptc), _restored_names)
    yield from ((source, names) for source, names in found if any(names))


def _restored_names(short: places.Names, whole: places.Names) -> places.Names:
    return whole if all(one.startswith(two) for one, two in zip(whole, short, strict=True)) else short


def _rights(layers: Layers) -> Rights:
    in_exif = distinct(layers.exif.text("Exif.Image.Artist").split(";"))
    in_iptc = layers.iptc.texts("Byline")
    creators = layers.ordered(lambda xmp: xmp.texts("dc.creator"), in_iptc, lambda short, _: short, in_exif)
    return Rights(
        creators=layers.first("creators", creators, ()),
        credit=layers.text("credit", "photoshop.Credit", iptc="Credit", limit_bytes=32),
        copyright=layers.text(
            "copyright",
            "dc.rights",
            iptc="Copyright",
            limit_bytes=128,
            exif="; ".join(layers.exif.parts("Exif.Image.Copyright")),
        ),
        usage_terms=layers.text("usage_terms", "xmpRights.UsageTerms"),
        licence_url=layers.text("licence_url", "cc.license", "xmpRights.WebStatement"),
        marked=_marked(layers),
    )


def _marked(layers: Layers) -> bool | None:
    found = layers.first("marked", _from_xmp(layers, lambda xmp: xmp.text("xmpRights.Marked")), "").lower()
    return {"true": True, "1": True, "false": False, "0": False}.get(found)


def _rating(layers: Layers) -> int | None:
    in_xmp = list(_from_xmp(layers, lambda xmp: xmp.text("xmp.Rating")))
    exif = layers.exif.integer("Exif.Image.Rating")
    text = layers.first("rating", [*in_xmp, (EXIF, "" if exif is None else str(exif))], "")
    try:
        rating = round(float(text)) if text else None
    except (ValueError, OverflowError):
        rating = _RATINGS.stop
    if rating is None or rating in _RATINGS:
        return rating
    layers.warnings.append(f"The {spoken('rating')} {text[:20]!r} is none from -1 to 5 and was not used.")
    layers.sources.pop("rating")
    return None


def _orientation(layers: Layers) -> int:
    """Exif alone: whoever shows the picture obeys that, and nobody obeys XMP."""
    orientation = layers.exif.integer("Exif.Image.Orientation")
    return orientation if orientation is not None and orientation in _ORIENTATIONS else 1
