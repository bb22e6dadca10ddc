"""An XMP document with some properties taken out and others put in; every other byte of it stays as it was.

Other programs keep things in sidecars that only they understand (develop settings, histories, masks). Whatever parses a
document and writes it out anew loses some of that, so the text itself is cut.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

from heliograph.metadata.entries import XmpEntry

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

_NAMESPACES = {
    "cc": ("cc", "http://creativecommons.org/ns#"),
    "dc": ("dc", "http://purl.org/dc/elements/1.1/"),
    "digiKam": ("digiKam", "http://www.digikam.org/ns/1.0/"),
    "exif": ("exif", "http://ns.adobe.com/exif/1.0/"),
    "heliograph": ("heliograph", "urn:heliograph:xmp:1.0/"),
    "iptc": ("Iptc4xmpCore", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"),
    "iptcExt": ("Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"),
    "lr": ("lr", "http://ns.adobe.com/lightroom/1.0/"),
    "mediapro": ("mediapro", "http://ns.iview-multimedia.com/mediapro/1.0/"),
    "MicrosoftPhoto": ("MicrosoftPhoto", "http://ns.microsoft.com/photo/1.0/"),
    "photoshop": ("photoshop", "http://ns.adobe.com/photoshop/1.0/"),
    "xmpRights": ("xmpRights", "http://ns.adobe.com/xap/1.0/rights/"),
}
"""exiv2's word for a namespace -> its usual prefix and its name."""

_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_NAME = re.compile(rb"</?([^\s/>]+)")

_ARRAYS = {"alt": "Alt", "bag": "Bag", "seq": "Seq", "struct": "Bag"}


class NoXmpError(ValueError):
    """It is no XMP document that could be changed."""


def rewritten(packet: bytes, dropped: Collection[str], entries: Iterable[XmpEntry]) -> bytes:
    """The document (UTF-8) without the properties `dropped`, and with `entries` in place of what stood there of them.

    Raises:
        NoXmpError: it is none, is damaged, or declares entities.
    """
    told = list(entries)
    put = [entry for entry in told if any(entry.values)]
    look = _looked(packet, {_expanded(key) for key in (*dropped, *(entry.key for entry in told))})
    pieces, at = [], 0
    for start, end in sorted(look.cuts):
        pieces.append(packet[at:start])
        at = end
    block = _block(look, put)
    rest = b">" + block + look.opened + packet[look.end :] if look.opened else block + packet[look.at :]
    return b"".join((*pieces, packet[at : look.at], rest))


@dataclass(slots=True)
class _Description:
    """One block of properties."""

    start: int
    cuts: list[tuple[int, int]] = field(default_factory=list)
    kept: int = 0


