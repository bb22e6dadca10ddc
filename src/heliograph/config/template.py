"""The settings file that `helio init` writes."""

from __future__ import annotations

import json
from pathlib import Path

from heliograph.errors import Mistake

_TEXT = """\
# heliograph: what is published where. Everything that is not written here has a sensible default;
# docs/reference/settings.md lists every key. Paths may be relative to this file; ~ is your home folder.

[library]
folder = {library}

# Photos with the keyword Socials|site are published on the site; Socials|site|albums|NAME puts them in an album.
[platforms.site]
folder = {site}
# title = "Photographs"

# [platforms.site.select]
# everything = true            # publish every photo, with or without the keyword
# min_rating = 4               # or those with this many stars

# Other places, if you like; sign in to each with `helio signin` (docs/how-to has a page on it):
# [platforms.flickr]
# [platforms.pixelfed]
# url = "https://pixelfed.social"   # the address of your server
# [platforms.mastodon]              # likewise gotosocial; fediverse where it is neither of them
# url = "https://mastodon.social"

[rules]
never = ["Private"]            # photos with a keyword in this branch are never published
withhold = ["People", "Private"] # these keywords stay at home
people = false                 # names of people stay at home
place = false                  # positions and place names stay at home
# required = ["title"]         # photos without these are refused, with a reason

# Where nobody needs to know that you were there, even if `place` is true:
# [[rules.private_places]]
# name = "home"
# latitude = 52.5
# longitude = 13.4
# radius_m = 500

# [when]
# unwanted = "delete"          # a published photo that is no longer wanted: delete | leave
# missing = "ask"              # a published photo that someone removed there: ask | add | leave
# edited = "ask"               # a text that someone edited there: ask | overwrite | accept
"""


def starter(folder: Path, site: Path) -> str:
    """A commented `heliograph.toml` for the photos in `folder` and a website in `site`.

    Raises:
        Mistake: a path that TOML cannot hold.
    """
    return _TEXT.format(library=_quoted(folder), site=_quoted(site))


def _quoted(path: Path) -> str:
    text = str(path)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        message = f"The folder name {text!a} is no proper text and cannot stand in settings. Rename the folder."
        raise Mistake(message) from None
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
