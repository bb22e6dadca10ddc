"""Photos that would come home are told apart in every list, also where they have one title."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.desk.homing import called_apart
from heliograph.model import F, Post, SubjectKind, Verb
from two_way_world import TwoWayLife


def post(id_: str, title: str, taken: str = "") -> Post:
    fields = {F.TITLE: title, F.TAKEN: (taken, "", "", "") if taken else None}
    return Post(id_, SubjectKind.PHOTO, url=f"https://photos.example/{id_}", fields=fields)


@pytest.mark.parametrize(
    ("posts", "names"),
    [
        ([post("1", "Lake"), post("2", "Sea")], ["Lake", "Sea"]),
        (
            [post("1", "Lake", "2019-08-01T10:00:00"), post("2", "Lake", "2020-01-02T08:00:00"), post("3", "Sea")],
            ["Lake (2019-08-01 10:00:00)", "Lake (2020-01-02 08:00:00)", "Sea"],
        ),
        ([post("1", "Lake", "2019"), post("2", "Lake", "2019")], ["Lake (1)", "Lake (2)"]),
        ([post("1", "Lake"), post("2", "Lake", "2019")], ["Lake (1)", "Lake (2019)"]),
        ([post("1", ""), post("2", "")], ["https://photos.example/1", "https://photos.example/2"]),
    ],
)
def test_photos_of_one_title_are_told_by_their_dates_or_else_by_their_ids(posts: list[Post], names: list[str]) -> None:
    assert called_apart(posts) == names


@given(st.lists(st.tuples(st.sampled_from(["Lake", "Sea", ""]), st.sampled_from(["", "2019", "2019-08"])), max_size=6))
def test_no_two_have_one_name(photos: list[tuple[str, str]]) -> None:
    names = called_apart([post(str(number), *words) for number, words in enumerate(photos)])
    assert len(set(names)) == len(photos)


def test_the_rows_of_a_plan_tell_them_apart(tmp_path: Path, template: Path) -> None:
    life = TwoWayLife(tmp_path, template)
    ids = [life.stranger(title="Lake", taken=(day, "", "", "")) for day in ("2019-08-01", "2019-08-02")]
    rows = {action.post.id: action.where for action in life.plan().actions if action.verb == Verb.DOWNLOAD}
    assert rows == {ids[0]: "Lake (2019-08-01)", ids[1]: "Lake (2019-08-02)"}
