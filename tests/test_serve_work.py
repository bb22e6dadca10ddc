"""What the page does: looks, plans, asks, publishes, stops; whoever looks at it, and whatever goes wrong meanwhile."""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress

import httpx2
import pytest

import page_visit
from command_line import draw, published
from heliograph import metadata
from heliograph.desk import Desk, opening
from heliograph.desk.clock import SystemClock
from heliograph.errors import Refused
from heliograph.model import Action, F, Facts, Guard, Plan, Post, Subject, SubjectKind, Verb, Wanted
from heliograph.platforms.site import Site
from heliograph.web import Service, desks_of, plan_view
from heliograph.web.board import Shown
from memory import FakeClock
from page_visit import WISH, Text, library, plan_of, read, served

visit = page_visit.visit

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></textarea>{{ 7*7 }} javascript:alert(1) &amp;"


@pytest.fixture
def gate(monkeypatch):
    """Photos are published one at a time, each after `release`."""
    waiting, go = threading.Semaphore(0), threading.Semaphore(0)
    add = Site.add

    def slowly(*arguments):
        waiting.release()
        assert go.acquire(timeout=20)
        return add(*arguments)

    monkeypatch.setattr(Site, "add", slowly)
    yield waiting, go
    for _ in range(100):
        go.release()


# --- from a look to a published site ----------------------------------------------------------------------------------


def test_a_look_shows_the_plan_and_publishing_carries_exactly_that_out(visit, tmp_path):
    assert "Ready to look" in read(visit.page())
    page = read(visit.look())
    assert "The plan is ready. Nothing was published yet. 3 photos to add" in page, page
    assert "Refused: may not leave as it is 1" in page
    assert "which rules.never keeps at home: remove the keyword to publish it" in page
    assert published(tmp_path) == 0

    page = read(visit.published())
    assert "Done. 3 photos added" in page
    assert "Left after the last run" in page
    assert "photos 3 albums 0 refused 1" in page
    assert published(tmp_path) == 3

    page = read(visit.look())
    assert "Nothing to do." in page
    assert "Apply this plan" not in page


def test_thumbnails_are_small_jpegs_of_photos_of_the_library_and_of_nothing_else(visit):
    page = Text(visit.look())
    pictures = [attributes["src"] for tag, attributes in page.tags if tag == "img" and "thumbnail" in attributes["src"]]
    assert len(pictures) == 4
    for address in pictures:
        answer = visit.http.get(address)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.content.startswith(b"\xff\xd8")
    for trick in ("../heliograph.toml", "/etc/passwd", "2023/../2023/p0.jpg", "", "2023", "\x00", "2023\\p0.jpg"):
        assert visit.http.get("/thumbnail", params={"of": trick}).status_code == 404


def test_hostile_words_are_words(tmp_path):
    settings = library(tmp_path, 0)
    name = "<b onmouseover=alert(1)>&lt;'\".jpg"
    draw(tmp_path / "photos" / name, HOSTILE, wishes=WISH)
    draw(tmp_path / "photos/x.jpg", "x", wishes=(("Private", HOSTILE), ("Socials", "site")))
    settings.write_text(settings.read_text("utf-8").replace("Ada's photos", "<script>alert(2)</script>"), "utf-8")
    with served(settings) as visitor:
        for page in (visitor.look(), visitor.published()):
            told = Text(page)
            assert {tag for tag, _ in told.tags} & {"b", "textarea", "script"} <= {"script"}
            assert [attributes for tag, attributes in told.tags if tag == "script"] == [
                {"src": "/static/page.js", "defer": None}
            ]
            assert not [names for _, names in told.tags if any(one.startswith("on") for one in names)]
            assert name in "".join(told.words)
            assert "{{ 7*7 }}" in "".join(told.words) or "Done." in page
        address = next(a["src"] for tag, a in Text(visitor.page()).tags if tag == "img" and "thumbnail" in a["src"])
        assert visitor.http.get(address).status_code == 200


