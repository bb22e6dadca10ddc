"""Which question an answer is meant for: never another photo's whose file has the same name."""

from __future__ import annotations

import pytest

from heliograph.desk.answering import meant
from heliograph.desk.conflicting import conflicts
from heliograph.errors import Mistake
from heliograph.model import Action, Plan, Subject, SubjectKind, Verb


def asked(where: str, platform: str = "flickr", choices: tuple[str, ...] = ("ours", "theirs")) -> Action:
    subject = Subject(SubjectKind.PHOTO, where)
    return Action(Verb.ASK, subject, platform, where, "edited here and there", choices=choices, question=where)


PLAN = Plan(
    (asked("2023/IMG_1.jpg"), asked("2024/IMG_1.jpg"), asked("2024/IMG_2.jpg"), asked("2024/IMG_2.jpg", "site"))
)


def test_a_file_name_that_two_photos_have_answers_neither():
    for look in (lambda where: meant(PLAN, where, "ours"), lambda where: conflicts(PLAN, where=where)):
        with pytest.raises(
            Mistake, match=r"IMG_1\.jpg could be 2023/IMG_1\.jpg or 2024/IMG_1\.jpg\. Name one with its folder"
        ):
            look("IMG_1.jpg")


@pytest.mark.parametrize("where", ["2024/IMG_1.jpg", "IMG_2.jpg"])
def test_a_place_or_a_name_that_only_one_photo_has_is_that_photo_on_every_platform(where):
    for found in (meant(PLAN, where, "ours"), conflicts(PLAN, where=where)):
        assert {action.where for action in found} == {f"2024/{where[-9:]}"}
        assert len(found) == (2 if where == "IMG_2.jpg" else 1)


def test_a_photo_in_no_folder_is_meant_by_its_place_though_others_have_its_name():
    plan = Plan((*PLAN.actions, asked("IMG_1.jpg")))
    assert [action.where for action in meant(plan, "IMG_1.jpg", "ours")] == ["IMG_1.jpg"]


def test_only_those_of_one_platform_or_question_count():
    assert [action.platform for action in meant(PLAN, "IMG_2.jpg", "ours", ("site",))] == ["site"]
    assert [action.where for action in meant(PLAN, "IMG_1.jpg", "ours", question="2023/IMG_1.jpg")] == [
        "2023/IMG_1.jpg"
    ]
