"""The settings file that `helio import flickrsync` writes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from heliograph.config.imported import quoted

_HEAD = """\
# heliograph, as FlickrSync was set up. Everything that is not written here has a sensible default;
# docs/reference/settings.md lists every key, docs/how-to/coming-from-flickrsync.md says what becomes of what.
# Secrets are not here: they are in the system's keyring, or in a private file where there is none.

[library]
folder = {folder}
incoming = "flickrsync"        # where FlickrSync put what came home; without this line: by year and month
# FlickrSync took JPEG, PNG and GIF only. Take an ending out of this list to publish such files, too.
exclude = [
{exclude}
]

[select]
keyword = ""                   # no keyword is needed:
everything = true              # every photo is published
folder_albums = true           # the folder of a photo is its album,
folder_album = "{{{{ path | join(', ') }}}}" # named as FlickrSync named it, but for its leading space
{root}

[captions]
title = "{{{{ name }}}}"           # the file's name without its ending
text = "{{# none #}}"            # "{{{{ caption }}}}" sends the caption
tags = "none"                  # "flat" sends the keywords

[rules]
never = ["Private"]            # photos with a keyword in this branch are never published
place = false                  # positions and place names stay at home

[when]
adopted = "leave"              # what is on Flickr already stays as it is there, until you change it here
unwanted = "leave"             # a photo that is deleted here stays on Flickr, as before
"""
_ROOT = """\
root_album = "flickrsync"      # the album of photos right in the library's folder"""
_ROOT_BESIDE = """\
# FlickrSync called the album of photos right in the library's folder like that of its folder for downloads. With this
# line the two become one; without it the former stays as it is on Flickr.
# root_album = "flickrsync\""""
_SECTION = """
[platforms.{name}]{kind}
direction = "publish"          # FlickrSync's sync; "both" is its sync2: what is only on Flickr comes home
audience.show = "private"      # as FlickrSync uploaded
"""


@dataclass(frozen=True, slots=True)
class FlickrSyncSettings:
    """Everything that goes into the file."""

    folder: str
    exclude: tuple[str, ...]
    """Patterns of names that FlickrSync did not see."""
    platforms: tuple[str, ...]
    """Names of the accounts' sections, all of the kind `flickr`."""
    downloads: bool = False
    """There is a folder `flickrsync` for downloads, whose album has the name of the root's."""

    def text(self) -> str:
        """The whole file."""
        head = _HEAD.format(
            folder=quoted(self.folder), exclude=_listed(self.exclude), root=_ROOT_BESIDE if self.downloads else _ROOT
        )
        return head + "".join(map(_section, self.platforms))


def _section(name: str) -> str:
    return _SECTION.format(name=name, kind="" if name == _KIND else f"\nkind = {quoted(_KIND)}")


def _listed(words: Iterable[str]) -> str:
    """In lines that can be read."""
    return "\n".join(textwrap.wrap(", ".join(map(quoted, words)), 100, initial_indent="  ", subsequent_indent="  "))


_KIND = "flickr"
