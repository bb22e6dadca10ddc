"""The page while helio is at work in another window too, and what stands on it once instead of many times."""

from __future__ import annotations

import threading

import pytest

import page_visit
from command_line import draw
from heliograph.cli.screen import Screen
from heliograph.desk import Desk, opening
from heliograph.desk.clock import SystemClock
from heliograph.model import Action, F, Plan, Subject, SubjectKind, Verb, Wanted
from heliograph.web import plan_view
from heliograph.web.board import Shown
from page_visit import WISH, Visitor, library, plan_of, read, served
from test_cli_words import paper as _paper

visit, paper = page_visit.visit, _paper


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Each question is worth a glance, if something was written since."""
    monkeypatch.setattr("heliograph.web.bench.FRESH_S", 0.0)


def elsewhere(visitor: Visitor) -> Desk:
    """Another program with the same settings."""
    return Desk(opening.settings(visitor.state.parent / "heliograph.toml", {}, visitor.state.parent))


def until(visitor: Visitor, words: str) -> str:
    """The page once these words stand on it; nothing but its state is asked for until it says that it changed."""
    until_s, page = SystemClock().monotonic() + 15, visitor.state_now()["page"]
    while words not in read(visitor.page()):
        while visitor.state_now()["page"] == page:
            assert SystemClock().monotonic() < until_s, read(visitor.page())
            threading.Event().wait(0.05)
        page = visitor.state_now()["page"]
    return visitor.page()


def test_a_plan_that_was_made_in_a_terminal_meanwhile_is_shown_and_said(visit, tmp_path):
    old = plan_of(visit.look())
    draw(tmp_path / "photos/2023/late.jpg", "Late", wishes=WISH)
    with elsewhere(visit) as desk:
        desk.plan()
    page = until(visit, "A newer plan is shown here")
    assert plan_of(page) != old
    assert "late.jpg" in page
    assert "4 photos added" in read(visit.published())


@pytest.mark.parametrize("verb", ["apply", "sync"])
def test_a_plan_that_was_carried_out_in_a_terminal_cannot_be_applied_again(visit, verb):
    visit.look()
    with elsewhere(visit) as desk:
        list(desk.apply() if verb == "apply" else desk.sync())
    page = until(visit, "Done, by helio in another window")
    assert 'action="/apply"' not in page
    assert "photos 3 albums 0 refused 1" in read(page)


def test_a_look_after_a_sync_in_a_terminal_is_a_plan_of_its_own(visit, tmp_path):
    with elsewhere(visit) as desk:
        list(desk.sync())
    draw(tmp_path / "photos/2023/late.jpg", "Late", wishes=WISH)
    assert plan_of(visit.look())


def test_an_open_page_on_which_nothing_happens_does_not_look_into_the_ledger_again(visit, monkeypatch):
    visit.look()
    until(visit, "The plan is ready")
    threading.Event().wait(0.3)
    glances, glance = [], visit.service._bench._glance
    monkeypatch.setattr(visit.service._bench, "_glance", lambda: (glances.append(1), glance()))
    for _ in range(20):
        visit.state_now()
    threading.Event().wait(0.3)
    assert glances == []


# --- said once --------------------------------------------------------------------------------------------------------


def test_refused_photos_stand_there_by_name_and_title_and_the_reason_they_share_once(tmp_path):
    settings = library(tmp_path, 0)
    for number in range(3):
        draw(tmp_path / f"photos/2023/us{number}.jpg", f"Us {number}", wishes=page_visit.PRIVATE)
    with served(settings) as visitor:
        page = visitor.look()
    said = read(page)
    assert [f"us{number}.jpg Us {number}" in said for number in range(3)] == [True] * 3
    assert page.count('class="refusal"') == 1


def losing(where: str, platform: str, *sentences: str) -> Action:
    subject = Subject(SubjectKind.PHOTO, where)
    wanted = Wanted(subject, platform, where, {F.TITLE: where}, left_out=sentences)
    return Action(Verb.ADD, subject, platform, where, "wanted there and not there yet", wanted)


NONE = "There are no albums there: Coast."
CUT = "The alt text was cut to 1,500 characters."


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((2, 0), f"pixelfed, 2 times: {NONE}"),
        ((2, 2), f"pixelfed and mastodon, 2 times each: {NONE}"),
        ((3, 2), f"pixelfed (3 times) and mastodon (2 times): {NONE}"),
    ],
)
def test_what_is_left_out_on_several_platforms_is_one_line_that_names_them_all(paper: Screen, counts, said):
    from heliograph.cli import plan_page

    platforms = zip(("pixelfed", "mastodon"), counts, strict=True)
    plan = Plan(tuple(losing(f"{n}.jpg", name, NONE) for name, count in platforms for n in range(count)))
    assert plan_view.table(Shown(plan, "0" * 32), {}).notes == (said,)
    plan_page.show(paper, plan)
    paper.out.file.flush()
    text = paper.out.file.getvalue()
    assert (text.count(NONE), said in " ".join(text.split())) == (1, True)


def test_what_is_left_out_of_one_photo_stands_with_that_photo_and_nothing_is_lost():
    plan = Plan((losing("a.jpg", "pixelfed", NONE, CUT), losing("b.jpg", "pixelfed", NONE)))
    table = plan_view.table(Shown(plan, "0" * 32), {})
    assert [row.notes for row in table.sections[0].groups[0].rows] == [(CUT,), ()]
    assert table.notes == (f"pixelfed, 2 times: {NONE}",)


def test_a_photo_without_words_of_its_own_is_shown_with_the_librarys_title():
    subject = Subject(SubjectKind.PHOTO, "1")
    plan = Plan((Action(Verb.DELETE, subject, "site", "2023/quay.jpg", "not wanted there any more"),))
    shown = Shown(plan, "0" * 32, titles={"2023/quay.jpg": "Evening quay"})
    (row,) = plan_view.table(shown, {}).sections[0].groups[0].rows
    assert (row.folder, row.name, row.title) == ("2023/", "quay.jpg", "Evening quay")


def test_commands_within_sentences_are_set_apart_and_stay_harmless(visit, monkeypatch):
    def refused(_):
        from heliograph.errors import Mistake

        message = "Run `helio doctor` or `helio explain <b>x</b>` here."
        raise Mistake(message)

    monkeypatch.setattr(Desk, "_scan", refused)
    page = visit.look()
    assert "Run <code>helio doctor</code> or <code>helio explain &lt;b&gt;x&lt;/b&gt;</code> here." in page
