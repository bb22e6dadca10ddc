"""FlickrSync 0.1.1 itself, on the same files and the same stand-in: first sync, no-op, albums, and moving over."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import measuring
import samples
from heliograph.digest.signature import signature_of_six
from heliograph.standin.flickr.standin import serve
from measuring import Row

NEEDED = ("flickrapi==2.4.0", "wand==0.6.13", "lxml")
"""flickrapi walks lists by a method that Python took away in 3.9 and lxml still has."""
PROGRAM = "flickrsync==0.1.1"
HUNG_S = 1800.0
HARMLESS = "AssertionError: no photos to insert"
"""One of FlickrSync's threads ends so, its work done, where the photos are a multiple of 50, by which it keeps them."""
LEFT_OUT = "left out: pip could not fetch FlickrSync, or the system's library of ImageMagick is missing"
_HOSTS = """\
import os
url = os.environ.get("STANDIN")
if url:
  import flickrapi, requests
  from flickrapi.auth import OAuthFlickrInterface as Door
  for name, path in (("REST_URL", "rest"), ("UPLOAD_URL", "upload"), ("REPLACE_URL", "replace")):
    setattr(flickrapi.FlickrAPI, name, f"{url}/services/{path}/")
  Door.session = requests.Session()
  Door.session.trust_env = False
"""
_KEEP = """\
import sys
from flickrapi.auth import FlickrAccessToken
from flickrapi.tokencache import OAuthTokenCache
key, name, token, secret, nsid = sys.argv[1:]
OAuthTokenCache(key, name).token = FlickrAccessToken(token, secret, "write", "", name, nsid)
"""


def rows(cache: Path, processes: int, *, quick: bool) -> Iterator[Row]:
    """Both as their commands, one after the other; FlickrSync's syntax error is repaired in the scratch folder only."""
    count, folders, adopted = (6, 5, 600) if quick else (300, 300, 5_000)
    program = _program(cache)
    with TemporaryDirectory(dir=cache, prefix="flickrsync-") as held:
        if program is not None:
            yield from _sync(Path(held, "sync"), program, samples.large(cache, count, processes))
            yield from _albums(Path(held, "albums"), program, samples.many(cache, folders, folders, processes), folders)
        yield _adopting(Path(held, "adopting"), samples.many(cache, adopted, 20, processes), adopted)
    if program is None:
        yield Row(f"first sync of {count} photos", "", f"FlickrSync {LEFT_OUT}", None)


