"""Whose history is told."""

from __future__ import annotations

from dataclasses import replace

from heliograph.ledger import Ledger
from heliograph.model import Subject, SubjectKind
from ledger_scene import clock, ledger, path, saying

__all__ = ["clock", "ledger", "path"]


def test_a_photo_that_came_home_under_another_name_has_its_coming_home_in_its_history(ledger: Ledger) -> None:
    ledger.journal.begin_run("sync")
    post = Subject(SubjectKind.PHOTO, "53000000001")
    ledger.journal.say(replace(saying("2019/Lake.jpg: brought home from flickr"), subject=post, where="Lake"))
    ledger.journal.say(replace(saying("a.jpg: published on 2019/Lake.jpg"), where="a.jpg"))
    for words in ("2019/Lake.jpg", "Lake.jpg", "Lake"):
        assert [line.subject for line in ledger.journal.history(words=words)] == [post], words
