"""What happens to a call: trouble first, then who calls, then what is asked, and in the end a line in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, RLock
from urllib.parse import quote, urlencode

from heliograph.standin.flickr.calls import Calls, seen
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.envelope import Form, failure, form_of, success
from heliograph.standin.flickr.faults import Faults, Trouble, What
from heliograph.standin.flickr.manners import Manners
from heliograph.standin.flickr.oauth import Gate, Refusal, Signer
from heliograph.standin.flickr.records import WRITE, Account, Caller
from heliograph.standin.flickr.registry import LEVELS, Registry
from heliograph.standin.flickr.reply import TEXT, Reply, html_page, in_trouble, refused
from heliograph.standin.flickr.signature import Request
from heliograph.standin.flickr.world import World

CHECK_TOKEN = "flickr.auth.oauth.checkToken"  # noqa: S105  a method's name
_ALREADY_READ = frozenset({"upload", "replace"})
"""Routes whose server looks for `CLOSED_BEFORE_BODY` before it reads the body."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came with a call, already on disk."""

    path: Path
    filename: str
    length_bytes: int


@dataclass(slots=True)
class Talk:
    """One call on its way through the door."""

    route: str
    name: str
    """The method, or what else was asked for."""
    request: Request
    file: Received | None = None
    form: Form = field(default_factory=Form)
    signer: Signer | None = None
    photo_id: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """What was sent apart from OAuth's own parameters; of repeated names the first."""
        found: dict[str, str] = {}
        for name, value in self.request.parameters:
            if not name.startswith("oauth_"):
                found.setdefault(name, value)
        return found

    @property
    def key(self) -> str:
        """The key that the caller names, whether it is a good one or not."""
        return self.request.get("oauth_consumer_key") or self.request.get("api_key")


Act = Callable[[Talk], Reply]


