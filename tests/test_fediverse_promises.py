"""What is promised of the fediverse and shown nowhere else."""

from __future__ import annotations

import pytest

from fediverse_house import EVERY, House
from heliograph.model import F

SPEAKING = [profile for profile in EVERY if not profile.startswith("pixelfed")]


@pytest.fixture
def house(request, tmp_path):
    with House.opened(tmp_path, request.param) as house:
        yield house


@pytest.mark.parametrize("house", SPEAKING, indirect=True)
def test_the_language_of_the_texts_is_said_with_a_post_and_stays_when_it_is_edited(house):
    _, post = house.publish(house.ready(language="gd"), house.wanted(1))
    (status,) = house.standin.world.statuses.values()
    assert status.language == "gd"
    edited = house.wanted(1, **{F.TEXT: "Another text."})
    house.platform().survey(None)
    house.platform().update(post, edited, frozenset({F.TEXT}), None)
    (status,) = house.standin.world.statuses.values()
    assert (status.language, "Another text." in str(status.text)) == ("gd", True)


@pytest.mark.parametrize("house", EVERY, indirect=True)
def test_without_that_setting_no_language_is_claimed(house):
    house.publish(house.ready(), house.wanted(1))
    (status,) = house.standin.world.statuses.values()
    assert status.language in {None, "en"}, "what the account says"
