"""Small photos with metadata, a household of library, settings and site around them, and the command at work."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

from heliograph import metadata
from heliograph.cli.run import run
from heliograph.model import Facts, Taken
from heliograph.platforms.site.staging import HIDDEN
from site_visit import check_whole

SETTINGS = """\
[library]
folder = 'library'
{library}

[platforms.site]
folder = 'site'

[platforms.site.picture]
long_edge_px = [160, 80]

{more}
"""
HELIO = [sys.executable, "-m", "heliograph"]

LONG_S = 120.0
"""Far above what any run here takes; a run that hangs fails its test."""


def draw(path: Path, seed: int, facts: Facts | None = None, size: tuple[int, int] = (96, 64)) -> Path:
    """A picture of its own for each seed, that compares with no other, with these words in it."""
    dots = np.random.default_rng(seed).integers(0, 256, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(dots).resize(size, Image.Resampling.BICUBIC).save(path, quality=90)
    if facts is not None:
        metadata.write(path, facts)
    return path


def said(title: str, *albums: str, seed: int = 0, **more: object) -> Facts:
    """The words of a photo that is wished on the site, in these albums."""
    wishes = [("Socials", "site", "albums", album) for album in albums] or [("Socials", "site")]
    taken = Taken(f"2024-05-03T{seed // 60 % 24:02}:{seed % 60:02}:00")
    paths = tuple(sorted((*wishes, ("Places", "Norway"))))
    return Facts(**{"title": title, "keyword_paths": paths, "taken": taken, **more})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Ended:
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What a reader sees, without regard to where lines were broken."""
        return " ".join((self.err + "\n" + self.out).split())

    def must(self, code: int, *words: str) -> Ended:
        """This code, every one of these words, and never a traceback."""
        assert "Traceback" not in self.out + self.err, self.err
        assert self.code == code, f"exit {self.code}\n{self.err}\n{self.out}"
        for word in words:
            assert word in self.words, f"{word!r} is missing in:\n{self.err}\n{self.out}"
        return self


@dataclass(frozen=True)
class Household:
    """A folder that holds a library, its settings, what heliograph remembers, and a site."""

    folder: Path

    @property
    def library(self) -> Path:
        return self.folder / "library"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def state(self) -> Path:
        return self.folder / ".heliograph"

    @property
    def ledger(self) -> Path:
        return self.state / "ledger.sqlite"

    @property
    def settings(self) -> Path:
        return self.folder / "heliograph.toml"

    def settle(self, library: str = "", more: str = "") -> Household:
        """Writes the settings."""
        self.library.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(SETTINGS.format(library=library or "workers = 1", more=more), encoding="utf-8")
        return self

    def photo(self, where: str, seed: int, title: str = "", *albums: str, **more: object) -> Path:
        """A photo that is wished on the site; written a while ago, so that its stamp lasts."""
        path = draw(self.library / where, seed, said(title or f"Photo {seed}", *albums, seed=seed, **more))
        return aged(path)

    def command(self, *words: str) -> list[str]:
        return [*HELIO, "--config", str(self.settings), *words]

    def start(self, *words: str, **how: object) -> subprocess.Popen[bytes]:
        """The real command, under way, in a process group of its own."""
        usual = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        usual |= {"env": environment(), "start_new_session": True}
        return subprocess.Popen(self.command(*words), **{**usual, **how})  # type: ignore[call-overload,no-any-return]

    def helio(self, *words: str) -> Ended:
        """The command in this process, to its end: most of a short run is the start of a process."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
        with patch.dict(os.environ, environment(), clear=True), redirect_stdout(out), redirect_stderr(err):
            code = run(self.command(*words)[len(HELIO) :])
        return Ended(code, written(out), written(err))

    def apart(self, *words: str, **env: str) -> Ended:
        """The real command in a process of its own, to its end."""
        ended = subprocess.run(
            self.command(*words),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=environment(**env),
            timeout=LONG_S,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"))

    def plan(self) -> dict[str, Any]:
        """What would happen, as data."""
        return dict(json.loads(self.helio("plan", "--json").must(0).out)["plan"])

    # -- what there is on the site --

    def posts(self) -> dict[str, dict[str, Any]]:
        """Live posts in the site's own log, by id: the log IS the publication."""
        log = self.site / HIDDEN / "posts.jsonl"
        live: dict[str, dict[str, Any]] = {}
        for line in log.read_bytes().splitlines(keepends=True)[1:] if log.exists() else ():
            if not line.endswith(b"\n"):
                continue  # never accepted, or being written
            form = json.loads(line)
            if "gone" in form:
                live.pop(form["gone"], None)
            else:
                live[form["post"]["id"]] = form["post"]
        return live

    def titles(self, kind: str = "photo") -> list[str]:
        """Titles of the live posts, sorted, twice where one is there twice."""
        return sorted(str(post["fields"]["title"]) for post in self.posts().values() if post["kind"] == kind)

    def check_site(self) -> None:
        """Every page is whole, every link leads somewhere, every post has its page, no leftover can be seen."""
        seen = check_whole(self.site, [self.site / "index.html"])
        assert seen > len(self.posts())
        pages = {page.stem for kind in ("photos", "albums") for page in (self.site / kind).glob("*.html")}
        assert pages - {"index"} == set(self.posts())
        assert not list(self.site.rglob("*.new"))

    def check_in_step(self) -> None:
        """Nothing is left to do."""
        self.helio("plan", "--exit-code").must(0)


def written(stream: io.TextIOWrapper) -> str:
    """What was printed there."""
    stream.flush()
    return stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined,no-any-return]


def aged(path: Path, by_s: float = 3600.0) -> Path:
    """The file, as if it had been written some time ago."""
    then = time.time() - by_s
    os.utime(path, (then, then))
    return path


def environment(**more: str) -> dict[str, str]:
    """The tests' own, without what would change how the command speaks."""
    quiet = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}
    return {**quiet, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **more}


def held_by_nobody(marker: str, within_s: float = 10.0) -> bool:
    """Whether soon no process is left whose command line or environment names `marker` (Linux)."""
    until = time.monotonic() + within_s
    while processes(marker):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def processes(marker: str) -> list[int]:
    """Processes whose environment names `marker` (Linux)."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                alive = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
                if alive and marker.encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
    return found
