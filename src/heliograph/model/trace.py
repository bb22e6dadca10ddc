"""By what a photo and a post of it can be known to be one, where the post carries no mark of ours."""

from __future__ import annotations

from enum import StrEnum


class Trace(StrEnum):
    """A kind of trace: of a post what another program left there, of a photo what its file would leave."""

    NAME = "name"
    """Of a photo: the name of its file."""
    SIGNATURE = "signature"
    """Of a post: ImageMagick's signature of the pixels, 64 hex digits, by whichever version."""
    SIX = "signature 6"
    """Of a photo: the same by ImageMagick 6."""
    SEVEN = "signature 7"
    """Of a photo: the same by ImageMagick 7."""
    MD5 = "md5"
    """Of both: of the whole file, 32 hex digits."""
    SHA1 = "sha1"
    """Of both: likewise, 40 hex digits."""


Traces = tuple[tuple[Trace, str], ...]
"""Kind and value, sorted; of a post there may be several of one kind."""