def test_an_address_of_a_platform_is_a_link_only_where_a_browser_may_follow_it():
    subject = Subject(SubjectKind.PHOTO, "0" * 32)
    for url, shown in (("https://photos.example/1", "https://photos.example/1"), ("javascript:alert(1)", ""), ("", "")):
        post = Post("1", SubjectKind.PHOTO, url=url)
        plan = Plan((Action(Verb.DELETE, subject, "site", "a.jpg", "why", post=post),))
        table = plan_view.table(Shown(plan, "d"), {})
        assert table.sections[0].groups[0].rows[0].url == shown


# --- while something is under way -------------------------------------------------------------------------------------


def test_every_tab_sees_the_progress_and_a_reload_in_the_middle_finds_it(visit, gate, tmp_path):
    waiting, go = gate
    visit.look()
    assert visit.apply().status_code == 303
    assert waiting.acquire(timeout=20)
    with visit.browser() as one, visit.browser() as other:
        for tab in (one, other):
            page = tab.get("/").text
            assert "Publishing" in read(page)
            assert "0 of 3" in read(page)
            assert 'action="/stop"' in page
            assert 'http-equiv="refresh"' in page
            assert "Apply this plan" not in page
        go.release()
        until_s = SystemClock().monotonic() + 10
        while one.get("/state").json()["lanes"][0]["done"] == 0:
            assert SystemClock().monotonic() < until_s
        assert "1 of 3" in read(other.get("/").text)
        assert one.get("/state").json()["lanes"] == [{"name": "site", "total": 3, "done": 1}]
    go.release()
    go.release()
    visit.idle()
    assert published(tmp_path) == 3


def test_there_is_one_task_at_a_time(visit, gate):
    waiting, go = gate
    visit.look()
    assert visit.apply().status_code == 303
    assert waiting.acquire(timeout=20)
    for again in (visit.http.post("/look"), visit.http.post("/apply", data={"plan": "0" * 32})):
        assert again.status_code == 409
        assert "Something is under way already" in read(again.text)
    for _ in range(3):
        go.release()
    visit.idle()
    assert "Done." in read(visit.page())


def test_stopping_finishes_what_is_under_way_and_the_next_look_goes_on(visit, gate, tmp_path):
    waiting, go = gate
    visit.look()
    visit.apply()
    assert waiting.acquire(timeout=20)
    assert visit.http.post("/stop").status_code == 303
    assert "Stopping: what is under way is finished first" in read(visit.page())
    for _ in range(3):
        go.release()
    visit.idle()
    page = read(visit.page())
    assert "not begun; look again, then apply what is left" in page
    begun = int(re.search(r"Done in part. (\d) photo", page)[1])
    assert 1 <= begun < 3
    assert f"The plan is ready. Nothing was published yet. {3 - begun} photo" in read(visit.look())
    visit.published()
    assert published(tmp_path) == 3


def test_a_look_that_is_stopped_breaks_off_and_nothing_was_published(visit, monkeypatch):
    here, go = threading.Event(), threading.Event()
    scan = Desk._scan

    def slowly(desk):
        here.set()
        assert go.wait(20)
        return scan(desk)

    monkeypatch.setattr(Desk, "_scan", slowly)
    visit.http.post("/look")
    assert here.wait(20)
    visit.http.post("/stop")
    go.set()
    visit.idle()
    assert "Stopped before anything was published." in read(visit.page())


def test_events_come_as_they_happen_and_end_with_the_server(tmp_path):
    told = []
    with served(library(tmp_path, 1)) as visitor:

        def listen():
            with suppress(httpx2.HTTPError), visitor.http.stream("GET", "/events") as answer:
                told.extend(json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))

        listening = threading.Thread(target=listen)
        listening.start()
        visitor.look()
        visitor.published()
        until_s = SystemClock().monotonic() + 10
        while not (told and told[-1]["version"] == visitor.state_now()["version"]):
            assert SystemClock().monotonic() < until_s
            threading.Event().wait(0.05)
    listening.join(10)
    assert not listening.is_alive()
    assert told[-1]["closed"]
    assert [one["version"] for one in told] == sorted(one["version"] for one in told)
    assert {"look", "apply"} & {one["task"] for one in told}


