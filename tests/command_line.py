"""A library to run the command in, and ways to run it: in this process, or as the real command."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from heliograph import metadata
from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.model import Facts

WISH = (("Socials", "site"), ("Socials", "site", "albums", "Dunes"))
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and odd file names as POSIX has them")


def draw(path: Path, title: str, *, wishes: tuple[tuple[str, ...], ...] = WISH, edge_px: int = 48) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    tints = zlib.crc32(path.name.encode("utf-8", "surrogateescape")).to_bytes(4, "big")[:3]
    grey = Image.linear_gradient("L").resize((edge_px, edge_px * 2 // 3))
    Image.merge("RGB", [grey.point([(tone + tint) % 256 for tone in range(256)]) for tint in tints]).save(path)
    metadata.write(path, Facts(title=title, caption=f"About {title}.", keyword_paths=tuple(sorted(wishes))))
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings, two photos that are wished on the site, and one that is private."""
    for name in [name for name in os.environ if name.startswith("HELIOGRAPH_")] + ["COLUMNS", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    draw(tmp_path / "photos/2023/dune.jpg", "A dune")
    draw(tmp_path / "photos/2023/sea.jpg", "The sea")
    draw(tmp_path / "photos/2023/family.jpg", "Us", wishes=(*WISH, ("Private", "Family")))
    monkeypatch.chdir(tmp_path)
    assert run(["init", "photos", "--site", "site"]) == Exit.DONE
    return tmp_path


def published(home: Path) -> int:
    """Photos that have a page on the site."""
    return len({page.name for page in (home / "site/photos").glob("*.html")} - {"index.html"})


Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tell(home: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Runs one command in this process: exit code, stdout, stderr."""
    capsys.readouterr()

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def start(*arguments: str, cwd: Path, **more: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    return subprocess.Popen(
        [sys.executable, "-m", "heliograph", *arguments],
        cwd=cwd,
        env={**env, "PYTHONIOENCODING": "utf-8", **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def unheard(*arguments: str, cwd: Path) -> tuple[int, str]:
    """Exit code and stderr of a command whose stdout nobody reads."""
    with start(*arguments, cwd=cwd) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        return process.wait(timeout=120), process.stderr.read()
