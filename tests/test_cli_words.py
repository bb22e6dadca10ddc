"""The command line's words: other people's made harmless, plans as people read them."""

from __future__ import annotations

import unicodedata
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import command_line
from command_line import POSIX, Told, draw, ended, start
from heliograph import wording
from heliograph.cli import plan_page
from heliograph.cli.exits import Exit
from heliograph.cli.screen import Screen
from heliograph.cli.visible import visible
from heliograph.model import Action, Change, Guard, Plan, Subject, SubjectKind, Verb, Wanted

home = command_line.home
tell = command_line.tell


# --- words of strangers -----------------------------------------------------------------------------------------------


@POSIX
def test_escapes_in_names_and_titles_never_reach_the_terminal(tell: Told, home: Path) -> None:
    draw(home / "photos/evil\x1b[2J\nname.jpg", "[bold red]not markup[/] \u202egpj.exe")
    for arguments in (["plan"], ["sync"], ["plan", "--json"], ["where", "evil"], ["explain", "evil"], ["history"]):
        _, out, err = tell(*arguments)
        for said in (out, err):
            assert {sign for sign in said if unicodedata.category(sign) in {"Cc", "Cf"}} <= {"\n"}
    assert "evil␛[2J␊name.jpg" in tell("where", "evil")[1]
    assert "[bold red]not markup[/]" in tell("explain", "evil")[1]


def test_a_terminal_that_knows_only_ascii_gets_only_ascii(home: Path) -> None:
    draw(home / "photos/Grüße.jpg", "“Grüße” aus…")
    code, out, err = ended(start("plan", cwd=home, PYTHONIOENCODING="ascii"))
    assert code == Exit.DONE, err
    assert (out + err).isascii()
    assert r"Gr\xfc\xdfe.jpg" in out


@given(st.text(st.characters(), max_size=60))
def test_no_sign_that_a_terminal_obeys_is_ever_let_through(text: str) -> None:
    shown = visible(text)
    assert all(unicodedata.category(sign) not in {"Cc", "Cs", "Zl", "Zp"} for sign in shown)
    assert {sign for sign in shown if unicodedata.category(sign) == "Cf"} <= {"\u200c", "\u200d"}
    assert visible(text, ascii_only=True).isascii()
    assert visible(text, ascii_only=True).isprintable()


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"]), max_size=60))
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert visible(text) == text