def test_more_tabs_than_streams_ask_instead(visit):
    streams = []
    try:
        for _ in range(5):
            answer = visit.http.send(visit.http.build_request("GET", "/events"), stream=True)
            assert answer.status_code == 200
            streams.append(answer)
        assert visit.http.get("/events").status_code == 503
        assert visit.http.get("/state").status_code == 200
    finally:
        for answer in streams:
            answer.close()


# --- questions, guards, troubles --------------------------------------------------------------------------------------


def _published_and_made_private(visit, tmp_path):
    visit.look()
    visit.published()
    photo = tmp_path / "photos/2023/p0.jpg"
    metadata.write(photo, Facts(title="Photo 0", keyword_paths=(("Private", "Home"), ("Socials", "site"))))
    return visit.look()


def test_a_question_is_answered_by_a_button_and_counts_from_the_next_look(visit, tmp_path):
    page = _published_and_made_private(visit, tmp_path)
    assert "Questions for you 1" in read(page)
    form = dict(re.findall(r'name="(where|platform|question)" value="([^"]*)"', page))
    assert "Delete it there" in read(page)

    wrong = visit.http.post("/answer", data={**form, "choice": "publish"})
    assert wrong.status_code == 409
    assert "the answer is delete or leave, not publish" in read(wrong.text)
    other = visit.http.post("/answer", data={**form, "question": "0" * 32, "choice": "delete"})
    assert other.status_code == 409

    assert visit.http.post("/answer", data={**form, "choice": "delete"}).status_code == 303
    page = visit.page()
    assert "Your answer: Delete it there. It counts from the next look on." in read(page)
    assert 'value="delete" ' in page
    page = visit.look()
    assert "To delete 1" in read(page)

    unseen = visit.apply()
    assert unseen.status_code == 400
    assert "Say that you have seen it" in read(unseen.text)
    assert visit.apply(seen="deletes").status_code == 303
    visit.idle()
    assert "Done. 1 photo deleted" in read(visit.page())
    assert published(tmp_path) == 2


def test_a_guard_stops_a_plan_until_it_is_allowed_by_name(tmp_path):
    more = "\n[guards]\nmax_deletes = 0\n\n[platforms.site.when]\nrefused = 'delete'\n"
    settings = library(tmp_path, 3, page_visit.SETTINGS + more)
    with served(settings) as visitor:
        page = _published_and_made_private(visitor, tmp_path)
        assert "This plan is out of the ordinary" in read(page)
        assert 'name="allow" value="deletes" required' in page
        assert visitor.apply(seen="deletes").status_code == 303
        visitor.idle()
        assert "Stopped before anything was done" in read(visitor.page())
        assert published(tmp_path) == 3
        assert visitor.apply(seen="deletes", allow="everything").status_code == 400
        assert visitor.apply(seen="deletes", allow="deletes").status_code == 303
        visitor.idle()
        assert published(tmp_path) == 2


def test_a_plan_that_the_world_has_left_behind_is_not_carried_out_and_the_new_one_is_shown(visit, tmp_path):
    old = plan_of(visit.look())
    draw(tmp_path / "photos/2023/late.jpg", "Late", wishes=WISH)
    visit.http.post("/apply", data={"plan": old})
    visit.idle()
    page = visit.page()
    assert "changed since that plan was shown, so nothing was done" in read(page)
    assert published(tmp_path) == 0
    assert plan_of(page) != old
    visit.published()
    assert published(tmp_path) == 4


