"""The fediverse stand-in as Mastodon.py sees it: a client that nobody here wrote, and which knows Mastodon."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import mastodon
import pytest
import requests
from mastodon import Mastodon

from fediverse_server import ALL, GTS, PIXELFEDS, SNAC, TAKAHE, jpeg
from heliograph.standin.fediverse import serve

BACK, SCOPES = "http://127.0.0.1", ["read", "write"]
EDITED_ALT = {"mastodon-4.6", GTS, TAKAHE}
"""Where an alt text is set along with the post."""


@pytest.fixture
def session():
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Accept"] = "application/json"
        yield session


@pytest.fixture(params=ALL)
def standin(request, tmp_path):
    with serve(tmp_path, request.param) as running:
        yield running


def client(standin, session, **known):
    return Mastodon(api_base_url=standin.url, session=session, ratelimit_method="throw", **known)


def signed_in(standin, session):
    """Registers an application, says yes as its owner, and takes the token."""
    known = Mastodon.create_app("album", SCOPES, BACK, api_base_url=standin.url, session=session)
    caller = client(standin, session, client_id=known[0], client_secret=known[1])
    asked = caller.auth_request_url(redirect_uris=BACK, scopes=SCOPES, state="s", allow_http=True)
    standin.turn(authorize="yes")
    answer = session.get(asked, allow_redirects=False, timeout=10)
    came = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert came["state"] == ["s"]
    caller.log_in(code=came["code"][0], redirect_uri=BACK, scopes=SCOPES, allow_http=True)
    return caller


@pytest.mark.parametrize("standin", sorted({*ALL} - {*PIXELFEDS}), indirect=True)
def test_it_registers_and_signs_in(standin, session):
    caller = signed_in(standin, session)
    me = caller.account_verify_credentials()
    assert (me.id, me.username) == (standin.id, "rehearsal")
    assert me.source.privacy == "public"


@pytest.mark.parametrize("standin", PIXELFEDS, indirect=True)
def test_it_cannot_read_pixelfeds_token_which_tells_no_scope(standin, session):
    with pytest.raises(KeyError, match="scope"):
        signed_in(standin, session)


def test_it_reads_the_instance(standin, session):
    caller = client(standin, session)
    told = caller.instance_v2() if standin.world.traits.v2_instance else caller.instance_v1()
    assert told.configuration.statuses.max_media_attachments == standin.world.traits.pictures
    assert caller.instance_nodeinfo().software.name == standin.world.traits.software


@pytest.mark.parametrize("standin", ["mastodon-4.6"], indirect=True)
def test_it_is_told_what_mastodon_will_drop(standin, session):
    with pytest.warns(mastodon.errors.MastodonDeprecationWarning, match="deprecated"):
        client(standin, session).instance_v1()


def test_it_posts_lists_edits_and_deletes(standin, session):
    caller = client(standin, session, access_token=standin.token)
    media = caller.media_post(jpeg(), mime_type="image/jpeg", description="A boat", synchronous=False)
    post = caller.status_post("Sea & sky #Sea", media_ids=[media], visibility="unlisted", language="en")
    assert (post.visibility, [tag.name.lower() for tag in post.tags]) == ("unlisted", ["sea"])
    assert post.media_attachments[0].description == "A boat"
    assert post.created_at.tzinfo is not None
    assert [status.id for status in caller.account_statuses(standin.id)] == [post.id]

    if standin.profile not in PIXELFEDS:  # an unlisted post is answered with an empty body there
        entry = caller.generate_media_edit_attributes(media, description="A ship")
        caller.status_update(post, "Edited", media_attributes=[entry])
        now = caller.status(post)
        assert "Edited" in now.content
        assert (now.media_attachments[0].description == "A ship") == (standin.profile in EDITED_ALT)

    caller.status_delete(post)
    with pytest.raises(mastodon.MastodonNotFoundError):
        caller.status(post)
    assert standin.world.posts == []


@pytest.mark.parametrize("standin", PIXELFEDS, indirect=True)
def test_it_changes_an_alt_text_of_pixelfed_and_fails_on_an_empty_answer(standin, session):
    caller = client(standin, session, access_token=standin.token)
    media = caller.media_post(jpeg(), mime_type="image/jpeg", description="A boat", synchronous=False)
    post = caller.status_post("Sea", media_ids=[media], visibility="private")
    caller.media_update(media, description="A ship")
    assert caller.status(post).media_attachments[0].description == "A ship"
    with pytest.raises(mastodon.MastodonAPIError, match="JSON"):
        caller.status_update(post, "Edited", media_ids=[media])
    assert standin.world.posts[0].text == "Edited"


@pytest.mark.parametrize("standin", ["mastodon-4.6"], indirect=True)
def test_it_turns_pages_by_their_links_and_repeats_a_key(standin, session):
    caller = client(standin, session, access_token=standin.token)
    made = [caller.status_post(f"Post {number}", idempotency_key=f"k{number}").id for number in range(5)]
    assert caller.status_post("Post 0", idempotency_key="k0").id == made[0]
    first = caller.account_statuses(standin.id, limit=2)
    assert [status.id for status in caller.fetch_remaining(first)] == made[::-1]
    assert [status.id for status in caller.statuses(made[:2])] == made[:2]
    assert caller.status_source(made[0]).text == "Post 0"
    assert len(caller.status_history(made[0])) == 1


@pytest.mark.parametrize(
    ("standin", "error"),
    [
        ("mastodon-4.6", mastodon.MastodonUnauthorizedError),
        ("pixelfed-0.11", mastodon.MastodonInternalServerError),
        ("pixelfed-0.12", mastodon.MastodonUnauthorizedError),
        (SNAC, mastodon.MastodonAPIError),
    ],
    indirect=["standin"],
)
def test_it_sees_each_servers_refusal(standin, session, error):
    caller = client(standin, session, access_token=standin.token)
    standin.revoke()
    with pytest.raises(error):
        caller.account_verify_credentials()