@dataclass(slots=True)
class Home:
    """A home folder with pictures, an account, and both programs set up for it."""

    folder: Path
    told: Mapping[str, str]
    python: Path | None = None
    """That FlickrSync runs with."""
    seen: int = 0
    settings: Path = field(init=False)

    def __post_init__(self) -> None:
        self.settings = self.folder / "heliograph"
        self.settings.mkdir(parents=True, exist_ok=True)

    @property
    def pictures(self) -> Path:
        """What both programs publish."""
        return self.folder / "Pictures"

    def flickrsync(self, *words: str) -> float:
        """Seconds."""
        if self.python is None:
            message = "FlickrSync was not prepared."
            raise SystemExit(message)
        command = [str(self.python), "-W", "ignore", str(self.python.parent / "flickrsync"), "--noprompt", *words]
        return measuring.took_s(lambda: self._run(command, self.folder))

    def helio(self, *words: str) -> float:
        """Seconds."""
        return measuring.took_s(lambda: self._run([sys.executable, "-m", "heliograph", *words, "-q"], self.settings))

    def calls(self) -> Counter[str]:
        """What was called since it was last asked."""
        with urllib.request.urlopen(f"{self.told['url']}/_standin/calls?since={self.seen}") as answer:  # noqa: S310
            made = json.load(answer)["calls"]
        self.seen += len(made)
        return Counter(call["method"] or call["route"] for call in made)

    def keep_blanks(self) -> None:
        """Titles keep the blank in front of them; where it is trimmed, FlickrSync makes all albums anew each time."""
        told = json.dumps({"world": {"trim_titles": False}}).encode()
        head = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.told['url']}/_standin/dials", told, head, method="PATCH")  # noqa: S310
        urllib.request.urlopen(asked).close()  # noqa: S310 - the stand-in on this computer

    def token(self) -> None:
        """As FlickrSync keeps it, with its settings."""
        told = [self.told[name] for name in ("key", "username", "token", "token_secret", "nsid")]
        self._run([str(self.python), "-c", _KEEP, *told], self.folder)
        (self.folder / ".flickrsync").mkdir(exist_ok=True)
        (self.folder / ".flickrsync" / "config.ini").write_text(
            f"[DEFAULT]\napi_key = {told[0]}\napi_secret = {self.told['secret']}\nusername = {told[1]}\n"
            f"directory = {self.pictures}\ndatabase = {self.folder}/.flickrsync/flickrsync.db\n",
            encoding="utf-8",
        )

    def account(self) -> dict[str, str]:
        """Ours, where FlickrSync's is not taken over."""
        names = ("token", "token_secret", "nsid", "username")
        kept = {"of": {"key": self.told["key"]}, "account": {name: self.told[name] for name in names}}
        given = {"KEY": self.told["key"], "SECRET": self.told["secret"], "ACCOUNT": json.dumps(kept)}
        return {f"HELIOGRAPH_SECRET_FLICKR_{name}": value for name, value in given.items()}

    def write(self) -> None:
        """Settings of ours that do what FlickrSync does."""
        (self.settings / "heliograph.toml").write_text(
            f"[library]\nfolder = '{self.pictures}'\n[select]\neverything = true\nfolder_albums = true\n"
            "[platforms.flickr]\naudience.show = 'private'\n",
            encoding="utf-8",
        )

    def _run(self, command: list[str], folder: Path) -> None:
        env = {
            **os.environ,
            "HOME": str(self.folder),
            "STANDIN": self.told["url"],
            "HELIOGRAPH_PLATFORMS__FLICKR__URL": self.told["url"],
            "HELIOGRAPH_PLATFORMS__FLICKR__CALLS_PER_S": "1000",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            **(self.account() if (self.settings / "heliograph.toml").exists() and self.python is None else {}),
        }
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, cwd=folder, env=env, text=True, start_new_session=True, **pipes) as process:
            try:
                said, _ = process.communicate(timeout=HUNG_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                said = "It hung. FlickrSync does now and then: one thread starts processes while another calls Flickr."
        if process.returncode not in {0, 10, 14} or "Error" in said.replace(HARMLESS, ""):
            message = f"This is no measurement: {' '.join(command[-3:])}: {said[-1500:]}"
            raise SystemExit(message)


def _sync(folder: Path, program: Path, photos: list[Path]) -> Iterator[Row]:
    """What each does besides uploading is what it does when it is told not to upload."""
    _linked(photos, folder / "Pictures")
    with _standin(folder) as told:
        theirs, ours = Home(folder, told, program), Home(folder, told)
        theirs.token()
        ours.write()
        theirs_s, ours_s = theirs.flickrsync("sync", "--dryrun"), ours.helio("sync", "-n")
        what = f"first sync of {len(photos)} photos of 12 to 24 MP, all but the uploads"
        yield measuring.at_least(what, f"{ours_s:.2f} s", f"FlickrSync: {theirs_s:.2f} s", theirs_s / ours_s, 20)
        shutil.rmtree(ours.settings)
        ours.settings.mkdir()
        theirs.flickrsync("sync")
        theirs.helio("import", "flickrsync")
        theirs.helio("sync")
        theirs_s, ours_s = measuring.in_turn_s(3, lambda: theirs.flickrsync("sync"), lambda: theirs.helio("sync"))
        what = f"sync of {len(photos)} photos, nothing to do, program start included"
        yield measuring.at_least(what, f"{ours_s:.2f} s", f"FlickrSync: {theirs_s:.2f} s", theirs_s / ours_s, 50)


def _albums(folder: Path, program: Path, library: Path, folders: int) -> Iterator[Row]:
    shutil.copytree(library, folder / "Pictures")
    with _standin(folder) as told:
        home = Home(folder, told, program)
        home.keep_blanks()
        home.token()
        home.flickrsync("sync")
        home.flickrsync("photosets")
        home.helio("import", "flickrsync")
        home.calls()
        home.helio("sync")
        moved = sum(home.calls().values())
        home.flickrsync("photosets")
        theirs = sum(home.calls().values())
        home.helio("sync")
        ours = sum(home.calls().values())
        yield Row(f"moving over from FlickrSync with {folders} albums", f"{moved} calls", "", None)
        what = f"albums of {folders} folders, nothing to do"
        yield measuring.at_most(what, f"{ours} calls", f"FlickrSync: {theirs} calls", float(ours), 1)


def _adopting(folder: Path, library: Path, count: int) -> Row:
    """Photos that carry FlickrSync's tag and are in no album; the ledger is new."""
    shutil.copytree(library, folder / "Pictures")
    with serve(folder / "flickr", perms="write") as standin:
        for file in sorted((folder / "Pictures").rglob("*.jpg")):
            tags = [f"flickrsync:signature={signature_of_six(file)}"]
            standin.world.add_photo(standin.nsid, None, title=file.stem, tags=tags)
    with _standin(folder) as told:
        home = Home(folder, told)
        home.write()
        took_s = home.helio("adopt", "--yes")
        made = home.calls()
        home.helio("adopt", "--yes")
        fetched = sum(number for name, number in made.items() if "." in name and not name.startswith("flickr."))
        ours = f"{sum(made.values())} calls, {fetched} downloads, {took_s:.0f} s"
        what = f"adopting {count:,} photos by their signatures"
        return measuring.at_most(what, ours, "12 calls", sum(made.values()) / 12, 1)


@contextmanager
def _standin(folder: Path) -> Iterator[Mapping[str, str]]:
    command = [sys.executable, "-m", "heliograph.standin.flickr", "--state", str(folder / "flickr"), "--with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()


def _linked(photos: list[Path], folder: Path) -> None:
    for photo in photos:
        here = folder / photo.parent.name
        here.mkdir(parents=True, exist_ok=True)
        (here / photo.name).hardlink_to(photo)


def _program(cache: Path) -> Path | None:
    """The Python of an environment that holds FlickrSync, fetched by pip and repaired; `None` where that fails."""
    held = cache / "flickrsync-0.1.1"
    python = held / "bin" / "python"
    if not python.exists():
        try:
            _fetch(held, python)
        except subprocess.CalledProcessError:
            shutil.rmtree(held, ignore_errors=True)
            return None
    tried = subprocess.run([python, "-c", "import wand.image"], capture_output=True, check=False)
    return python if tried.returncode == 0 else None


def _fetch(held: Path, python: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", held], check=True)
    pip = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "setuptools", "wheel", *NEEDED], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", PROGRAM], check=True)
    (packages,) = held.glob("lib/python*/site-packages")
    broken = packages / "flickrsync" / "flickr.py"
    broken.write_text(broken.read_text(encoding="utf-8").replace("async=1", "**{'async': 1}"), encoding="utf-8")
    (packages / "sitecustomize.py").write_text(_HOSTS, encoding="utf-8")
