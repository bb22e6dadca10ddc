"""What every platform promises about what comes home from it."""

from __future__ import annotations

from contract.platform_contract import publish, rendition_for, wanted_photo
from heliograph.model import F, Post
from heliograph.ports import Platform

WORDS = (F.TITLE, F.TEXT, F.ALT)


def shown_as(platform: Platform, id_: str) -> Post:
    return next(post for post in platform.survey(None).posts if post.id == id_)


class HomewardContract:
    """To be run beside `PlatformContract`, with its fixtures."""

    def test_what_it_says_of_a_photo_is_what_was_sent(self, platform, again, settle, files, tmp_path):
        wanted = wanted_photo(platform)
        _, post = publish(platform, wanted, rendition_for(platform, files))
        platform.finish()
        settle()
        shown = shown_as(again(), post.id)
        words = frozenset(name for name in WORDS if name in shown.fields)
        said = again().brings(shown, words)
        assert said.keys() == words
        assert all(platform.agrees(name, wanted.fields[name], said[name]) for name in words)
        facts = again().fetch(shown, tmp_path).facts
        told = {F.TITLE: facts.title, F.TEXT: facts.caption, F.ALT: facts.alt_text}
        assert all(platform.agrees(name, wanted.fields[name], told[name]) for name in words)

    def test_only_what_is_asked_for_is_said_and_again_the_same(self, platform, again, settle, files):
        _, post = publish(platform, wanted_photo(platform), rendition_for(platform, files))
        platform.finish()
        settle()
        shown = shown_as(again(), post.id)
        every = frozenset(shown.fields)
        said = again().brings(shown, every)
        assert said.keys() <= every
        assert again().brings(shown, every) == said
        assert again().brings(shown, frozenset()) == {}
