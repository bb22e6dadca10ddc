"""The publish step with the real programs: rsync, and sftp with its server, both on this computer."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from contract.platform_contract import publish, rendition_for, wanted_photo
from heliograph.errors import Busy
from heliograph.model import F
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.destination import Destination
from site_visit import fill, pages_of

SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/libexec/sftp-server")
SERVER = next((place for place in SERVERS if Path(place).is_file()), "")
SFTP = f'#!/bin/sh\nexec {shutil.which("sftp")} -D {SERVER} -b "$2"\n'
"""The real program, and the real server without a way in between; what the preset says of the host is left out."""

rsync = pytest.mark.skipif(not shutil.which("rsync"), reason="rsync is not installed (Debian: rsync)")
sftp = pytest.mark.skipif(
    not SERVER or not shutil.which("sftp"), reason="sftp or its server is not installed (Debian: openssh-sftp-server)"
)


@pytest.fixture
def real_sftp(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sftp").write_text(SFTP, encoding="utf-8")
    (tmp_path / "bin" / "sftp").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)


def lived(site: Site, files: Path, there: Path) -> None:
    """Pages arrive, change and go; what others put there stays."""
    ids = fill(site, files, range(2))
    site.finish()
    assert pages_of(there) == pages_of(site.options.folder)
    (there / "photos" / "mine.html").write_text("mine", encoding="utf-8")
    (there / "index.html").write_text("broken by somebody", encoding="utf-8")
    posts = {post.id: post for post in site.survey(None).posts}
    site.delete(posts[ids[0]])
    new = frozenset({F.TITLE, F.TAGS})
    site.update(posts[ids[1]], wanted_photo(site, 1, new), new, None)
    publish(site, wanted_photo(site, 5), rendition_for(site, files, 5))
    site.finish()
    found = pages_of(there)
    assert found.pop("photos/mine.html") == b"mine"
    assert found == pages_of(site.options.folder)
    gone = next(path for path in pages_of(there) if path.startswith("pictures/"))
    (there / gone).unlink()
    site.deliver(everything=True)
    assert (there / gone).is_file()


@rsync
def test_rsync_brings_pages_there_and_takes_away_what_went_and_nothing_else(tmp_path, files):
    there = tmp_path / "srv" / "my site"
    there.mkdir(parents=True)
    publish_to = Destination(preset="rsync", to=str(there))
    lived(Site("site", Options(tmp_path / "site", publish=publish_to)), files, there)
    assert not list(there.rglob(".~tmp~"))


@sftp
@pytest.mark.usefixtures("real_sftp")
def test_sftp_brings_pages_there_and_takes_away_what_went_and_nothing_else(tmp_path, files):
    (tmp_path / "srv").mkdir()
    there = tmp_path / "srv" / "my [site]"
    publish_to = Destination(preset="sftp", to=f"ann@example.org:{there}")
    lived(Site("site", Options(tmp_path / "site", publish=publish_to)), files, there)
    assert not list(there.rglob("*.new"))


@sftp
@pytest.mark.usefixtures("real_sftp")
@pytest.mark.skipif(sys.platform == "win32" or os.name == "nt", reason="folders are made unwritable as on POSIX")
def test_a_place_that_cannot_be_written_to_is_told_in_the_words_of_the_program_and_tried_again(tmp_path, files):
    there = tmp_path / "srv" / "www"
    (tmp_path / "srv").write_text("a file where a folder should be", encoding="utf-8")
    site = Site("site", Options(tmp_path / "site", publish=Destination(preset="sftp", to=f"ann@example.org:{there}")))
    fill(site, files, range(1))
    with pytest.raises(Busy, match="did not succeed: sftp ended with status 1 and said"):
        site.finish()
    (tmp_path / "srv").unlink()
    (tmp_path / "srv").mkdir()
    site.finish()
    assert pages_of(there) == pages_of(tmp_path / "site")
    site.delete(site.survey(None).posts[0])
    shutil.rmtree(there)
    site.finish()
    assert pages_of(there).keys() <= pages_of(tmp_path / "site").keys(), "what went need not be there"


@rsync
def test_odd_names_reach_rsync_as_names(tmp_path):
    """A vault holds such pictures; the list ends names with NUL."""
    folder, there = tmp_path / "site", tmp_path / "there"
    there.mkdir()
    site = Site("site", Options(folder, publish=Destination(preset="rsync", to=str(there))))
    fill(site, tmp_path / "files", range(1))
    odd = ("photos/[12] a*b.jpg", "photos/-rf.html", "photos/#x;y.html")
    publication = site._publication
    site.finish()
    for path in odd:
        (folder / path).write_text(path, encoding="utf-8")
    real = publication.files
    publication.files = lambda: {**real(), **dict.fromkeys(odd, "1")}
    site.deliver()
    assert all((there / path).read_text(encoding="utf-8") == path for path in odd)
    publication.files = real
    for path in odd:
        (folder / path).unlink()
    site.deliver()
    assert not any((there / path).exists() for path in odd)
    assert pages_of(there) == pages_of(folder)
