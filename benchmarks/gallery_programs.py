"""Programs that make galleries, sigal and thumbsup, fetched into the cache and run as their owners run them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import measuring

SIGAL = "sigal==2.6.1"
NO_SIGAL = "sigal left out: pip could not fetch it"
THUMBSUP = ("thumbsup@2.18.0", "exiftool-vendored.pl@13.59.3")
NO_THUMBSUP = "thumbsup left out: npm could not fetch it, or GraphicsMagick or Perl is missing"
QUALITY = 85
THREE = (2048, 640, 320)
"""Long edges of what one run of thumbsup makes of a photo, as JPEG; the last one is a square of as many pixels."""


def sigal(cache: Path) -> Path | None:
    """Sigal's command, in an environment of its own; `None` where it cannot be had."""
    folder = cache / f"environment-{SIGAL.replace('==', '-')}"
    command = folder / "bin" / "sigal"
    if not command.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", SIGAL], check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
    return command if command.exists() else None


def sigal_s(program: Path, photos: Sequence[Path], folder: Path, edge_px: int, form: str, workers: int) -> float:
    """Seconds of one run of its command that makes one size of each photo, and neither thumbnails nor pages."""
    settings = {
        "source": str(_laid_out(photos, folder)),
        "destination": str(folder / "out"),
        "img_size": (edge_px, edge_px),
        "img_format": form,
        "make_thumbs": False,
        "jpg_options": {"quality": QUALITY, "optimize": True},
        "write_html": False,
        "theme": "galleria",
        "ignore_files": [],
        "copy_exif_data": False,
    }
    (folder / "conf.py").write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()), "utf-8")
    words = [str(program), "build", "-q", "-n", str(workers), "-c", str(folder / "conf.py")]
    took = measuring.took_s(lambda: _ran(words, folder, os.environ))
    _all_made("sigal", folder / "out", len(photos))
    return took


def thumbsup(cache: Path) -> Path | None:
    """Thumbsup's command, beside the ExifTool that it needs; `None` where it cannot be had, or would not run."""
    modules = cache / f"node-{THUMBSUP[0].replace('@', '-')}" / "node_modules"
    command = modules / ".bin" / "thumbsup"
    if not (shutil.which("npm") and shutil.which("gm") and shutil.which("perl")):
        return None
    if not command.exists():
        words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(modules.parent), *THUMBSUP]
        if subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode:
            return None
    return command if command.exists() else None


def thumbsup_s(program: Path, photos: Sequence[Path], folder: Path, workers: int) -> float:
    """Seconds of a run of its command that makes `THREE` of each photo, and a page.

    It has read the photos' metadata in a run before, which does not count. Its sizes are heights, and the photos are
    half as wide again as they are high.
    """
    large, small, least = THREE
    options = {
        "input": _laid_out(photos, folder),
        "output": folder / "out",
        "large-size": round(large * 2 / 3),
        "small-size": round(small * 2 / 3),
        "thumb-size": round((least * least * 2 / 3) ** 0.5),
        "photo-quality": QUALITY,
        "concurrency": workers,
    }
    words = [str(program), *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
    path = os.pathsep.join((str(program.parent.parent / "exiftool-vendored.pl" / "bin"), os.environ.get("PATH", "")))
    env = {**os.environ, "PATH": path}
    _ran([*words, "--dry-run"], folder, env)
    took = measuring.took_s(lambda: _ran(words, folder, env))
    _all_made("thumbsup", folder / "out" / "media", len(THREE) * len(photos))
    return took


def _laid_out(photos: Sequence[Path], folder: Path) -> Path:
    """A folder of links to the photos, in a scratch folder that was emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "photos"
    source.mkdir(parents=True)
    for number, photo in enumerate(photos):
        (source / f"{number}.jpg").hardlink_to(photo)
    return source


def _ran(words: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
    subprocess.run(words, check=True, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _all_made(name: str, folder: Path, count: int) -> None:
    made = [path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".webp"}]
    if len(made) < count:
        message = f"{name} made {len(made)} of {count} pictures"
        raise SystemExit(message)