@dataclass(slots=True)
class _Look:
    """What is to be cut out of a document, and where new properties go."""

    packet: bytes
    dropped: Collection[str]
    cuts: list[tuple[int, int]] = field(default_factory=list)
    about: str = ""
    at: int = -1
    """Where the list of blocks ends."""
    end: int = -1
    """Where the rest of the document goes on."""
    opened: bytes = b""
    """What closes a list that had no end of its own, since it was empty."""
    prefixes: dict[str, str] = field(default_factory=dict)
    """Namespace -> its prefix in this document: Adobe's toolkit does not read one that has two."""
    _path: list[str] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _block: _Description | None = None
    _property: int = -1

    def parse(self, parser: expat.XMLParserType) -> None:
        parser.namespace_prefixes = True
        parser.StartElementHandler = lambda name, attributes: self._start(parser.CurrentByteIndex, name, attributes)
        parser.EndElementHandler = lambda _: self._end(parser.CurrentByteIndex)
        parser.StartNamespaceDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = _refused
        parser.Parse(self.packet, True)

    def _declared(self, prefix: str | None, namespace: str) -> None:
        if prefix:
            self.prefixes.setdefault(namespace, prefix)

    def _start(self, at: int, name: str, attributes: dict[str, str]) -> None:
        plain = _plain(name)
        if self._path[-1:] == [f"{RDF} RDF"] and plain == f"{RDF} Description":
            self._block = _Description(at)
            self._attributes(self._block, at, attributes)
        elif self._block is not None and self._path[-2:] == [f"{RDF} RDF", f"{RDF} Description"]:
            self._property = at
        self._path.append(plain)
        self._starts.append(at)

    def _attributes(self, block: _Description, at: int, attributes: dict[str, str]) -> None:
        """Simple properties may stand as attributes of their block."""
        tag = self._tag(at)
        for name, value in attributes.items():
            plain, prefix = _plain(name), name.rpartition(" ")[2]
            if plain in self.dropped:
                written = f"{prefix}:{plain.partition(' ')[2]}".encode()
                found = re.search(rb"\s+" + re.escape(written) + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", tag)
                if found:
                    block.cuts.append((at + found.start(), at + found.end()))
            elif plain in {f"{RDF} about", "about"}:
                self.about = self.about or value
            elif not plain.startswith((RDF, "http://www.w3.org/XML/1998/namespace")):
                block.kept += 1

    def _end(self, at: int) -> None:
        plain, start = self._path.pop(), self._starts.pop()
        if self._tag(start).endswith(b"/>"):  # such an element ends, for expat, behind itself
            at = start
        end = at + len(self._tag(at))
        if self._path[-2:] == [f"{RDF} RDF", f"{RDF} Description"] and self._block is not None:
            if plain in self.dropped:
                self._block.cuts.append((self._line(self._property), end))
            else:
                self._block.kept += 1
        elif self._path[-1:] == [f"{RDF} RDF"] and self._block is not None:
            block, self._block = self._block, None
            self.cuts += block.cuts if block.kept or not block.cuts else [(self._line(block.start), end)]
        elif plain == f"{RDF} RDF":
            self._ended(at, end)

    def _ended(self, at: int, end: int) -> None:
        if self.at >= 0:
            message = "it holds more than one document"
            raise NoXmpError(message)
        tag = self._tag(at)
        self.at, self.end = at, end
        if not tag.startswith(b"</"):
            self.at = at + len(tag.removesuffix(b">").rstrip().removesuffix(b"/"))
            self.opened = b"</" + _name(tag) + b">"

    def _line(self, at: int) -> int:
        """Where the blanks before it begin."""
        return len(self.packet[:at].rstrip())

    def _tag(self, at: int) -> bytes:
        found = _TAG.match(self.packet, at)
        if found is None:
            message = "it is damaged"
            raise NoXmpError(message)
        return found[0]


def _looked(packet: bytes, dropped: Collection[str]) -> _Look:
    look = _Look(packet, dropped)
    try:
        look.parse(expat.ParserCreate("utf-8", " "))
    except expat.ExpatError as error:
        message = "it is damaged"
        raise NoXmpError(message) from error
    if look.at < 0:
        message = "it holds no XMP"
        raise NoXmpError(message)
    return look


def _refused(*_: object) -> None:
    message = "it declares a document type, which no photo program does"
    raise NoXmpError(message)


def _name(tag: bytes) -> bytes:
    found = _NAME.match(tag)
    return found[1] if found else b""


def _plain(name: str) -> str:
    """Namespace and name, without the prefix that was used."""
    return " ".join(name.split(" ")[:2])


def _expanded(key: str) -> str:
    """`Xmp.dc.title` as namespace and name."""
    _, word, name = key.split(".", 2)
    return f"{_NAMESPACES[word][1]} {name}"


def _block(look: _Look, entries: list[XmpEntry]) -> bytes:
    if not entries:
        return b""
    usual = {RDF: "rdf"} | {uri: prefix for prefix, uri in _NAMESPACES.values()}
    prefixes = {uri: look.prefixes.get(uri, prefix) for uri, prefix in usual.items()}
    used = {RDF, *(_NAMESPACES[entry.key.split(".", 2)[1]][1] for entry in entries)}
    names = "".join(f'\n  xmlns:{prefixes[uri]}="{uri}"' for uri in sorted(used))
    rdf = prefixes[RDF]
    elements = "".join(_element(entry, prefixes) for entry in entries)
    opening = f'<{rdf}:Description {rdf}:about="{escape(look.about)}"{names}>'
    return f"{opening}\n{elements}</{rdf}:Description>\n".encode()


def _element(entry: XmpEntry, prefixes: Mapping[str, str]) -> str:
    _, word, local = entry.key.split(".", 2)
    name = f"{prefixes[_NAMESPACES[word][1]]}:{local}"
    return f" <{name}>{_content(entry, name.partition(':')[0], prefixes[RDF])}</{name}>\n"


def _content(entry: XmpEntry, prefix: str, rdf: str) -> str:
    if entry.kind == "text":
        return escape(entry.values[0], quote=False)
    array = f"{rdf}:{_ARRAYS[entry.kind]}"
    items = _items(entry, prefix, rdf)
    return f"<{array}>{''.join(f'<{rdf}:li{item}</{rdf}:li>' for item in items)}</{array}>"


def _items(entry: XmpEntry, prefix: str, rdf: str) -> list[str]:
    """Of each its attributes and content."""
    texts = [escape(text, quote=False) for text in entry.values]
    if entry.kind == "struct":
        fields = zip(entry.fields, texts, strict=True)
        inner = "".join(f"<{prefix}:{name}>{text}</{prefix}:{name}>" for name, text in fields)
        return [f' {rdf}:parseType="Resource">{inner}']
    if entry.kind == "alt":
        named = zip(entry.fields or ("x-default",), texts, strict=True)
        return [f' xml:lang="{escape(language)}">{text}' for language, text in named]
    return [f">{text}" for text in texts]
