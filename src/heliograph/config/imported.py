"""The settings file that `helio import imatch-to-socials` writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_HEAD = """\
# heliograph, as IMatch to Socials was set up. Everything that is not written here has a sensible default;
# docs/reference/settings.md lists every key, docs/reference/imatch.md says what IMatch has to do with it.
# Secrets are not here: they are in the system's keyring, or in a private file where there is none.

[library]
kind = "imatch"
url = {url}
{login}
formats = ["JPEG", "WEBP"]   # of a photo and its versions, the file in the first of these formats is sent
alt_text = ["alt", "description", "headline"] # the first that says something describes the picture
{genre}{variables}
# metadata_from = "tagged"     # words from the version that is tagged; otherwise from its master
# path_map = {{ 'D:\\Photos' = '/mnt/photos' }} # where the files are on this computer, if IMatch runs on another

[rules]
never = ["Private"]            # photos with a keyword in this branch are never published
withhold = ["People", "Private"] # these keywords stay at home
people = false                 # names of people stay at home
{place}
required = ["title", "caption", "keywords"] # missing title, missing description, missing hierarchical_keywords

[captions]
tags = "levels"                # every level of every keyword, as before; "leaves": only the last one

[when]
unwanted = "leave"             # out of its category, a photo stays where it is published, as before; or "delete"
"""
_HIDDEN = """\
# IMatch to Socials showed no map of the photos in this category:
# {category}
# Here no position and no place name of any photo leaves. Before you write place = true, give the places that nobody
# needs to know a circle in [[rules.private_places]]."""
_FLICKR_TEXT = '''\
captions.text = """
{{ headline }}

{{ caption }}

{{ taken_line ~ "." if circa else "" }}

{{ shooting_line_exif }}
{{ camera_line }}
"""
'''


_FEDIVERSE_TEXT = '''\
captions.camel_case = false
captions.text = """
{{ title }}{{ " -- " ~ headline if headline else "" }}{{ " (" ~ taken_line ~ ")" if taken_line else "" }}

{{ hashtags }}{{ " #photography" if "photography" not in keywords else "" }}

{{ shooting_line_exif }}
{{ camera_line }}
"""
'''


_TEXTS = {"": "", "flickr": _FLICKR_TEXT, "fediverse": _FEDIVERSE_TEXT}


@dataclass(frozen=True, slots=True)
class Section:
    """One platform of the file."""

    name: str
    kind: str = ""
    """Where it is not the name."""
    url: str = ""
    folder: str = ""
    generator: str = ""
    show: str = ""
    """Who sees new posts; empty: the platform's usual."""
    remark: str = ""
    """A sentence above it."""
    required: tuple[str, ...] = ()
    """Where it is not as everywhere."""
    required_in_imatch: tuple[str, ...] = ("genre",)
    """What the library looks after."""
    old_text: str = ""
    """Its text is put together as that of `flickr` or of the `fediverse` was."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Everything that goes into the file."""

    url: str
    login: str = ""
    variables: bool = False
    """The application variables stay a second source."""
    hidden: str = ""
    """The category whose photos got no map."""
    platforms: tuple[Section, ...] = ()

    def text(self) -> str:
        """The whole file; what it says is what the older program did by itself."""
        head = _HEAD.format(
            url=quoted(self.url),
            login=f"login = {quoted(self.login)}" if self.login else '# login = "anna" # who asks',
            genre=_genre(self.platforms),
            variables="\n".join(_variables(on=self.variables)),
            place="\n".join(_place(self.hidden)),
        )
        return "\n".join([head, *("\n".join(_section(one)) for one in self.platforms)])


def _variables(*, on: bool) -> Iterator[str]:
    yield "# While this is true, what is not set here is taken from the application variables of IMatch to Socials, and"
    yield "# nothing is published as long as imatch_to_socials_testing is on there."
    yield "variables = true" if on else "# variables = true"


def _genre(platforms: Iterable[Section]) -> str:
    asked = ", ".join(f"{one.name} = {_list(one.required_in_imatch)}" for one in platforms)
    return f"required = {{ {asked} }} # missing genre: a category below Image Characteristics|Genre\n" if asked else ""


def _place(hidden: str) -> Iterator[str]:
    if hidden:
        yield from _HIDDEN.format(category=" ".join(hidden.split())).split("\n")
    yield "place = false                  # positions and place names stay at home"


def _section(one: Section) -> Iterator[str]:
    if one.remark:
        yield f"# {one.remark}"
    yield f"[platforms.{one.name}]"
    place = {"kind": one.kind, "url": one.url, "generator": one.generator, "folder": one.folder}
    told: Mapping[str, str] = {**place, "audience.show": one.show}
    yield from (f"{key} = {quoted(value)}" for key, value in told.items() if value)
    if one.required:
        yield f"rules.required = {_list(one.required)}"
    yield _TEXTS[one.old_text]


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, words))}]"


def quoted(text: str) -> str:
    """As TOML has it: Windows paths in single quotes, where they can be read."""
    if "\\" in text and text.isprintable() and "'" not in text:
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