class Door:
    """Everything behind the addresses. Safe to be used from several threads."""

    def __init__(self, world: World, folder: Path, now: Callable[[], float]) -> None:
        self.world = world
        self.folder = folder
        self.manners = Manners()
        self.faults = Faults()
        self.registry = Registry(folder, now)
        self.calls = Calls(folder, now)
        self.gate = Gate(self.registry, now, self.manners)
        self.lock = RLock()
        """Held while the world is changed; reading it needs none."""
        self.closing = Event()
        self.reads_bodies_itself = True
        """False: a server in front looks for connections to be closed before the body of an upload was read."""

    def close(self) -> None:
        """Ends waiting calls and saves everything."""
        self.closing.set()
        with self.lock:
            self.world.save()
        self.registry.save()
        self.calls.close()

    def reset(self) -> None:
        """Forgets photos, albums, groups, faults and calls; accounts, keys, tokens and dials stay."""
        with self.lock:
            members = self.accounts()
            self.world.reset()
            self.world.keep(*(replace(member, album_order=()) for member in members))
        self.faults.clear()
        self.calls.clear()

    # --- what can be asked for ----------------------------------------------------------------------------------------

    def rest(self, request: Request) -> Reply:
        """A method of the API."""
        typed = request.get("method")
        method = self.world.methods.get(typed.lower())
        known = CHECK_TOKEN if typed.lower() == CHECK_TOKEN.lower() else typed
        talk = Talk("rest", method.name if method else known, request)
        talk.form = form_of(talk.arguments, wander=self.world.dials.wandering_types)
        return self._through(talk, self._call_method)

    def upload(self, request: Request, file: Received | None) -> Reply:
        """A new photo."""
        return self._through(Talk("upload", "upload", request, file), self._take_file)

    def replace(self, request: Request, file: Received | None) -> Reply:
        """A new file for a photo."""
        return self._through(Talk("replace", "replace", request, file), self._take_file)

    def request_token(self, request: Request) -> Reply:
        """The beginning of a sign-in."""
        return self._through(Talk("oauth", "request_token", request), self._begin_sign_in)

    def access_token(self, request: Request) -> Reply:
        """The end of a sign-in."""
        return self._through(Talk("oauth", "access_token", request), self._end_sign_in)

    def image(self, request: Request, photo_id: str, secret: str, size: str) -> Reply:
        """A picture; whoever knows its secret may see it."""

        def show(talk: Talk) -> Reply:
            talk.photo_id = photo_id
            found = self.world.image(photo_id, secret, size)
            return Reply(file=found) if found else html_page(404)

        return self._through(Talk("live", request.url.rpartition("/")[2], request), show)

    def ask(self, method: str, caller: Caller | None, arguments: Mapping[str, str]) -> list[Element]:
        """What a method answers to the stand-in's own pages, past the door and unlogged.

        Raises:
            Failure: as the method does.
        """
        return self.world.methods[method.lower()].call(caller, arguments)

    def accounts(self) -> list[Account]:
        """Every account, the first made first."""
        return list(self.world.accounts.values())

    def account(self, name: str) -> Account | None:
        """The account of an NSID, path alias or user name; `me` is the first account."""
        found = self.accounts()
        return next((one for one in found if name in {"me", one.id, one.path_alias, one.username}), None)

    # --- the way through ----------------------------------------------------------------------------------------------

    def _through(self, talk: Talk, act: Act) -> Reply:
        spent = self.calls.spend(talk.key, talk.route)
        trouble = self._trouble(talk)
        if trouble.delay_s:
            self.closing.wait(trouble.delay_s)
        if self.manners.budget_enforced and spent > self.manners.budget_per_hour:
            reply = html_page(429)
        elif trouble.fault is None or trouble.follows_effect or self._disabled(talk, trouble):
            reply = self._acted(talk, act)
        else:
            reply = Reply()
        if trouble.fault is not None and trouble.what not in {What.KEY_EXPIRED, What.TOKEN_REVOKED}:
            reply = in_trouble(trouble.fault, talk.form, reply)
        self._log(talk, reply, trouble)
        return reply

    def _trouble(self, talk: Talk) -> Trouble:
        if self.reads_bodies_itself or talk.route not in _ALREADY_READ:
            unread = self.faults.meet(talk.route, talk.name, body_unread=True)
            if unread.fault is not None:
                return unread
        return self.faults.meet(talk.route, talk.name)

    def _disabled(self, talk: Talk, trouble: Trouble) -> bool:
        """Whether the fault was that the caller's key or token ends now; the call then goes its usual way."""
        if trouble.what is What.KEY_EXPIRED:
            self.registry.expire(talk.key)
        elif trouble.what is What.TOKEN_REVOKED:
            self.registry.revoke(talk.request.get("oauth_token"))
        else:
            return False
        return True

    def _acted(self, talk: Talk, act: Act) -> Reply:
        try:
            return act(talk)
        except Failure as error:
            body, content_type = failure(error, talk.form)
            return Reply(body, content_type, outcome=str(error.code))
        except Refusal as refusal:
            return refused(str(refusal))

    def _log(self, talk: Talk, reply: Reply, trouble: Trouble) -> None:
        arguments = talk.arguments
        self.calls.add(
            route=talk.route,
            method=talk.name,
            outcome=reply.outcome,
            photo_id=talk.photo_id or arguments.get("photo_id", ""),
            nsid=talk.signer.nsid if talk.signer else "",
            key=talk.key,
            fault=str(trouble.what or ""),
            arguments=seen(arguments),
            filename=talk.file.filename if talk.file else "",
            length_bytes=talk.file.length_bytes if talk.file else 0,
        )

    def log_unread(self, route: str, outcome: str, fault: str = "") -> None:
        """Logs a call that a server in front turned away before its body was read."""
        self.calls.add(route=route, method=route, outcome=outcome, fault=fault)

    # --- methods ------------------------------------------------------------------------------------------------------

    def _call_method(self, talk: Talk) -> Reply:
        if talk.form.unknown:
            raise Failure(111, f'Format "{talk.form.unknown}" not found')
        talk.signer = self.gate.signer(talk.request)
        if talk.name == CHECK_TOKEN:
            return _said(self._checked_token(talk.request.get("oauth_token")), talk.form)
        method = self.world.methods.get(talk.name.lower())
        if method is None:
            raise Failure(112, f'Method "{talk.name}" not found')
        if method.writes and talk.request.http_method != "POST" and not self.manners.setters_by_get:
            raise Failure(116, "Methods that change something must be called with POST")
        caller = _permitted(talk.signer, method.perms)
        with self.lock if method.writes else nullcontext():
            return _said(method.call(caller, talk.arguments), talk.form)

    def _checked_token(self, name: str) -> list[Element]:
        token = self.registry.tokens.get(name)
        if token is None:
            raise Failure(98, "Invalid auth token")
        username, fullname = self.names(token.nsid)
        user = Element("user", {"nsid": token.nsid, "username": username, "fullname": fullname})
        return [
            Element("oauth", children=[Element("token", text=name), Element("perms", text=LEVELS[token.perms]), user])
        ]

    def _take_file(self, talk: Talk) -> Reply:
        talk.signer = self.gate.signer(talk.request)
        caller = _permitted(talk.signer, WRITE)
        if talk.file is None or caller is None:
            raise Failure(2, "No photo specified")
        ready = self.world.examine(talk.file.path, talk.file.filename)
        take = self.world.upload if talk.route == "upload" else self.world.replace
        with self.lock:
            elements = take(caller, talk.arguments, ready)
        talk.photo_id = next((element.text or "" for element in elements if element.name == "photoid"), "")
        return _said(elements, talk.form)

    # --- signing in ---------------------------------------------------------------------------------------------------

    def _begin_sign_in(self, talk: Talk) -> Reply:
        token, secret = self.gate.request_token(talk.request)
        told = {"oauth_callback_confirmed": "true", "oauth_token": token, "oauth_token_secret": secret}
        return _form_encoded(told)

    def _end_sign_in(self, talk: Talk) -> Reply:
        name, token = self.gate.access_token(talk.request)
        talk.signer = Signer(token.key, name, token.nsid, token.perms)
        username, fullname = self.names(token.nsid)
        told = {"fullname": fullname, "oauth_token": name, "oauth_token_secret": token.secret}
        return _form_encoded(told | {"user_nsid": token.nsid, "username": username})

    def names(self, nsid: str) -> tuple[str, str]:
        """User name and real name of an account."""
        account = self.world.accounts.get(nsid)
        return (account.username, account.realname) if account else ("", "")


def _permitted(signer: Signer | None, perms: int) -> Caller | None:
    """Who calls as the world knows callers, once that is enough for a method."""
    granted = signer.perms if signer else 0
    if perms > granted:
        raise Failure(99, "Insufficient permissions" if signer and signer.nsid else "User not logged in")
    return Caller(signer.key, signer.nsid, signer.perms) if signer and signer.nsid else None


def _said(elements: list[Element], form: Form) -> Reply:
    body, content_type = success(elements, form)
    return Reply(body, content_type)


def _form_encoded(told: Mapping[str, str]) -> Reply:
    return Reply(urlencode(told, quote_via=quote).encode(), TEXT)
