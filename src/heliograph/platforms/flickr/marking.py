"""Whose an album is: lines in its description, and which one of several with one title is kept in step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from heliograph.model import Post, value_digest
from heliograph.platforms.flickr.api import content, whole
from heliograph.platforms.flickr.texts import words

MARKER = "[created by heliograph]"
FLICKRSYNC = "[created by flickrsync]"
"""What FlickrSync 0.1.1 writes as the whole description of each of its albums. Source: its code (2026-11)."""


class Aged(NamedTuple):
    """An album, and what counts where several have one title."""

    rank: tuple[int, int, int]
    """The lower, the sooner it is taken for ours."""
    post: Post


def is_marked(item: Mapping[str, Any]) -> bool:
    """Whether the description of a listed album says that we, or FlickrSync, made it."""
    said = words(content(item.get("description")))
    return said == FLICKRSYNC or said.endswith(MARKER)


def aged(item: Mapping[str, Any], post: Post) -> Aged:
    """The album of a listing, to be compared with others of its title.

    Of ours the oldest counts. FlickrSync made some of its albums anew with every run and used the last one, so of its
    own the newest does.
    """
    if words(content(item.get("description"))) == FLICKRSYNC:
        return Aged((1, -whole(item.get("date_create")), -whole(item.get("id"))), post)
    return Aged((0, whole(item.get("date_create")), whole(item.get("id"))), post)


def alone(albums: Iterable[Aged]) -> Iterator[Post]:
    """The albums; of several of ours with one title, only the first carries its mark, the others each their own."""
    taken: set[str] = set()
    for _, post in sorted(albums, key=lambda album: album.rank):
        yield replace(post, mark=value_digest((post.mark, post.id))) if post.mark in taken else post
        taken.update(filter(None, [post.mark]))
