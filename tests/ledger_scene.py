"""A new ledger, and what is written into it: a record, a post, a line of history."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from heliograph.ledger import Ledger, Saying
from heliograph.model import Agreed, F, Post, Record, Subject, SubjectKind, value_digest
from studio import FakeClock

SUBJECT = Subject(SubjectKind.PHOTO, "a" * 32)


@pytest.fixture
def path(tmp_path: Path, template: Path) -> Path:
    (tmp_path / "state").mkdir()
    return Path(shutil.copy(template, tmp_path / "state" / "ledger.sqlite"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(path: Path, clock: FakeClock) -> Iterator[Ledger]:
    with closing(Ledger(path, clock)) as opened:
        yield opened


def record(title: str = "Low tide", subject: Subject = SUBJECT, post_id: str = "p1") -> Record:
    return Record(
        subject, "there", post_id, where="a.jpg", basis="b", fields={F.TITLE: Agreed(title, value_digest(title))}
    )


def post(title: str = "Low tide", post_id: str = "p1", mark: str = "") -> Post:
    return Post(post_id, SubjectKind.PHOTO, mark, f"https://there.example/{post_id}", {F.TITLE: title})


def saying(sentence: str = "published", **more: object) -> Saying:
    return Saying("there", SUBJECT, "a.jpg", "add", "done", sentence, **more)