@pytest.mark.parametrize("plan", ["", "x", "../last", "heliograph.toml", "0" * 31])
def test_what_is_no_plan_is_not_carried_out(visit, plan):
    assert visit.http.post("/apply", data={"plan": plan}).status_code == 400


def test_a_plan_that_nobody_made_is_a_sentence(visit):
    assert visit.http.post("/apply", data={"plan": "0" * 32}).status_code == 303
    visit.idle()
    assert "There is no plan 000" in read(visit.page())


def test_one_photos_failure_is_named_and_the_others_are_published(visit, tmp_path, monkeypatch):
    add = Site.add

    def picky(site, claim, wanted, rendition):
        if wanted.where.endswith("p1.jpg"):
            message = "2023/p1.jpg: the platform does not like it. Nothing was sent."
            raise Refused(message)
        return add(site, claim, wanted, rendition)

    monkeypatch.setattr(Site, "add", picky)
    visit.look()
    page = read(visit.published())
    assert "Done in part. 2 photos added" in page
    assert "2023/p1.jpg: the platform does not like it" in page
    assert published(tmp_path) == 2


def test_a_fault_of_our_own_is_told_written_down_and_not_the_end(visit, monkeypatch, caplog):
    def broken(_):
        message = "something nobody expected"
        raise ZeroDivisionError(message)

    with monkeypatch.context() as patch:
        patch.setattr(Desk, "_scan", broken)
        page = read(visit.look())
    assert "a fault of heliograph: ZeroDivisionError: something nobody expected" in page
    assert "Traceback" not in page
    assert "Traceback" in caplog.text
    assert "The plan is ready" in read(visit.look())


def test_a_fault_of_our_own_in_an_answer_is_told_and_written_down(visit, monkeypatch, caplog):
    def broken(*_, **__):
        message = "nobody expected that either"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(Desk, "answer", broken)
    answer = visit.http.post("/answer", data={"where": "x"})
    assert answer.status_code == 500
    assert answer.text.startswith("Unexpected trouble, a fault of heliograph: ZeroDivisionError")
    assert "Traceback" in caplog.text


def test_another_run_is_told_and_the_page_goes_on(visit):
    with Desk(visit_settings(visit)) as desk, desk.ledger.alone():
        page = read(visit.look())
    assert "Another run" in page
    assert "The plan is ready" in read(visit.look())


def visit_settings(visit):
    return opening.settings(visit.state.parent / "heliograph.toml", {}, visit.state.parent)


def test_settings_that_are_edited_count_from_the_next_look_and_mistakes_in_them_are_told(visit, tmp_path):
    settings = tmp_path / "heliograph.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("never", "nevr"), "utf-8")
    page = read(visit.look())
    assert "nevr" in page
    assert visit.http.get("/thumbnail?of=2023/p0.jpg").status_code == 404
    settings.write_text(text.replace('never = ["Private"]', "never = []"), "utf-8")
    assert "4 photos to add" in read(visit.look())


def test_a_new_server_shows_the_plan_that_was_shown_last(tmp_path):
    settings = library(tmp_path)
    with served(settings) as visitor:
        digest = plan_of(visitor.look())
    with served(settings) as visitor:
        assert plan_of(visitor.page()) == digest
        visitor.published()
    with served(settings) as visitor:
        assert "Left after the last run" in read(visitor.page())


def test_what_other_programs_do_is_seen_by_the_next_glance(visit, tmp_path, monkeypatch):
    monkeypatch.setattr("heliograph.web.bench.FRESH_S", 0.0)
    before = visit.state_now()["page"]
    with Desk(visit_settings(visit)) as desk:
        list(desk.sync())
    visit.page()
    until_s = SystemClock().monotonic() + 10
    while visit.state_now()["page"] == before:
        assert SystemClock().monotonic() < until_s
        threading.Event().wait(0.05)
    assert "photos 3 albums 0 refused 1" in read(visit.page())


# --- long plans -------------------------------------------------------------------------------------------------------


