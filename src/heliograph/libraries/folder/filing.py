"""In which folder a photo that comes home is filed: the owner's template, which can never lead out of the library."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from heliograph.errors import Mistake
from heliograph.libraries.folder.names import safe_name
from heliograph.model import Facts, Home, Post, SubjectKind, Taken

if TYPE_CHECKING:
    from jinja2 import Template

_UNKNOWN = "\0"

_SAMPLES = (
    Home("site", Post("1", SubjectKind.PHOTO), Facts(title="A", taken=Taken("2024-05-03")), ("B",)),
    Home("site", Post("1", SubjectKind.PHOTO), Facts()),
)


class _Unknown(str):
    """Part of a date that nobody knows: false in a template, and where it is printed, its level is left out."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


USUAL = "{{ year }}/{{ year }}-{{ month }}"


@dataclass(frozen=True, slots=True)
class Filing:
    """A template of folders, `{{ year }}/{{ year }}-{{ month }}`, and the folder of what has no date."""

    template: str
    undated: str = ""

    def check(self) -> None:
        """Nothing, where the template can be used.

        Raises:
            Mistake: it cannot, or leads out of the library.
        """
        for sample in _SAMPLES if self.template != USUAL else ():  # no run waits for Jinja2 to look at our own
            text = self._text(sample, sample.facts).replace("\\", "/")
            names = text.split("/")
            if (names[0] == "" and len(names) > 1) or re.match("[A-Za-z]:", text):
                message = f"`incoming` is a path of its own, {self.template!r}, and not one below the library."
                raise Mistake(message)
            if hidden := next((name for name in names if name.startswith(".")), ""):
                message = (
                    f"`incoming` leads to {hidden!r}: a folder with a dot before its name is hidden or elsewhere, "
                    "and photos in it are no part of the library."
                )
                raise Mistake(message)

    def levels(self, home: Home, facts: Facts) -> tuple[str, ...]:
        """Names of folders, each safe on every system; `facts` is what the photo says once it is home.

        A level that names an unknown part of the date is left out; of a photo without any date, the first such level is
        the folder `undated`.
        """
        return tuple(filter(None, map(safe_name, self._known(self._text(home, facts), _date(facts.taken)))))

    def _known(self, text: str, date: tuple[str, str, str]) -> Iterator[str]:
        undated = "" if any(date) else self.undated
        for level in text.replace("\\", "/").split("/"):
            if _UNKNOWN not in level:
                yield level
            elif undated:
                yield undated
                undated = ""

    def _text(self, home: Home, facts: Facts) -> str:
        from jinja2 import TemplateError

        try:
            return _compiled(self.template).render(_values(home, facts))
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            known = ", ".join(_values(*_SAMPLES[:1], Facts()))
            message = f"The template `incoming`, {self.template!r}, cannot be used ({error}); it knows {known}."
            raise Mistake(message) from error


@lru_cache(maxsize=16)
def _compiled(template: str) -> Template:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False).from_string(template)


def _values(home: Home, facts: Facts) -> Mapping[str, str]:
    """What a template can name; no value can make a level of its own."""
    year, month, day = (part or _Unknown(_UNKNOWN) for part in _date(facts.taken))
    words = {
        "title": facts.title,
        "album": next(iter(home.albums), ""),
        "platform": home.platform,
        "id": home.post.id,
    }
    return {"year": year, "month": month, "day": day} | {name: safe_name(text) for name, text in words.items()}


def _date(taken: Taken | None) -> tuple[str, str, str]:
    """Year, month and day, as far as they are known; of an uncertain date only the year."""
    if taken is None:
        return "", "", ""
    if taken.circa or not taken.local:
        year = re.search(r"(?<!\d)\d{4}(?!\d)", f"{taken.local[:4]} {taken.circa}")
        return (year[0] if year else ""), "", ""
    year_, month, day, *_ = (*taken.local[:10].split("-"), "", "", "")
    return year_, month, day
