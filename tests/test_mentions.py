"""The owner's own notes: what they use is asked about, and their links follow a replaced picture."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from heliograph.desk import Desk
from heliograph.desk.mentions import Mentions, rewritten
from heliograph.errors import Busy
from heliograph.libraries.imatch.labels import label
from heliograph.model import Verb
from heliograph.platforms.flickr import addresses
from heliograph.platforms.site.markdown import Markdown, Options
from heliograph.platforms.site.markdown.building import MARK
from heliograph.policy import OnUsed, PlatformPolicy, When
from studio import FakeClock, MemoryLibrary, MemoryPlatform, World, make_desk, photo, template  # noqa: F401 - a fixture

OLD = "https://live.staticflickr.com/65535/53000000001_0123456789_c.jpg"
NEW = "https://live.staticflickr.com/65535/53000000001_fedcba9876_c.jpg"
OTHER = "https://live.staticflickr.com/65535/53000000002_0123456789_c.jpg"


class Flickr:
    leads_to = staticmethod(addresses.leads_to)


def noted(folder: Path, **notes: str) -> Path:
    for name, text in notes.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        OLD,
        "https://farm66.staticflickr.com/65535/53000000001_0123456789.jpg",
        "https://farm66.static.flickr.com/65535/53000000001_0123456789.jpg",
        "https://www.flickr.com/photos/me/53000000001/",
        "https://flickr.com/photos/12345678@N01/53000000001/in/album-7217/",
    ],
)
def test_an_address_of_flickr_names_the_photo_that_it_leads_to(link):
    assert addresses.leads_to(link) == {"53000000001"}


@pytest.mark.parametrize("link", ["https://www.flickr.com/photos/me/", "https://a.example/53000000001", "53000000001"])
def test_an_address_of_others_names_none(link):
    assert addresses.leads_to(link) == frozenset()


def test_a_page_of_a_site_is_known_by_every_way_in_which_a_note_leads_to_it(tmp_path):
    site = Markdown("garden", Options(tmp_path, "quantum", base_url="https://garden.example/"))
    for link in ("1001", "photos/1001", "1001_800.jpeg", "../photos/1001.md", "https://garden.example/photos/1001#x"):
        assert "1001" in site.leads_to(link), link
    site = Markdown("garden", Options(tmp_path, "quartz"))
    for link in ("low-tide-2668770e-640.webp", "photos/low-tide-2668770e.md", "low-tide-2668770e"):
        assert "low-tide-2668770e" in site.leads_to(link), link
    assert site.leads_to("https://elsewhere.example/photos/1001") == frozenset()


def test_only_addresses_of_sizes_that_are_there_are_renewed():
    gone = OLD.replace("_c.", "_k.")
    page = "https://www.flickr.com/photos/me/53000000001/"
    current = [NEW, NEW.replace("_c.", ".")]
    assert addresses.renewed({OLD, gone, page, NEW, OTHER}, current) == {OLD: NEW}
    assert addresses.renewed({OLD.replace("_c.", ".")}, current) == {OLD.replace("_c.", "."): NEW.replace("_c.", ".")}


# --- notes ------------------------------------------------------------------------------------------------------------


def test_notes_are_found_by_links_of_every_kind_and_what_we_wrote_ourselves_is_none(tmp_path):
    folder = noted(
        tmp_path,
        image=f"![a]({OLD})",
        angle=f"[a](<{OLD}> 'b')",
        html=f'<img src="{OLD}">',
        bare=f"See {OLD}.",
        deep__page="[b](https://www.flickr.com/photos/me/53000000001/)",
        other=f"![a]({OTHER})",
        ours=f"![a]({OLD})\n\n{MARK}\nnothing",
        older="---\ncssclasses:\n  - photo-page\n---\n" + OLD,
        mine=f"---\n---\n\n{MARK}\n![a]({OLD})",
        **{".trash__old": f"![a]({OLD})"},
    )
    mentions = Mentions(folder)
    named = {"image.md", "angle.md", "html.md", "bare.md", "deep/page.md", "mine.md"}
    assert set(mentions.of(Flickr(), "53000000001")) == named
    assert mentions.reasons(Flickr(), "1") == ()
    (reason,) = mentions.reasons(Flickr(), "53000000001")
    assert reason == "it is used in your notes angle.md, bare.md, deep/page.md and 3 more"
    assert mentions.reasons(Flickr(), "53000000002") == ("it is used in your note other.md",)


def test_notes_that_cannot_be_read_may_hold_anything(tmp_path):
    (reason,) = Mentions(tmp_path / "unmounted").reasons(Flickr(), "1")
    assert "cannot be read" in reason
    assert "unmounted is not there" in reason


def test_only_exact_addresses_are_replaced_and_nothing_else_in_a_file_changes(tmp_path):
    text = f"\ufeffÖl\r\n![a]({OLD})\n{OLD}?zoom=1 {OLD}x {OLD}.bak {OTHER}\n{OLD}. [[{OLD}|x]]\n"
    folder = noted(tmp_path, note=text, untouched=OTHER, ours=f"{OLD}\n{MARK}\n{OLD}\n")
    broken = b"\xff\xfe " + OLD.encode()
    (folder / "broken.md").write_bytes(broken)
    (folder / "note.md").chmod(0o640)
    before = (folder / "untouched.md").stat().st_mtime_ns
    assert rewritten(folder, ["note.md", "untouched.md", "gone.md", "ours.md", "broken.md"], {OLD: NEW}) == (
        *("broken.md", "note.md", "ours.md"),
    )
    left = text.replace(f"({OLD})", f"({NEW})").replace(f"{OLD}. [[{OLD}|", f"{NEW}. [[{NEW}|")
    assert (folder / "note.md").read_bytes() == left.encode()
    assert (folder / "broken.md").read_bytes() == b"\xff\xfe " + NEW.encode()
    assert (folder / "ours.md").read_bytes() == f"{OLD}\n{MARK}\n{NEW}\n".encode()
    assert (folder / "untouched.md").stat().st_mtime_ns == before
    assert sorted(path.name for path in folder.iterdir()) == ["broken.md", "note.md", "ours.md", "untouched.md"]
    if os.name != "nt":
        assert stat.S_IMODE((folder / "note.md").stat().st_mode) == 0o640


# --- a run ------------------------------------------------------------------------------------------------------------


class Linked(MemoryPlatform):
    """A platform whose pictures get another address with each replacement."""

    broken = False

    def leads_to(self, link: str) -> Collection[str]:
        return {link.removeprefix("https://memory.example/").partition("_")[0]}

    def readdressed(self, post_id: str, links: Collection[str]) -> Mapping[str, str]:
        if self.broken:
            sentence = "The service is busy."
            raise Busy(sentence)
        return {link: f"https://memory.example/{post_id}_new.jpg" for link in links if link.endswith("_old.jpg")}


class Studio:
    """One photo that is published, and notes beside it."""

    def __init__(self, folder: Path, template_: Path) -> None:
        self.folder = folder
        self.library = MemoryLibrary()
        self.platform = Linked(World(), FakeClock(), name="memory")
        (folder / "state").mkdir(parents=True)
        (folder / "state" / "ledger.sqlite").write_bytes(template_.read_bytes())
        self.library.put(photo("quay.jpg"))
        self.said()
        (self.post,) = self.platform.world.posts
        self.note = noted(folder / "notes", walk=f"![](https://memory.example/{self.post}_old.jpg)") / "walk.md"

    def desk(self, when: When = When()) -> Desk:  # noqa: B008 - frozen
        policy = replace(PlatformPolicy("memory", "memory"), when=when)
        desk = make_desk(self.folder, self.library, self.platform, policy=policy)
        desk.settings = replace(desk.settings, own_notes=self.folder / "notes")
        return desk

    def said(self, when: When = When()) -> list[str]:  # noqa: B008
        with self.desk(when) as desk:
            return [event.sentence for event in desk.sync(allow=frozenset({"deletes", "changes", "empty"}))]

    def unwish(self) -> None:
        self.library.put(photo("quay.jpg", keywords=("Sea",)))


@pytest.fixture
def studio(tmp_path, template):  # noqa: F811
    return Studio(tmp_path, template)


def test_a_photo_that_notes_use_is_not_deleted_without_a_question_and_the_answer_counts(studio):
    studio.unwish()
    with studio.desk() as desk:
        (asked,) = desk.plan().actions
    assert (asked.verb, asked.choices) == (Verb.ASK, ("delete", "leave"))
    assert asked.reason.endswith(", and it is used in your note walk.md")
    assert {label(sentence) for sentence in asked.refusals} == {"referenced file"}
    studio.said()
    assert studio.post in studio.platform.world.posts
    assert [outcome.refusals for outcome in studio.library.noted if outcome.refusals] == [asked.refusals]
    with studio.desk() as desk:
        desk.plan()
        desk.answer("quay.jpg", "delete")
    studio.said()
    assert studio.platform.world.posts == {}


def test_settings_can_say_what_becomes_of_photos_that_notes_use(studio):
    studio.unwish()
    studio.said(When(used=OnUsed.LEAVE))
    assert studio.post in studio.platform.world.posts
    studio.said(When(used=OnUsed.DELETE))
    assert studio.platform.world.posts == {}


def test_a_photo_that_no_note_uses_is_deleted_as_ever(studio):
    studio.note.write_text("nothing", encoding="utf-8")
    studio.unwish()
    studio.said()
    assert studio.platform.world.posts == {}


def test_links_in_notes_follow_a_picture_that_was_replaced_and_the_run_says_so(studio):
    studio.library.put(replace(photo("quay.jpg", pixels="others"), where="quay.jpg"))
    with studio.desk() as desk:
        (event, *_) = [event for event in desk.sync(allow=frozenset({"changes"})) if event.action.where == "quay.jpg"]
    assert "links to its picture were renewed in walk.md" in event.sentence
    assert studio.note.read_text(encoding="utf-8") == f"![](https://memory.example/{studio.post}_new.jpg)"


def test_links_that_could_not_be_renewed_are_renewed_by_the_next_run(studio):
    studio.platform.broken = True
    studio.library.put(photo("quay.jpg", pixels="others"))
    assert any("may be old; the next run looks again (The service is busy.)" in one for one in studio.said())
    studio.platform.broken = False
    studio.said()
    assert "_new.jpg" in studio.note.read_text(encoding="utf-8")
    studio.note.write_text(f"![](https://memory.example/{studio.post}_old.jpg)", encoding="utf-8")
    studio.said()
    assert "_old.jpg" in studio.note.read_text(encoding="utf-8"), "what is settled is not looked at again"
