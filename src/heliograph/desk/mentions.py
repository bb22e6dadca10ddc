"""Where the owner's own notes lead to posts, and how their links follow a picture that got another address.

A note is a Markdown file below the folder that the settings name. What we wrote ourselves is none: of a page of ours
only what stands below its line counts.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from heliograph.ports import Mentioned

_ENDINGS = frozenset({".md", ".markdown"})
_LONGEST_BYTES = 10_000_000
_LINK = re.compile(
    r"""\[\[([^\]|#\n]+)|\]\(\s*<([^>\n]+)>|\]\(\s*([^)\s]+)|(?:src|href)\s*=\s*["']([^"'\n]+)|(https?://[^\s<>"')\]]+)"""
)
_OLDER = re.compile(rb"---\r?\n(?:(?!---).*\n)*?\s*-\s*(?:photo|album)-page\b")
_FEW = 3


class Mentions:
    """The links of all notes below a folder, read when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[str, ...]] | None = None
        self._by_post: dict[int, Mapping[str, Mapping[str, frozenset[str]]]] = {}
        self.trouble = ""
        """Why not all of the notes could be read, as a sentence."""

    def of(self, platform: Mentioned, post_id: str) -> Mapping[str, frozenset[str]]:
        """Note, below the folder -> its links that lead to a post."""
        if id(platform) not in self._by_post:
            self._by_post[id(platform)] = self._index(platform)
        return self._by_post[id(platform)].get(post_id, {})

    def reasons(self, platform: Mentioned, post_id: str) -> tuple[str, ...]:
        """Why a post is not deleted without a question. Notes that cannot be read may hold anything."""
        notes = sorted(self.of(platform, post_id))
        if not notes:
            return (f"your notes cannot be read: {self.trouble}",) if self.trouble else ()
        more = f" and {len(notes) - _FEW:,} more" if len(notes) > _FEW else ""
        named = ", ".join(notes[:_FEW])
        return (f"it is used in your note{'s' if len(notes) > 1 else ''} {named}{more}",)

    def _index(self, platform: Mentioned) -> Mapping[str, Mapping[str, frozenset[str]]]:
        if self._read is None:
            self._read = dict(self._links())
        found: dict[str, dict[str, frozenset[str]]] = {}
        for note, links in self._read.items():
            for link in links:
                for post_id in platform.leads_to(unquote(link)):
                    notes = found.setdefault(post_id, {})
                    notes[note] = notes.get(note, frozenset()) | {link}
        return found

    def _links(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for path in self._notes():
            try:
                text = own_words(path.read_bytes())[1] if path.stat().st_size <= _LONGEST_BYTES else b""
            except OSError as error:
                self.trouble = f"{path} ({error.strerror})"
                continue
            links = tuple(
                {next(filter(None, match.groups())) for match in _LINK.finditer(text.decode("utf-8", "replace"))}
            )
            if links:
                yield path.relative_to(self.folder).as_posix(), links

    def _notes(self) -> Iterator[Path]:
        if not self.folder.is_dir():
            self.trouble = f"{self.folder} is not there"
            return

        def tell(error: OSError) -> None:
            self.trouble = f"{error.filename} ({error.strerror})"

        for parent, folders, names in os.walk(self.folder, onerror=tell):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
            for name in sorted(names):
                path = Path(parent, name)
                if path.suffix.lower() in _ENDINGS:
                    yield path


def own_words(page: bytes) -> tuple[bytes, bytes]:
    """What we or an older program wrote of a file, and what is the owner's: all of it, but for a page of ours."""
    from heliograph.platforms.site.markdown.building import MARK

    line = page.find(MARK.encode())
    if line < 0 and _OLDER.match(page):
        return page, b""
    return (b"", page) if line < 0 else (page[: line + len(MARK)], page[line + len(MARK) :])


def rewritten(folder: Path, notes: Collection[str], renewed: Mapping[str, str]) -> tuple[str, ...]:
    """The notes in which links were replaced by others, each file whole at every moment; nothing else in them changes.

    Raises:
        OSError: one cannot be written; it is as it was, and those before it are done.
    """
    return tuple(note for note in sorted(notes) if _rewrite((folder / note).resolve(), renewed))


def _rewrite(path: Path, renewed: Mapping[str, str]) -> bool:
    with suppress(FileNotFoundError):
        before = path.read_bytes()
        ours, own = own_words(before)
        pattern = b"|".join(re.escape(link.encode()) for link in sorted(renewed, key=len, reverse=True))
        after = ours + re.sub(
            rb"(?:" + pattern + rb")(?![\w?&=/%#-]|\.\w)", lambda match: renewed[match[0].decode()].encode(), own
        )
        if after == before:
            return False
        beside = path.with_name(f".{path.name}.heliograph")
        try:
            beside.write_bytes(after)
            shutil.copymode(path, beside)
            if path.read_bytes() != before:  # its owner is writing: what they write counts
                return False
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return True
    return False
