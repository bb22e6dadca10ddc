"""The app in IMatch: put there, taken out, and nothing of others touched."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

import command_line
from command_line import POSIX, Told
from heliograph.cli.exits import Exit
from heliograph.errors import Mistake
from heliograph.imatch_app import FOLDER, GUID, Starter, apps_folder, install, starter, uninstall

home = command_line.home
tell = command_line.tell

START = Starter(r"C:\Program Files\helio.exe", '--config "C:\\my photos\\heliograph.toml" serve --detach')


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    folder = tmp_path / "photools.com/imatch6/webroot/user"
    folder.mkdir(parents=True)
    (folder / "another-app").mkdir()
    (folder / "another-app/app.json").write_text("{}", encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- what IMatch finds ------------------------------------------------------------------------------------------------


def test_imatch_finds_an_app_with_a_page_an_icon_and_an_id_of_its_own(apps: Path) -> None:
    folder = install(apps, START)
    app = json.loads((folder / "app.json").read_text("utf-8"))
    assert (app["type"], app["id"]) == ("app", GUID)
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", GUID)
    assert (folder / app["defaultDocument"]).is_file()
    with Image.open(folder / app["icon"][""]) as icon:
        assert (icon.format, icon.size) == ("PNG", (256, 256))


def test_the_page_loads_the_libraries_in_their_order_and_asks_nobody_outside(apps: Path) -> None:
    page = (install(apps, START) / "index.html").read_text("utf-8")
    scripts = re.findall(r'<script src="([^"]+)"', page)
    assert scripts == ["/system/imws/imwslib.js", "/system/imatch/imatchlib.js", "app.js"]
    others = [path.read_text("utf-8") for path in (apps / FOLDER).glob("*.??*") if path.suffix in {".css", ".js"}]
    assert not re.search(r"https?://(?!127\.0\.0\.1:\*|localhost:\*)", page + "".join(others))


class Start(HTMLParser):
    """What the page is told of how to start."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside, self.text, self.tags = False, "", []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = dict(attrs).get("id") == "start"

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside else ""


@pytest.mark.parametrize(
    "settings", [r"C:\my photos\a & b\heliograph.toml", "/x/</script><img src=x>'\"/heliograph.toml"]
)
def test_paths_arrive_as_they_are_whatever_they_hold(apps: Path, settings: str) -> None:
    start = starter(Path(settings))
    found = Start((install(apps, start) / "index.html").read_text("utf-8"))
    told = json.loads(found.text)
    assert told == {"executable": start.executable, "parameters": start.parameters}
    assert settings.replace('"', '\\"') in start.parameters
    assert start.parameters.endswith("serve --detach")
    assert Path(start.executable).is_file()
    assert found.tags.count("script") == 4


def test_a_path_with_blanks_is_one_word() -> None:
    assert subprocess.list2cmdline(["--config", r"C:\my photos\h.toml"]) == r'--config "C:\my photos\h.toml"'
    assert '"' in starter(Path("/my photos/heliograph.toml")).parameters


# --- put there, again, and taken out ----------------------------------------------------------------------------------


def test_taken_out_everything_is_as_it_was(apps: Path) -> None:
    before = tree(apps)
    install(apps, START)
    install(apps, Starter("elsewhere", ""))  # a newer one in its place
    assert '"elsewhere"' in (apps / FOLDER / "index.html").read_text("utf-8")
    assert uninstall(apps) == ()
    assert tree(apps) == before
    assert not (apps / FOLDER).exists()


def test_what_was_changed_or_added_by_hand_is_left(apps: Path) -> None:
    folder = install(apps, START)
    (folder / "app.css").write_text("body { color: red }", encoding="utf-8")
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    assert [path.name for path in uninstall(apps)] == ["app.css", "mine.txt"]
    assert (folder / "mine.txt").read_text("utf-8") == "mine"


def test_a_folder_that_is_not_ours_is_not_touched(apps: Path) -> None:
    folder = apps / FOLDER
    folder.mkdir()
    (folder / "app.json").write_text(json.dumps({"id": "another"}), encoding="utf-8")
    before = tree(apps)
    with pytest.raises(Mistake, match="not put there by heliograph"):
        install(apps, START)
    with pytest.raises(Mistake, match="not put there by heliograph"):
        uninstall(apps)
    assert tree(apps) == before


def test_a_list_of_files_that_leads_elsewhere_removes_nothing_there(apps: Path, tmp_path: Path) -> None:
    folder = install(apps, START)
    precious = tmp_path / "precious.txt"
    precious.write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    path = os.path.relpath(precious, folder)
    told = {"app": GUID, "files": {path: empty, str(precious): empty, "..": empty, "": empty, "app.json": empty}}
    (folder / "installed.json").write_text(json.dumps(told), encoding="utf-8")
    uninstall(apps)
    assert precious.exists()
    assert (folder / "app.json").exists()  # it is not what the list says


@POSIX
def test_a_link_is_not_followed(apps: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (apps / FOLDER).symlink_to(elsewhere)
    with pytest.raises(Mistake, match="is a link"):
        install(apps, START)
    assert list(elsewhere.iterdir()) == []


def test_an_app_that_is_not_there_cannot_be_taken_out(apps: Path) -> None:
    with pytest.raises(Mistake, match="is not in"):
        uninstall(apps)


# --- where it goes ----------------------------------------------------------------------------------------------------


def test_imatchs_folder_is_found_where_windows_keeps_it(apps: Path, tmp_path: Path) -> None:
    assert apps_folder(None, {"PROGRAMDATA": str(tmp_path)}) == apps
    (tmp_path / "photools.com/imatch7/webroot/user").mkdir(parents=True)
    with pytest.raises(Mistake, match="several"):
        apps_folder(None, {"PROGRAMDATA": str(tmp_path)})
    with pytest.raises(Mistake, match="--path"):
        apps_folder(None, {"PROGRAMDATA": str(tmp_path / "nowhere")})


def test_a_named_folder_counts_and_the_web_root_means_the_one_below(apps: Path) -> None:
    assert apps_folder(apps, {}) == apps
    assert apps_folder(apps.parent, {}) == apps
    with pytest.raises(Mistake, match="is not there"):
        apps_folder(apps / "nowhere", {})


def test_the_command_puts_it_there_and_takes_it_out(tell: Told, home: Path, apps: Path) -> None:
    code, out, err = tell("imatch", "install-app", "--path", str(apps))
    assert code == Exit.DONE, err
    assert str(apps / FOLDER) in out
    told = json.loads(Start((apps / FOLDER / "index.html").read_text("utf-8")).text)
    assert str(home / "heliograph.toml") in told["parameters"]
    said = subprocess.run(
        [told["executable"], "--version"], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert (said.returncode, Path(told["executable"]).name.startswith(("helio", Path(sys.executable).stem))) == (
        0,
        True,
    )
    code, out, _ = tell("imatch", "uninstall-app", "--path", str(apps))
    assert code == Exit.DONE
    assert not (apps / FOLDER).exists()
    assert tell("imatch", "uninstall-app", "--path", str(apps))[0] == Exit.USAGE
