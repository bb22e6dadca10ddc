"""What goes wrong on demand: answers that are none, connections that end, and an IMatch that is gone."""

from __future__ import annotations

import time

import httpx2
import pytest

from heliograph.standin.imws import Fault, What, serve
from heliograph.standin.imws.faults import AFTER_EFFECT, CHANGES
from imws_caller import Caller, imatch, sample_world, standin

__all__ = ["imatch", "standin"]

UPDATE = "Socials|flickr|_update"
ASSIGN = "POST /v1/categories/assign"
CLOSING = {What.CLOSED_BEFORE, What.CLOSED_AFTER, What.CLOSED_HALFWAY, What.IMATCH_CLOSES}


@pytest.fixture
def listening(tmp_path):
    with serve(tmp_path / "imws", world=sample_world()) as served:
        yield served


@pytest.fixture
def wired(listening):
    caller = Caller(listening).sign_in()
    yield caller
    caller.close()


def assign(imatch):
    return imatch.send("/v1/categories/assign", path=UPDATE, fileid="101")


SAID = {
    What.HTTP_500: (500, "<!DOCTYPE"),
    What.HTTP_503: (503, "<!DOCTYPE"),
    What.BUSY: (500, '{"error":{"code":5000,'),
    What.FAILED: (500, '{"error":{"code":5100,'),
    What.ERROR_WITH_200: (200, '{"error":{"code":5100,'),
    What.NOT_OK: (200, '{"result":"failed"}'),
    What.NO_RESULT: (200, "{}"),
    What.NOT_JSON: (200, "OK"),
    What.EMPTY_BODY: (200, ""),
    What.HTML: (200, "<!DOCTYPE html>"),
    What.TRUNCATED: (200, '{"resul'),
}


@pytest.mark.parametrize("what", SAID)
def test_a_fault_answers_in_its_own_way_once(standin, imatch, what):
    standin.faults.add(Fault(what, route=ASSIGN))
    imatch.get("/v1/files", id="101")
    said = assign(imatch)
    status, begin = SAID[what]
    assert said.status_code == status
    assert said.text.startswith(begin)
    assert bool(standin.world.members(UPDATE)) is (what in AFTER_EFFECT)
    assert standin.calls.all()[-1].fault == what
    assert assign(imatch).json() == {"result": "ok"}


@pytest.mark.parametrize("what", [What.HTTP_500, What.BUSY, What.NOT_OK])
def test_a_late_fault_comes_after_the_effect(standin, imatch, what):
    standin.faults.add(Fault(what, route=ASSIGN, late=True))
    assign(imatch)
    assert standin.world.members(UPDATE) == [101]


