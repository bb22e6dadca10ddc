"""What the name of a file says of a photo: its id on Flickr, where it was brought from there, and its title there.

Source: the file names of FlickrSync 0.1.1's downloads and of Flickr's own downloads and exports (2026-11).
"""

from __future__ import annotations

import re
import unicodedata

_FLICKRSYNC = re.compile(
    r"flickrsync_(?P<id>\d+)_(?P<secret>[a-z0-9]+)_(?P<title>.*)\.(?:jpe?g|png|gif)", re.IGNORECASE | re.DOTALL
)
_ORIGINAL = re.compile(
    r"(?:.*_)?(?P<id>\d{7,})(?:_[0-9a-f]{8,})?_o(?:_d)?\.(?:jpe?g|png|gif)", re.IGNORECASE | re.DOTALL
)
_NONE = "None"
"""What FlickrSync writes for what is missing."""
_SUFFIX = re.compile(r"\.[^.\s]*$")
_PICTURE = re.compile(
    r"\.(?:jpe?g|jpe|png|gif|tiff?|heic|heif|webp|bmp|dng|cr2|cr3|nef|arw|orf|raf|rw2|pef)$", re.IGNORECASE
)


def downloaded_id(name: str) -> str:
    """The id of the photo on Flickr that a file was downloaded from; empty where its name does not say that."""
    found = _FLICKRSYNC.fullmatch(name) or _ORIGINAL.fullmatch(name)
    return found["id"] if found else ""


def spoken_name(name: str) -> str:
    """The name that a file had before FlickrSync downloaded it, else its own; without what the suffix tells."""
    found = _FLICKRSYNC.fullmatch(name)
    if found is None:
        return _SUFFIX.sub("", name.strip())
    title = "" if found["title"] == _NONE else found["title"]
    return title or found["secret"]


def title_key(name: str) -> str:
    """What two spellings of one name have in common; a title may end like the file that it was made from."""
    return _folded(_PICTURE.sub("", name.strip()))


def short_key(name: str) -> str:
    """The same of a name without what follows its last dot, which FlickrSync always took for a suffix."""
    return _folded(_SUFFIX.sub("", name.strip()))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())
