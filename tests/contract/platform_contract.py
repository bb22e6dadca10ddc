"""What every platform must keep: one suite, run by each of them.

A platform's test derives from `PlatformContract` and gives the fixtures `platform`, `again` (a maker of further clients
of the same place, as after a restart) and, where its listing lags, `settle`.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from contract.field_samples import SHOWN
from heliograph import wanted as wanting
from heliograph.digest import sniff
from heliograph.errors import Refused
from heliograph.model import (
    TELLING,
    Action,
    Change,
    Claim,
    F,
    Fields,
    Post,
    Rendition,
    RenditionFile,
    Subject,
    SubjectKind,
    Survey,
    Value,
    Verb,
    Wanted,
    value_digest,
)
from heliograph.policy import PlatformPolicy
from heliograph.ports import Platform

KINDS = {"image/jpeg": "JPEG", "image/webp": "WEBP", "image/png": "PNG", "image/avif": "AVIF"}


def picture_file(folder: Path, media_type: str, width_px: int, height_px: int, tint: int) -> RenditionFile:
    """A small picture of its own tint."""
    picture = Image.linear_gradient("L").resize((width_px, height_px))
    colours = Image.merge("RGB", (picture, picture.point(lambda level: (level + tint * 37) % 256), picture))
    stream = io.BytesIO()
    colours.save(stream, KINDS[media_type])
    content = stream.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest}.rendition"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return RenditionFile(path, media_type, width_px, height_px, len(content), digest)


def rendition_for(platform: Platform, folder: Path, tint: int = 1) -> Rendition:
    """What may be sent: two sizes of each media type where the platform takes several types, else one file."""
    kinds = [kind for kind in platform.limits.media_types if kind in KINDS]
    sizes = ((60, 40), (30, 20)) if len(kinds) > 1 else ((60, 40),)
    return Rendition(tuple(picture_file(folder, kind, *size, tint) for size in sizes for kind in kinds))


def wanted_photo(platform: Platform, number: int = 1, second: frozenset[str] = frozenset()) -> Wanted:
    """The wanted state of photo `number`; the `second` value for the fields named."""
    mark = value_digest(("a photo of the contract", number))
    fields: dict[str, Value] = {
        name: SHOWN[name][name in second] for name in SHOWN if name in platform.limits.fields and name != F.GROUPS
    }
    if F.PICTURE in platform.limits.fields:
        fields[F.PICTURE] = value_digest((number, F.PICTURE in second))
    return Wanted(Subject(SubjectKind.PHOTO, mark), platform.name, f"tests/{number}.jpg", fields, mark)


def wanted_album(platform: Platform, name: str, members: tuple[str, ...]) -> Wanted:
    """The wanted state of an album with these posts in it."""
    every: dict[str, Value] = {F.TITLE: name, F.TEXT: "About it", F.COVER: members[-1], F.MEMBERS: members}
    fields = {field: value for field, value in every.items() if field in platform.limits.album_fields}
    return Wanted(Subject(SubjectKind.ALBUM, name), platform.name, name, fields, value_digest(name))


def wanted_together(platform: Platform, *numbers: int) -> Wanted:
    """The wanted state of an album that is one post of these photos."""
    parts = tuple(wanted_photo(platform, number) for number in numbers)
    rows = {name: tuple(part.fields[name] for part in parts) for name in (F.PICTURE, F.ALT) if name in parts[0].fields}
    return replace(wanted_album(platform, "Coast", ("",)), fields={**parts[0].fields, **rows}, parts=parts)


def publish(platform: Platform, wanted: Wanted, rendition: Rendition | None) -> tuple[Claim, Post]:
    """What the executor does for one new subject: prepare, add, and update what could not ride along."""
    claim = platform.prepare(wanted.subject, wanted, rendition)
    post = platform.add(claim, wanted, rendition)
    limits = platform.limits
    if wanted.subject.kind is SubjectKind.ALBUM:
        later = limits.album_fields - (limits.album_fields if limits.album_rides is None else limits.album_rides)
    else:
        later = frozenset(wanted.fields) & limits.amendable - limits.rides
    return claim, platform.update(post, wanted, later, rendition) if later else post


def unseen(platform: Platform) -> frozenset[str]:
    """Fields that its listing does not show: groups, and where posts carry no mark also which picture it is."""
    return frozenset({F.GROUPS} if platform.limits.marks else {F.GROUPS, F.PICTURE})


def mark_of(platform: Platform, wanted: Wanted) -> str:
    """The mark that a listing shows of a post."""
    return wanted.mark if platform.limits.marks else ""


def by_id(survey: Survey) -> dict[str, Fields]:
    return {post.id: dict(post.fields) for post in survey.posts}


def assert_shown(platform: Platform, post: Post, shown: Fields, wanted: Wanted | None = None) -> None:
    """What an answer said is shown, and what it left out is shown as the platform makes it of what is wanted."""
    assert {**shown, **post.fields} == shown
    for name, value in (wanted.fields if wanted else {}).items():
        assert name in unseen(platform) or platform.agrees(name, value, shown[name]), name


def actions_about(wanted: Wanted, post: Post) -> dict[Verb, Action]:
    """Every verb about one subject, with everything changed where anything is."""
    changes = tuple(Change(name, None, value) for name, value in wanted.fields.items())
    changing = {Verb.UPDATE, Verb.MATCH, Verb.REPOST, Verb.ACCEPT}
    about = (wanted.subject, wanted.platform, wanted.where, "a reason", wanted, post)
    return {verb: Action(verb, *about, changes if verb in changing else ()) for verb in Verb}


class PlatformContract:
    """Derive, give the fixtures, and every promise of `ports.Platform` is tested."""

    @pytest.fixture
    def platform(self) -> Platform:
        raise NotImplementedError

    @pytest.fixture
    def again(self) -> Callable[[], Platform]:
        raise NotImplementedError

    @pytest.fixture
    def settle(self) -> Callable[[], None]:
        """Lets the lag of the listing pass; by default there is none."""
        return lambda: None

    @pytest.fixture
    def files(self, tmp_path: Path) -> Path:
        return tmp_path / "renditions"

    def test_an_empty_place_says_so_wholly(self, platform):
        survey = platform.survey(None)
        assert survey.posts == ()
        assert survey.full
        assert survey.looked
        assert not survey.pending

    def test_limits_are_consistent(self, platform):
        limits = platform.limits
        assert limits.rides <= limits.fields
        assert limits.amendable <= limits.fields
        assert limits.workers >= 1
        assert limits.settle_s >= 0
        assert limits.media_types

    def test_its_own_templates_and_needs_can_be_used(self, platform):
        silent = PlatformPolicy("any", "any")
        wanting.check(wanting.with_defaults(silent, platform.captions, platform.picture, platform.limits.needs))

    def test_preparing_makes_nothing_visible(self, platform, again, settle, files):
        wanted, rendition = wanted_photo(platform), rendition_for(platform, files)
        claim = platform.prepare(wanted.subject, wanted, rendition)
        settle()
        assert claim.subject == wanted.subject
        assert claim.mark == wanted.mark
        assert again().survey(None).posts == ()
        assert platform.find([claim]) == {}

    def test_adding_creates_exactly_one_post_with_the_mark(self, platform, again, settle, files):
        wanted = wanted_photo(platform)
        _, post = publish(platform, wanted, rendition_for(platform, files))
        settle()
        survey = again().survey(None)
        assert [(shown.id, shown.kind, shown.mark) for shown in survey.posts] == [
            (post.id, SubjectKind.PHOTO, mark_of(platform, wanted))
        ]

    def test_a_survey_shows_what_add_answered(self, platform, again, settle, files):
        wanted = wanted_photo(platform)
        _, post = publish(platform, wanted, rendition_for(platform, files))
        settle()
        shown = by_id(again().survey(None))
        assert set(shown) == {post.id}
        assert_shown(platform, post, shown[post.id], wanted)

    def test_every_field_that_is_claimed_is_shown(self, platform, settle, files):
        _, post = publish(platform, wanted_photo(platform), rendition_for(platform, files))
        settle()
        (shown,) = platform.survey(None).posts
        assert set(shown.fields) >= platform.limits.fields - unseen(platform)
        assert shown.url == post.url

    def test_a_claim_is_found_by_another_client_and_only_what_was_added(self, platform, again, settle, files):
        claims, posts = [], {}
        for number in range(6):
            wanted, rendition = wanted_photo(platform, number), rendition_for(platform, files, number)
            claim = platform.prepare(wanted.subject, wanted, rendition)
            claims.append(claim)
            if number % 2:
                posts[claim] = platform.add(claim, wanted, rendition).id
        settle()
        found = again().find(claims)
        assert {claim: [post.id for post in shown] for claim, shown in found.items()} == {
            claim: [post_id] for claim, post_id in posts.items()
        }

    def test_finding_nothing_in_nothing_is_nothing(self, platform):
        assert platform.find([]) == {}

    def test_a_photo_prepared_twice_is_still_one_post(self, platform, again, settle, files):
        wanted, rendition = wanted_photo(platform), rendition_for(platform, files)
        platform.prepare(wanted.subject, wanted, rendition)
        publish(again(), wanted, rendition)
        settle()
        assert len(again().survey(None).posts) == 1

    def test_update_sets_the_named_fields_and_no_other(self, platform, again, settle, files):
        for name in sorted(platform.limits.amendable - {F.GROUPS, F.PICTURE}):
            number = sorted(SHOWN).index(name)
            _, post = publish(platform, wanted_photo(platform, number), rendition_for(platform, files, number))
            settle()
            (before,) = (one for one in again().survey(None).posts if one.id == post.id)
            second = wanted_photo(platform, number, frozenset(SHOWN))
            after = platform.update(before, second, frozenset({name}), None, wanted_photo(platform, number).fields)
            settle()
            shown = by_id(again().survey(None))[post.id]
            assert_shown(platform, after, shown)
            assert after.id == post.id
            assert {field for field in shown if shown[field] != before.fields[field]} == {name}
            assert platform.agrees(name, second.fields[name], shown[name])

    def test_repeating_an_update_changes_nothing(self, platform, settle, files):
        wanted = wanted_photo(platform)
        _, post = publish(platform, wanted, rendition_for(platform, files))
        names = platform.limits.amendable - {F.PICTURE, F.GROUPS}
        second = wanted_photo(platform, 1, names)
        once = platform.update(post, second, names, None)
        twice = platform.update(post, second, names, None)
        settle()
        assert twice == once
        assert_shown(platform, once, by_id(platform.survey(None))[post.id], second)

    def test_a_new_picture_replaces_the_old_one_of_the_same_post(self, platform, again, settle, files, tmp_path):
        if F.PICTURE not in platform.limits.amendable:
            pytest.skip("this platform cannot replace a picture")
        _, post = publish(platform, wanted_photo(platform), rendition_for(platform, files, 1))
        second, rendition = wanted_photo(platform, 1, frozenset({F.PICTURE})), rendition_for(platform, files, 5)
        platform.finish()
        settle()
        before = platform.fetch(post, tmp_path).file.read_bytes()
        after = platform.update(post, second, frozenset({F.PICTURE}), rendition)
        platform.finish()
        settle()
        assert after.id == post.id
        if F.PICTURE in unseen(platform):
            assert again().fetch(after, tmp_path).file.read_bytes() != before
        else:
            assert after.fields[F.PICTURE] != post.fields[F.PICTURE]
        assert len(again().survey(None).posts) == 1

    def test_updating_a_post_that_is_gone_is_refused(self, platform, settle, files):
        wanted = wanted_photo(platform)
        _, post = publish(platform, wanted, rendition_for(platform, files))
        platform.delete(post)
        settle()
        with pytest.raises(Refused):
            platform.update(post, wanted, frozenset({min(platform.limits.amendable - {F.PICTURE, F.GROUPS})}), None)
        assert platform.survey(None).posts == ()

    def test_deleting_takes_one_post_away_and_twice_is_success(self, platform, again, settle, files):
        _, first = publish(platform, wanted_photo(platform, 1), rendition_for(platform, files, 1))
        claim, second = publish(platform, wanted_photo(platform, 2), rendition_for(platform, files, 2))
        platform.delete(second)
        platform.delete(second)
        settle()
        again().delete(second)
        assert [post.id for post in again().survey(None).posts] == [first.id]
        assert again().find([claim]).get(claim, ()) == ()

    def test_what_was_deleted_can_be_added_again(self, platform, again, settle, files):
        wanted, rendition = wanted_photo(platform), rendition_for(platform, files)
        _, post = publish(platform, wanted, rendition)
        platform.delete(post)
        settle()
        _, anew = publish(platform, wanted, rendition)
        settle()
        (shown,) = again().survey(None).posts
        assert (shown.id, shown.mark) == (anew.id, mark_of(platform, wanted))

    def test_an_album_keeps_its_members_in_their_order(self, platform, again, settle, files):
        if not platform.limits.album_fields:
            pytest.skip("this platform has no albums")
        ids = tuple(
            publish(platform, wanted_photo(platform, number), rendition_for(platform, files, number))[1].id
            for number in range(4)
        )
        order = (ids[2], ids[0], ids[3])
        claim, post = publish(platform, wanted_album(platform, "The coast", order), None)
        settle()
        (album,) = [shown for shown in again().survey(None).posts if shown.kind is SubjectKind.ALBUM]
        assert album.fields[F.MEMBERS] == order
        assert_shown(platform, post, album.fields)
        assert [found.id for found in again().find([claim])[claim]] == [post.id]
        turned = wanted_album(platform, "The coast", ids)
        platform.update(post, turned, frozenset({F.MEMBERS, F.COVER}), None)
        settle()
        (album,) = [shown for shown in again().survey(None).posts if shown.kind is SubjectKind.ALBUM]
        assert album.fields[F.MEMBERS] == ids
        platform.delete(post)
        settle()
        assert {shown.id for shown in again().survey(None).posts} == set(ids)

    def test_several_photos_in_one_post_come_back_in_their_order_and_are_found(self, platform, again, settle, files):
        if platform.limits.gathers < 2:
            pytest.skip("a post there holds one photo")
        wanted = wanted_together(platform, 1, 2)
        both = [rendition_for(platform, files, tint).files[0] for tint in (1, 2)]
        claim, post = publish(platform, wanted, Rendition(tuple(both)))
        settle()
        assert_shown(platform, post, by_id(again().survey(None))[post.id], wanted)
        assert [one.id for one in again().find([claim])[claim]] == [post.id]

    def test_a_survey_of_changes_reports_at_least_what_changed(self, platform, again, settle, files):
        posts = [
            publish(platform, wanted_photo(platform, number), rendition_for(platform, files, number))[1]
            for number in range(3)
        ]
        settle()
        before = again().survey(None)
        name = min(platform.limits.amendable - {F.PICTURE, F.GROUPS})
        platform.update(posts[0], wanted_photo(platform, 0, frozenset(SHOWN)), frozenset({name}), None)
        platform.delete(posts[1])
        _, new = publish(platform, wanted_photo(platform, 9), rendition_for(platform, files, 9))
        settle()
        changes, now = again().survey(before.cursor or None), by_id(again().survey(None))
        assert {posts[0].id, new.id} <= set(by_id(changes))
        assert posts[1].id not in by_id(changes)
        assert changes.full or posts[1].id in changes.gone
        kept = {} if changes.full else {key: value for key, value in by_id(before).items() if key not in changes.gone}
        assert kept | by_id(changes) == now

    def test_a_survey_of_no_changes_agrees_with_the_whole(self, platform, again, settle, files):
        publish(platform, wanted_photo(platform), rendition_for(platform, files))
        settle()
        whole = again().survey(None)
        changes = again().survey(whole.cursor or None)
        assert not changes.gone
        assert by_id(whole) == (by_id(changes) if changes.full else by_id(whole) | by_id(changes))

    def test_a_cursor_of_nowhere_gives_the_whole(self, platform, settle, files):
        _, post = publish(platform, wanted_photo(platform), rendition_for(platform, files))
        settle()
        survey = platform.survey("a cursor of another place:17")
        assert survey.full
        assert set(by_id(survey)) == {post.id}

    def test_the_order_of_adding_does_not_matter(self, platform, again, settle, files):
        made = set()
        for number in (3, 1, 2):
            wanted = wanted_photo(platform, number)
            _, post = publish(platform, wanted, rendition_for(platform, files, number))
            made.add((post.id, mark_of(platform, wanted)))
        settle()
        assert {(post.id, post.mark) for post in again().survey(None).posts} == made

    def test_fetch_brings_a_picture_that_opens(self, platform, again, settle, files, tmp_path):
        _, post = publish(platform, wanted_photo(platform), rendition_for(platform, files))
        for moment in ("before finishing", "after finishing"):
            (folder := tmp_path / moment).mkdir()
            settle()
            path = again().fetch(post, folder).file
            assert path.parent == folder
            with Image.open(path).convert("RGB") as picture:
                assert picture.width >= picture.height > 0
            platform.finish()

    def test_a_post_looks_like_a_picture_and_a_hash_that_stays(self, platform, again, settle, files, tmp_path):
        _, post = publish(platform, wanted_photo(platform), rendition_for(platform, files))
        settle()
        told, small = again().likeness(post), again().preview(post, tmp_path)
        assert re.fullmatch("([0-9a-f]{16})?", told)
        assert again().likeness(post) == told
        assert sniff(small.read_bytes()) if small else not told

    def test_finishing_is_repeatable_and_leaves_nothing_pending(self, platform, again, settle, files):
        _, post = publish(platform, wanted_photo(platform), rendition_for(platform, files))
        platform.finish()
        settle()
        first = again().survey(None)
        again().finish()
        platform.finish()
        settle()
        second = again().survey(None)
        assert not first.pending
        assert not second.pending
        assert by_id(first) == by_id(second)
        assert_shown(platform, post, by_id(first)[post.id])

    def test_what_cannot_ride_is_left_to_update(self, platform, settle, files):
        later = platform.limits.fields - platform.limits.rides
        wanted, rendition = wanted_photo(platform), rendition_for(platform, files)
        post = platform.add(platform.prepare(wanted.subject, wanted, rendition), wanted, rendition)
        settle()
        assert set(post.fields) >= platform.limits.rides - unseen(platform)
        assert later <= platform.limits.amendable
        _, whole = publish(platform, wanted_photo(platform, 2), rendition_for(platform, files, 2))
        assert whole.id != post.id

    def test_odd_words_come_back_as_they_went(self, platform, again, settle, files):
        odd = "“quotes” & <b>marks</b> ${x} {{ y }} ../.. \u202eright to left\u202c 🏔️ Ελλάδα"
        wanted = wanted_photo(platform)
        wanted = replace(wanted, fields={**wanted.fields, F.TITLE: odd} if F.TITLE in wanted.fields else wanted.fields)
        _, post = publish(platform, wanted, rendition_for(platform, files))
        settle()
        assert_shown(platform, post, by_id(again().survey(None))[post.id], wanted)

    # -- what is asked of nobody --

    def test_every_wanted_value_agrees_with_what_is_shown_and_another_one_does_not(
        self, platform, again, settle, files
    ):
        first, second = wanted_photo(platform), wanted_photo(platform, 1, frozenset({*SHOWN, F.PICTURE}))
        _, post = publish(platform, first, rendition_for(platform, files))
        settle()
        shown = by_id(again().survey(None))[post.id]
        platform.close()
        for name in sorted(platform.limits.fields - unseen(platform)):
            assert platform.agrees(name, first.fields[name], shown[name]), name
            # Where a photo states no licence, a platform may show the account's own.
            assert name == F.RIGHTS or not platform.agrees(name, second.fields[name], shown[name]), name

    def test_whether_something_agrees_can_be_asked_where_one_side_has_nothing(self, platform):
        odd: tuple[Value, ...] = (None, "", (), "words", ("words",), (None, None))
        for name in sorted(platform.limits.fields | platform.limits.album_fields):
            for sent in odd:
                for shown in odd:
                    once = platform.agrees(name, sent, shown)
                    assert once in {True, False}
                    assert platform.agrees(name, sent, shown) is once

    def test_deciding_and_telling_take_no_calls_and_nothing_takes_fewer_than_none(self, platform):
        photo, album = wanted_photo(platform), wanted_album(platform, "The coast", ("one", "two"))
        platform.close()
        for wanted in (photo, album) if platform.limits.album_fields else (photo,):
            actions = actions_about(wanted, Post("one", wanted.subject.kind))
            calls = {verb: platform.calls(action) for verb, action in actions.items()}
            assert {verb for verb in TELLING if calls[verb]} == set()
            assert min(calls.values()) >= 0
            if platform.limits.calls_per_h:
                assert min(calls[verb] for verb in (Verb.ADD, Verb.DELETE, Verb.UPDATE)) >= 1
                assert calls[Verb.REPOST] > calls[Verb.ADD]

    def test_it_tells_of_itself_in_sentences(self, platform):
        for sentence in platform.about():
            assert sentence.strip() == sentence != ""
            assert "\n" not in sentence

    def test_closing_twice_does_no_harm_and_what_is_there_stays(self, platform, again, settle, files):
        _, post = publish(platform, wanted_photo(platform), rendition_for(platform, files))
        platform.finish()
        platform.close()
        platform.close()
        settle()
        assert [shown.id for shown in again().survey(None).posts] == [post.id]

    def test_a_client_that_was_never_used_can_be_closed(self, again):
        again().close()

    def test_nobody_likes_a_new_photo_yet_and_changing_it_makes_none_forgotten(self, platform, again, settle, files):
        wanted = wanted_photo(platform)
        _, post = publish(platform, wanted, rendition_for(platform, files))
        settle()
        (shown,) = again().survey(None).posts
        assert shown.reactions in {0, None}
        name = min(platform.limits.amendable - {F.PICTURE, F.GROUPS})
        liked = replace(shown, reactions=7)
        after = platform.update(liked, wanted_photo(platform, 1, frozenset(SHOWN)), frozenset({name}), None)
        assert after.reactions in {shown.reactions, 7}
        assert post.reactions in {0, None}