def _long(count: int) -> Shown:
    def action(number: int) -> Action:
        subject = Subject(SubjectKind.PHOTO, f"{number:032x}")
        wanted = Wanted(subject, "site", f"p{number}.jpg", {F.TITLE: f"Photo {number}"})
        return Action(Verb.ADD, subject, "site", f"p{number}.jpg", "wanted there and not there yet", wanted)

    guards = (Guard("changes", "site", "a lot would be changed"),)
    return Shown(Plan(tuple(map(action, range(count))), guards=guards), "0" * 32)


def test_a_long_plan_is_shown_in_parts():
    shown = _long(2_000)
    group = plan_view.table(shown, {}).sections[0].groups[0]
    assert (len(group.rows), group.more, group.count) == (plan_view.SHOWN, 2_000 - plan_view.SHOWN, "2,000")
    pages = [plan_view.group(shown, "site", Verb.ADD, {}, number) for number in range(18)]
    assert [page is None for page in pages] == [False] * 17 + [True]
    assert [row.name for page in pages if page for row in page.rows] == [f"p{number}.jpg" for number in range(2_000)]
    assert pages[16] is not None
    assert pages[16].more == 0


def test_parts_of_a_plan_have_pages_and_what_is_none_is_not_found(visit, monkeypatch):
    monkeypatch.setattr(plan_view, "SHOWN", 1)
    monkeypatch.setattr(plan_view, "PAGE", 2)
    for number in range(6):
        draw(visit.state.parent / f"photos/2024/q{number}.jpg", f"Q {number}", wishes=WISH)
    page = visit.look()
    assert "/plan/site/add/0" in page
    assert "To add: 9 on site" in read(visit.http.get("/plan/site/add/0").text)
    assert "Earlier ones" in read(visit.http.get("/plan/site/add/1").text)
    for wrong in ("site/add/5", "site/keep/0", "site/x/0", "elsewhere/add/0", "site/add/-1", "..%2f../add/0"):
        assert visit.http.get(f"/plan/{wrong}").status_code == 404


# --- its end ----------------------------------------------------------------------------------------------------------


def test_it_ends_when_it_is_asked(visit):
    page = visit.http.post("/end")
    assert "heliograph has ended" in read(page.text)
    assert not visit.service.stay(5)


def test_it_ends_when_nobody_used_it_for_long_and_open_tabs_are_no_use(tmp_path):
    clock = FakeClock()
    with Service(desks_of(library(tmp_path, 1)), tmp_path / ".heliograph", clock, idle_s=1800) as service:
        client = httpx2.Client(
            base_url=service.standing.url, headers={"Authorization": f"Bearer {service.standing.key}"}
        )
        clock.sleep(1000)
        client.get("/")
        clock.sleep(1000)
        assert service.stay(0)
        for _ in range(3):
            client.get("/state")
        clock.sleep(1000)
        assert not service.stay(0)
        client.close()


def test_it_does_not_end_while_something_is_under_way(tmp_path, gate):
    waiting, go = gate
    settings = library(tmp_path, 1)
    with served(settings, idle_s=0.2) as visitor:
        visitor.look()
        visitor.apply()
        assert waiting.acquire(timeout=20)
        threading.Event().wait(0.4)
        assert visitor.service.stay(0)
        go.release()
        visitor.idle()
        threading.Event().wait(0.4)
        assert not visitor.service.stay(0)


def test_at_its_end_what_is_under_way_is_finished_first(tmp_path, gate):
    waiting, go = gate
    with served(library(tmp_path)) as visitor:
        visitor.look()
        visitor.apply()
        assert waiting.acquire(timeout=20)
        threading.Timer(0.2, lambda: [go.release() for _ in range(3)]).start()
    with Desk(visit_settings(visitor)) as desk:
        assert desk.runs()[0]["outcome"] == "stopped by you"
        assert all(not desk.ledger.journal.unsettled(name) for name in desk.places)
