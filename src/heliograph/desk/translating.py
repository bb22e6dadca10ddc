"""What becomes of each application variable of IMatch to Socials: its line of the table, its place in the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from heliograph import config
from heliograph.desk import lending
from heliograph.errors import Mistake
from heliograph.libraries.imatch import variables
from heliograph.libraries.imatch.variables import Variable
from heliograph.wire.address import checked

FLICKR, SITE = "flickr", "quantum"
"""Names of the older program for what has no server of one's own; the second is the photographer's own website."""
_ORDER = (FLICKR, *variables.FEDIVERSE, SITE)
_REQUIRED = ("title", "caption", "keywords")
_ALT_TEXT, _CAMERA = (*_REQUIRED, "alt_text"), (*_REQUIRED, "camera")
_PRIVATE = "private"
_GENERATOR = "quantum"
_SITE_REMARK = """\
Pages as IMatch to Socials wrote them, which are taken over; a copy of each stays in .heliograph/before of the
# folder. The eight sizes of IMatch to Site are generator = "quantum-site". Before the first run write here
# base_url = "https://...", the address of the site: IMatch is told the address of every page."""
NOT_THERE = "not there, or empty"
_OPTIONAL = frozenset(
    {variables.SCRIPT, variables.WHAT3WORDS, variables.MAP_KEY, variables.HIDDEN, variables.FLICKR_URL}
)
"""Not worth a line where they are not there."""


@dataclass(frozen=True, slots=True)
class Found:
    """What IMatch holds."""

    held: Mapping[str, Variable]
    categories: Mapping[str, int]
    """Platform in small letters -> photos in its category."""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: no secret in it."""

    what: str
    found: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The settings, and how they came about."""

    imported: config.Imported
    rows: tuple[Row, ...]


def translated(found: Found, url: str, login: str) -> Translation:
    """What becomes of everything that was found at `url`; nothing is asked and nothing is written for it."""
    platforms = [_Platform(name, found) for name in _ORDER]
    present = [one for one in platforms if one.is_there]
    sections = tuple(one.section() for one in present if not one.trouble)
    testing = found.held[variables.TESTING]
    hidden = found.held[variables.HIDDEN].value
    imported = config.Imported(url, login, bool(lending.held_back(testing)), hidden, sections)
    rows = (*(row for one in platforms for row in one.rows()), *_others(found))
    told = tuple(row for row in rows if row.found != NOT_THERE or row.what not in _OPTIONAL)
    return Translation(imported, told)


@dataclass(frozen=True, slots=True)
class _Platform:
    """One platform of the older program."""

    name: str
    found: Found

    def value(self, name: str) -> str:
        return self.found.held[name].value

    @property
    def is_there(self) -> bool:
        """It was used: it has a category, or one of the variables without which nothing works."""
        needed = {FLICKR: (variables.KEY, variables.SECRET), SITE: (variables.SITE_FOLDER,)}
        usual = (variables.token(self.name), variables.url(self.name))
        return self.name in self.found.categories or any(map(self.value, needed.get(self.name, usual)))

    @property
    def url(self) -> str:
        return lending.address(self.name, self.found.held) if self.name in variables.FEDIVERSE else ""

    @property
    def trouble(self) -> str:
        """Why it gets no section, as a sentence."""
        if self.name not in variables.FEDIVERSE:
            return ""
        fix = f"add [platforms.{self.name}] with url, then `helio signin {self.name}`"
        if not self.url:
            return f"no section without the address of the server: {fix}"
        try:
            checked(self.url)
        except Mistake:
            return f"it is no address that can be called, so there is no section: {fix}"
        return ""

    @property
    def show(self) -> lending.Show:
        """Where nothing is said, the narrowest: nobody is to be surprised."""
        told = lending.show(self.name, self.found.held)
        return told if told.word else lending.Show(_PRIVATE)

    def section(self) -> config.Section:
        if self.name == FLICKR:
            return config.Section(FLICKR, show=self.show.word, old_text=FLICKR)
        if self.name == SITE:
            return config.Section(
                SITE,
                "markdown",
                folder=self.value(variables.SITE_FOLDER) or "site",
                generator=_GENERATOR,
                remark=_SITE_REMARK,
                required=_CAMERA,
                required_in_imatch=("genre", "make"),
            )
        seen_by = self.show.word
        return config.Section(self.name, url=self.url, show=seen_by, required=_ALT_TEXT, old_text="fediverse")

    def rows(self) -> Iterator[Row]:
        count = self.found.categories.get(self.name)
        if count is not None:
            photos = f"{count:,} photo{'' if count == 1 else 's'}"
            yield Row(f"category Socials|{self.name}", photos, f"stays: it wishes photos on [platforms.{self.name}]")
        if not self.is_there:
            names = {FLICKR: variables.KEY, SITE: variables.SITE_FOLDER}
            name = names.get(self.name) or variables.url(self.name)
            yield Row(name, NOT_THERE, f"no section for {self.name}")
            return
        told = {FLICKR: self._flickr, SITE: self._site}.get(self.name, self._server)
        yield from told()

    def _flickr(self) -> Iterator[Row]:
        yield self._row(variables.KEY, "the vault, as Flickr's key; sign in once with `helio signin flickr`")
        yield self._row(variables.SECRET, "the vault, as Flickr's secret")
        show = self.show
        for name in variables.PRIVACY:
            becomes = f'audience.show = "{show.word}"'
            yield self._row(name, f"{show.doubt} {becomes}, until you correct it".strip() if show.doubt else becomes)
        yield self._row(variables.FLICKR_URL, "not needed: Flickr says the address of each photo")

    def _server(self) -> Iterator[Row]:
        token, url, visibility = (make(self.name) for make in (variables.token, variables.url, variables.visibility))
        moves = "nothing: it is kept nowhere" if self.trouble else "the vault; it is tried first, so no signing in"
        yield self._row(token, moves)
        shown = self.value(url) if not self.trouble else "not shown"
        yield Row(url, shown if self.value(url) else NOT_THERE, self.trouble or f'url = "{self.url}"')
        show = self.show
        becomes = f'audience.show = "{show.word}"'
        yield self._row(visibility, f"{show.doubt} {becomes}, until you correct it" if show.doubt else becomes)

    def _site(self) -> Iterator[Row]:
        folder = f'folder, with generator = "{_GENERATOR}": its pages are taken over, with a copy of each'
        yield self._row(variables.SITE_FOLDER, folder)
        hidden = "not needed: no position and no place name leaves (rules.place = false)"
        yield self._row(variables.HIDDEN, hidden)
        yield self._row(variables.MAP_KEY, "nothing: the pages ask no map service")

    def _row(self, name: str, becomes: str) -> Row:
        return _row(self.found.held[name], becomes)


def _row(told: Variable, becomes: str) -> Row:
    """A secret is only said to be there; what is not there becomes nothing by itself."""
    if not told.value:
        return Row(told.name, told.doubt or NOT_THERE, becomes)
    return Row(told.name, told.shown or "found, not shown", becomes)


def _others(found: Found) -> Iterator[Row]:
    testing = found.held[variables.TESTING]
    reason = lending.held_back(testing)
    stays = "variables = true: as long as it is not off in IMatch, nothing is published" if reason else "off"
    yield _row(testing, stays)
    yield _row(found.held[variables.SCRIPT], "not needed: `helio imatch install-app` puts the app into IMatch")
    yield _row(found.held[variables.WHAT3WORDS], "nothing: it was not used any more")
