"""Every command imports what it needs and nothing more: nobody waits for a service that they do not use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path

import pytest

from command_line import home
from heliograph import config, jsonform
from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.desk import making
from heliograph.errors import Mistake
from heliograph.platforms.fediverse import software
from heliograph.platforms.flickr.signin import Account
from heliograph.standin.flickr.standin import serve

__all__ = ["home"]

NETWORK = {"httpx2", "httpcore2", "anyio", "oauthlib", "keyring"}
PICTURES = {"numpy", "pyvips", "exiv2", "pebble", "pillow_heif"}
SERVERS = {"flask", "waitress", "watchfiles"}
SERVICES = {
    "heliograph.platforms.flickr",
    "heliograph.platforms.fediverse",
    "heliograph.platforms.site.markdown",
    "heliograph.platforms.site.pages",
    "heliograph.platforms.site.checking",
    "heliograph.libraries.imatch",
    "heliograph.wire",
}
BARS = {"rich.progress", "rich.status"}
UNUSED = NETWORK | PICTURES | SERVERS | SERVICES | BARS | {"alembic", "yaml", "jinja2"}
"""Needed by no command that publishes nothing new from a folder to a website, where nobody watches a terminal."""
UNUSED_BY_FLICKR = PICTURES | SERVERS | BARS | {"alembic", "yaml", "jinja2", "keyring", "heliograph.platforms.site"}
UNUSED_BY_STATUS = UNUSED | {"heliograph.platforms", "heliograph.libraries.folder"}
UNUSED_BY_HELP = UNUSED_BY_STATUS | {"sqlalchemy", "pydantic", "cattrs", "rich", "heliograph.desk", "heliograph.config"}

SCRIPT = """
import json, sys
from heliograph.cli.run import run
loaded = {}
for words in sys.argv[1:]:
    print(words, run([words]), file=sys.stderr)
    loaded[words] = sorted(sys.modules)
with open("loaded.json", "w", encoding="utf-8") as file:
    json.dump(loaded, file)
"""


def loaded(home: Path, *verbs: str) -> dict[str, set[str]]:
    """Command -> the modules that it and those before it imported, one process for all of them; nothing is new."""
    (home / "photos/2023/family.jpg").unlink()  # it is refused, which would be told each time
    for photo in (home / "photos").rglob("*.jpg"):
        os.utime(photo, (1_700_000_000, 1_700_000_000))  # what was written a moment ago is read once more
    assert run(["sync"]) == Exit.DONE
    words = [sys.executable, "-c", SCRIPT, *verbs]
    told = subprocess.run(words, cwd=home, capture_output=True, text=True, check=True, encoding="utf-8")
    assert "Nothing to do" in told.stderr
    return {word: set(names) for word, names in json.loads(Path("loaded.json").read_text("utf-8")).items()}


def test_help_status_and_a_run_with_nothing_to_do_import_only_what_they_need(home):
    (home / "heliograph.toml").write_text("[library]\nfolder = 'photos'\n[platforms.site]\nfolder = 'site'\n", "utf-8")
    by = loaded(home, "--help", "status", "sync")
    assert by["--help"] & UNUSED_BY_HELP == set()
    assert by["status"] & UNUSED_BY_STATUS == set()
    assert by["sync"] & UNUSED == set()
    assert {"sqlalchemy", "heliograph.platforms.site", "heliograph.libraries.folder"} <= by["sync"]


def test_a_run_with_nothing_to_do_for_an_account_imports_no_website_and_no_templates(home, monkeypatch):
    with serve(home / "standin", perms="write") as standin:
        account = Account(standin.token, standin.token_secret, standin.nsid, "ann")
        kept = json.dumps({"of": {"key": standin.key}, "account": jsonform.plain(account)})
        for name, secret in (("KEY", standin.key), ("SECRET", standin.secret), ("ACCOUNT", kept)):
            monkeypatch.setenv(f"HELIOGRAPH_SECRET_FLICKR_{name}", secret)
        (home / "heliograph.toml").write_text(
            "[library]\nfolder = 'photos'\n[select]\neverything = true\nfolder_albums = true\n"
            f"[platforms.flickr]\nurl = '{standin.url}'\ncalls_per_s = 1000.0\n",
            encoding="utf-8",
        )
        sync = loaded(home, "sync")["sync"]
        assert standin.calls.of("flickr.photosets.create")
    assert sync & UNUSED_BY_FLICKR == set()
    assert {"httpx2", "heliograph.platforms.flickr"} <= sync


@pytest.mark.parametrize("name", [*making.LIBRARIES, *making.PLATFORMS])
def test_every_kind_that_settings_can_name_can_be_made(name):
    kind = {**making.LIBRARIES, **making.PLATFORMS}[name]()
    assert is_dataclass(kind.options)
    assert callable(kind.make)


def test_the_servers_that_settings_can_name_are_those_that_the_fediverse_knows():
    usual = {software.MASTODON, software.PIXELFED, software.GOTOSOCIAL, software.FEDIVERSE}
    assert usual <= set(making.PLATFORMS)
    assert {making.PLATFORMS[name]().make.keywords["usual"] for name in usual} == usual


def test_an_unknown_kind_is_told_by_the_verbs_that_make_no_platform(home):
    path = home / "heliograph.toml"
    path.write_text("[library]\nfolder = 'photos'\n[platforms.flikr]\n", "utf-8")
    with pytest.raises(Mistake, match="Did you mean 'flickr'"):
        making.policies(config.load(path, {}))