@POSIX
@pytest.mark.parametrize(
    ("given_env", "colours"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours_follow_the_conventions(home: Path, given_env: dict[str, str], colours: bool) -> None:
    code, out, err = ended(start("plan", cwd=home, TERM="xterm-256color", **given_env))
    assert code == Exit.DONE, err
    assert ("\x1b[32m" in out) == colours


def test_lines_are_broken_where_columns_says_so(tell: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(map(len, tell("plan")[1].splitlines())) > 80
    monkeypatch.setenv("COLUMNS", "60")
    lines = tell("plan")[1].splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.startswith(" " * 14) for line in lines)


# --- a plan as people read it -----------------------------------------------------------------------------------------


@pytest.fixture
def paper() -> Screen:
    return Screen(*(Console(file=StringIO(), width=120, markup=False, highlight=False, emoji=False) for _ in range(2)))


def read(paper: Screen) -> str:
    file = paper.out.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def act(verb: Verb, where: str, reason: str = "because", **more: object) -> Action:
    return Action(verb, Subject(SubjectKind.PHOTO, where), str(more.pop("platform", "site")), where, reason, **more)


def test_changes_are_told_in_words_and_never_by_digests(paper: Screen) -> None:
    ids = tuple(f"{number:032x}" for number in range(13))
    changes = (
        Change("title", "Dune", "A dune"),
        Change("tags", ("Sand", "Wind"), ("Sand", "Light")),
        Change("members", ids[:12], ids),
        Change("picture", ids[0], ids[1]),
        Change("cover", ids[0], ids[1]),
        Change("groups", ("Boats", "Birds"), ("Boats", "Birds")),
        Change("taken", None, ("2023-05-06T07:08:09", "25", "+02:00", "")),
        Change("place", (53.2, 10.1, "", "Lindenau", "", ""), None),
        Change(
            "text",
            "The same long beginning of a caption, which goes on and on. " + "a",
            "The same long beginning of a caption, which goes on and on. " + "b",
        ),
    )
    plan_page.show(paper, Plan((act(Verb.UPDATE, "dune.jpg", changes=changes),)))
    said = read(paper)
    assert '"Dune" -> "A dune"' in said
    assert "tags: +Light -Wind" in said
    assert "members: 12 -> 13 photos, 1 added" in said
    assert "picture: new pixels" in said
    assert "cover: another photo" in said
    assert "groups: Boats, Birds, still to be set" in said
    assert "taken: nothing -> 2023-05-06 07:08:09.25 +02:00" in said
    assert "place: 53.2, 10.1, Lindenau -> nothing" in said
    assert 'goes on and on. a"' in said
    assert "000000" not in said


def test_a_question_names_the_platform_only_where_two_ask(paper: Screen) -> None:
    asks = [act(Verb.ASK, "my dune.jpg", choices=("add", "leave"), platform=name) for name in ("site", "other")]
    plan_page.show(paper, Plan((asks[0],)))
    assert "--only" not in read(paper)
    plan_page.show(paper, Plan(tuple(asks)))
    quoted = wording.command("my dune.jpg")
    assert f"helio answer {quoted} add --only site" in read(paper)
    assert f"helio answer {quoted} leave --only other" in read(paper)


def test_long_lists_are_cut_and_say_so(paper: Screen) -> None:
    plan = Plan(tuple(act(Verb.ADD, f"{number:03}.jpg") for number in range(234)))
    plan_page.show(paper, plan)
    assert "and 214 more (helio plan --all)" in read(paper)
    assert "020.jpg" not in read(paper)
    plan_page.show(paper, plan, plan_page.Style(shown=None))
    assert "233.jpg" in read(paper)


def losing(where: str, *sentences: str, verb: Verb = Verb.ADD, platform: str = "site") -> Action:
    subject = Subject(SubjectKind.PHOTO, where)
    wanted = Wanted(subject, platform, where, {}, left_out=sentences)
    return act(verb, where, wanted=wanted, platform=platform)


def test_what_does_not_fit_stands_below_its_photo_and_what_is_the_same_for_several_is_said_once(paper: Screen) -> None:
    cut = "The alt text was cut to 1,500 characters."
    none = "There are no albums there: Coast."
    plan = Plan((losing("a.jpg", cut, none), losing("b.jpg", none, verb=Verb.UPDATE)), notes=("a note",))
    plan_page.show(paper, plan)
    said = read(paper)
    assert f"a.jpg  because\n{' ' * 14}! {cut}\n" in said
    assert said.count(none) == 1
    assert f"Worth knowing\n  - a note\n  - site, 2 times: {none}\n" in said


def test_photos_that_stay_out_everywhere_for_one_reason_are_named_once(paper: Screen) -> None:
    out = [
        act(verb, where, reason, platform=platform)
        for platform in ("site", "pixelfed")
        for verb, where, reason in ((Verb.REFUSE, "us.jpg", "private"), (Verb.DUPLICATE, "copy.jpg", "the same"))
    ]
    more = act(Verb.REFUSE, "leaf.jpg", "It has no alt text.", platform="pixelfed")
    plan_page.show(paper, Plan((*out, more)))
    said = read(paper)
    assert (said.count("us.jpg  private"), said.count("copy.jpg  the same")) == (1, 1)
    below = said.partition("pixelfed: ")[2]
    assert "leaf.jpg  It has no alt text." in below
    assert below.count("1 photo as above") == 2
    assert "2 photos refused" in below, "all are counted"


def test_a_short_page_counts_what_stays_out_and_does_not_list_it(paper: Screen) -> None:
    plan = Plan((act(Verb.REFUSE, "us.jpg", "private"), act(Verb.DELETE, "gone.jpg")))
    plan_page.show(paper, plan, plan_page.Style(standing=False, how_to_apply=False))
    said = read(paper)
    assert "1 photo refused" in said
    assert "gone.jpg" in said
    assert "us.jpg" not in said


def test_what_many_photos_wait_for_is_said_once(paper: Screen) -> None:
    waiting = [act(Verb.WAIT, f"{number}.jpg", "nobody is signed in") for number in range(9)]
    plan = Plan((*waiting, act(Verb.WAIT, "own.jpg", "its own reason")))
    plan_page.show(paper, plan)
    said = read(paper)
    assert "9 photos: nobody is signed in" in said
    assert "own.jpg  its own reason" in said
    assert "3.jpg" not in said
    assert "Nothing can be done now; what is listed above stays as it is." in said
    plan_page.show(paper, plan, plan_page.Style(shown=None))
    assert "3.jpg    nobody is signed in" in read(paper)


def test_a_post_without_a_title_is_called_by_the_first_line_of_its_text(paper: Screen) -> None:
    subject = Subject(SubjectKind.PHOTO, "dune.jpg")
    wanted = Wanted(subject, "site", "dune.jpg", {"text": "A dune (Taken 3 May 2024)\n\n#Sand"})
    plan_page.show(paper, Plan((act(Verb.ADD, "dune.jpg", wanted=wanted),)))
    assert 'dune.jpg  "A dune (Taken 3 May 2024)"' in read(paper)


def test_what_does_not_fit_is_told_for_each_platform_and_only_of_what_is_sent(paper: Screen) -> None:
    cut = "The title was cut."
    plan = Plan((losing("a.jpg", cut), losing("a.jpg", cut, platform="other"), losing("b.jpg", cut, verb=Verb.KEEP)))
    plan_page.show(paper, plan)
    assert read(paper).count(cut) == 2
    assert "times" not in read(paper)


def test_a_warning_is_told_in_words(paper: Screen) -> None:
    changes = [Change("warning", *pair) for pair in ((None, "nudity"), ("", "nudity"), ("nudity", ""), ("a", None))]
    plan_page.show(paper, Plan((act(Verb.UPDATE, "dune.jpg", changes=tuple(changes)),)))
    said = read(paper)
    for words in (
        'warning: nothing -> "nudity"',
        'warning: sensitive, without words -> "nudity"',
        'warning: "nudity" -> sensitive, without words',
        'warning: "a" -> nothing',
    ):
        assert words in said


def test_a_guard_and_an_unread_file_are_not_overlooked(paper: Screen) -> None:
    guard = Guard("changes", "site", "9 of 10 published on site would be changed")
    plan_page.show(paper, Plan((act(Verb.DELETE, "a.jpg"),), 1, (guard,), ("b.jpg: it is cut short.",)))
    said = read(paper)
    assert "STOP  9 of 10 published on site would be changed. Nothing of this plan is done while that stands." in said
    assert "  - b.jpg: it is cut short." in said
    assert said.rstrip().endswith("--allow-changes")


def test_nothing_to_do_is_one_friendly_line(paper: Screen) -> None:
    plan_page.show(paper, Plan((), 12))
    assert read(paper) == "Nothing to do: 12 photos and albums are in step.\n"