def test_a_fault_waits_for_its_turn_and_ends(standin, imatch):
    standin.faults.add(Fault(What.HTTP_500, route="GET *", after=1, times=2))
    assert [imatch.ask("/v1/files", id="101").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_delay_passes(standin, imatch):
    standin.faults.add(Fault(What.DELAY, delay_s=0.05))
    began = time.monotonic()
    imatch.get("/v1/files", id="101")
    assert time.monotonic() - began >= 0.05


def test_a_token_expires_in_the_middle_of_a_run(standin, imatch):
    standin.faults.add(Fault(What.TOKEN_EXPIRED, after=1))
    assert assign(imatch).status_code == 200
    assert imatch.ask("/v1/files", id="101").status_code == 401
    assert imatch.ask("/v1/files", id="101").status_code == 401
    imatch.sign_in().get("/v1/files", id="101")


def test_another_database_has_other_ids_and_no_tokens(standin, imatch):
    def names():
        rows = imatch.get("/v1/files", idlist="@IMWS.allfiles", fields="id,name", tagt="title")["files"]
        return {row["name"]: row for row in rows}

    before = names()
    standin.faults.add(Fault(What.DATABASE_SWITCHED))
    assert imatch.ask("/v1/files", id="101").status_code == 401
    imatch.sign_in()
    after = names()
    assert after.keys() == before.keys()
    assert all(after[name]["id"] != before[name]["id"] for name in after)
    assert after["quay.dng"]["t"] == "Evening quay"
    members = imatch.get("/v1/categories", path="Socials|flickr", fields="directfiles")["categories"][0]["directFiles"]
    assert sorted(members) == sorted(after[name]["id"] for name in ("quay.dng", "scan7.jpg"))
    (relation,) = imatch.get("/v1/files/relations", id=after["quay.jpg"]["id"], type="masters", fields="id")["files"]
    assert relation["masters"] == [{"files": [{"id": after["quay.dng"]["id"]}]}]
    (row,) = imatch.get("/v1/attributes", set="flickr", id=after["scan7.jpg"]["id"])["result"]
    assert row["data"][0]["photo_id"] == "53330000001"


def test_a_category_vanishes_between_two_calls(standin, imatch):
    standin.faults.add(Fault(What.CATEGORY_VANISHES, route="GET /v1/categories", after=1))
    asked = {"path": "Socials|flickr", "fields": "directfiles"}
    assert imatch.get("/v1/categories", **asked)["categories"]
    assert imatch.get("/v1/categories", **asked) == {"categories": []}
    assert "Socials|flickr|_update" not in standin.world.tree
    standin.faults.add(Fault(What.CATEGORY_VANISHES, category="Image Characteristics"))
    (row,) = imatch.get("/v1/files/categories", id="101")["files"]
    assert row["categories"] == []


# --- over a socket ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", sorted(CLOSING - {What.IMATCH_CLOSES}))
def test_a_connection_ends_before_or_after_the_effect(listening, wired, what):
    listening.faults.add(Fault(what, route=ASSIGN))
    with pytest.raises(httpx2.TransportError):
        assign(wired)
    assert bool(listening.world.members(UPDATE)) is (what in AFTER_EFFECT)
    assert listening.calls.all()[-1].outcome == "closed"
    assert assign(wired).json() == {"result": "ok"}


@pytest.mark.parametrize("late", [False, True])
def test_imatch_closes_in_the_middle_of_a_run_and_comes_back(listening, wired, late):
    listening.faults.add(Fault(What.IMATCH_CLOSES, route=ASSIGN, late=late))
    with pytest.raises(httpx2.TransportError):
        assign(wired)
    assert listening.world.members(UPDATE) == ([101] if late else [])
    with pytest.raises(httpx2.TransportError):
        wired.ask("/v1/files", id="101")
    refused_after(wired)
    state = httpx2.get(f"{listening.control_url}/_standin/").json()
    assert state["open"] is False
    httpx2.post(f"{listening.control_url}/_standin/reopen", json={}).raise_for_status()
    assert wired.ask("/v1/files", id="101").status_code == 401
    assert wired.sign_in().get("/v1/files", id="101", fields="id") == {"files": [{"id": 101}]}


def refused_after(caller):
    """Waits until nobody listens any more; connections that were on their way end unanswered."""
    for _ in range(200):
        try:
            caller.ask("/v1/files", id="101")
        except httpx2.ConnectError:
            return
        except httpx2.TransportError:
            time.sleep(0.01)
    pytest.fail("somebody still listens")


def test_imatch_is_closed_and_opened_several_times_by_its_owner(listening, wired):
    for _ in range(3):
        listening.close_imatch()
        with pytest.raises(httpx2.ConnectError):
            wired.ask("/v1/files", id="101")
        listening.reopen_imatch()
        assert wired.sign_in().get("/v1/files", id="102", fields="id") == {"files": [{"id": 102}]}


def test_a_closed_imatch_answers_nothing_without_a_socket_either(standin, imatch):
    standin.close_imatch()
    with pytest.raises(ConnectionResetError):
        imatch.ask("/v1/files", id="101")
    standin.reopen_imatch()
    assert imatch.ask("/v1/files", id="101").status_code == 401


def test_a_delay_ends_when_the_stand_in_does(tmp_path):
    began = time.monotonic()
    with serve(tmp_path / "imws", world=sample_world()) as served:
        caller = Caller(served).sign_in()
        served.faults.add(Fault(What.DELAY, delay_s=60))
        with pytest.raises(httpx2.ReadTimeout):
            caller.http.get("/v1/files", params={"id": "101"}, timeout=0.1)
        caller.close()
    assert time.monotonic() - began < 30


def test_every_kind_of_fault_is_shown_by_a_test():
    assert set(SAID) | CLOSING | CHANGES | {What.DELAY} == set(What)
