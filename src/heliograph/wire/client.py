"""One service behind one door: `Wire.call` sends, waits, repeats and judges."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from types import MappingProxyType
from typing import Any, Self

import httpx2

from heliograph.errors import Busy, HeliographError, Mistake
from heliograph.ports import Budget, Clock
from heliograph.redact import Redactor
from heliograph.wire.address import Draft, Upload, checked, foreign, host_of, joined
from heliograph.wire.answer import Answer, decoded
from heliograph.wire.calm import Calm
from heliograph.wire.faults import THROTTLED, Trouble, asked_wait, from_answer, from_error
from heliograph.wire.pace import Pace, Pacer
from heliograph.wire.quiet import hush
from heliograph.wire.sending import Call, Fields, followed, grouped, opened_file, pairs, store
from heliograph.wire.transport import Deadline, Pooled, no_cookies

Sign = Callable[[Draft], Mapping[str, str]]
Translate = Callable[[Answer], None]

_log = logging.getLogger("heliograph.wire")
_REDIRECTS_MAX = 3
_CHANCE = SystemRandom().random


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long things may take, in seconds."""

    connect_s: float = 10.0
    read_s: float = 60.0
    """Between two pieces of an answer."""
    write_s: float = 60.0
    """Between two pieces of what is sent."""
    total_s: float = 300.0
    """For one attempt in all; uploads get a second more for every `slowest_bytes_per_s`."""
    slowest_bytes_per_s: int = 16 * 1024
    attempts: int = 5
    """Of one repeatable call."""
    first_wait_s: float = 1.0
    """Before the second attempt; doubled before each further one."""
    patience_s: float = 120.0
    """A longer wait is not sat out: the call ends as `Busy` with the time to wait."""


class Wire:
    """A service at `base_url`. Threads may share it; `close` it, or use it as a context.

    `sign` gives the headers that prove who calls, afresh for each attempt. `translate` sees every answer but those
    whose status the call accepts, and raises where the service's own words say more than the status does; a `Busy` of
    its counts as passing. `secrets` never appear in logs or errors. Certificates are always verified, against `ca_file`
    where the service has a private authority. Every attempt takes a call from the `budget`, but for the `unbudgeted`
    kinds, which go elsewhere (pictures from another host), and from each of the `budgets` of its kind; it is sent only
    when all of them let it. `calm` says how a throttling service is left alone.
    """

    def __init__(
        self,
        base_url: str,
        clock: Clock,
        *,
        paces: Mapping[str, Pace] | None = None,
        sign: Sign | None = None,
        translate: Translate | None = None,
        secrets: Iterable[str] = (),
        user_agent: str = "heliograph",
        timeouts: Timeouts = Timeouts(),
        budget: Budget | None = None,
        budgets: Mapping[str, Sequence[Budget]] = MappingProxyType({}),
        unbudgeted: Collection[str] = (),
        calm: Calm | None = None,
        max_answer_bytes: int = 16 * 1024 * 1024,
        ca_file: Path | None = None,
        transport: httpx2.BaseTransport | None = None,
        jitter: Callable[[], float] = _CHANCE,
    ) -> None:
        self._base_url = checked(base_url)
        self._clock = clock
        self._pacer = Pacer(
            paces or {},
            clock,
            timeouts.patience_s,
            budget=budget,
            budgets=budgets,
            unbudgeted=unbudgeted,
            calm=calm,
        )
        self._sign = sign
        self._translate = translate
        self._redactor = Redactor(secrets)
        self._timeouts = timeouts
        self._max_answer_bytes = max_answer_bytes
        self._jitter = jitter
        self._deadline = Deadline(clock)
        self._client = httpx2.Client(
            transport=transport or Pooled(self._base_url, self._deadline, ca_file),
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
            cookies=no_cookies(),
            timeout=httpx2.Timeout(
                connect=timeouts.connect_s, read=timeouts.read_s, write=timeouts.write_s, pool=timeouts.total_s
            ),
            follow_redirects=False,
            trust_env=False,
        )
        hush()

    def __repr__(self) -> str:
        return f"Wire({host_of(self._base_url)})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; also those of the wires made by `at`."""
        self._client.close()

    def learn(self, *secrets: str) -> None:
        """Hides these too from now on: tokens that came in while signing in."""
        self._redactor.learn(*secrets)

    def at(self, base_url: str) -> Wire:
        """The same service at another of its hosts: same credentials, paces and connections."""
        other = object.__new__(Wire)
        other.__dict__.update(self.__dict__)
        other._base_url = checked(base_url)
        return other

    def call(
        self,
        method: str,
        path: str,
        *,
        kind: str,
        repeatable: bool,
        params: Fields | None = None,
        data: Fields | None = None,
        json: Any = None,
        files: Mapping[str, Upload] | None = None,
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
        accept: Collection[int] = (),
        into: Path | None = None,
        max_bytes: int | None = None,
    ) -> Answer:
        """The answer to one call, whose status is a success or one of `accept`.

        `kind` chooses the pace. With `files` the form is multipart and streamed from disk. `into` takes the body, which
        replaces that file once it is whole. An unsigned call may also name a whole address on any host.

        Raises:
            Busy: not now; the call did not arrive or may be repeated.
            Uncertain: the call may not be repeated and may have arrived.
            SignInNeeded: 401 or 403, where `translate` did not know better.
            Refused: any other 4xx.
            Mistake: the address or a header cannot be sent safely.
        """
        url = foreign(path) if "://" in path and not signed else joined(self._base_url, path)
        call = Call(
            method=method.upper(),
            url=url,
            kind=kind,
            repeatable=repeatable,
            signed=signed,
            params=pairs(params),
            data=pairs(data),
            json=json,
            files=files or {},
            headers=headers or {},
            accept=accept,
            into=into,
            max_bytes=max_bytes or self._max_answer_bytes,
        )
        return self._repeated(call)

    def _repeated(self, call: Call) -> Answer:
        tries = self._timeouts.attempts if call.repeatable else 1
        for attempt in range(1, tries + 1):
            result = self._judged(call, call.url)
            if isinstance(result, Answer):
                return result
            self._leave_alone(call, result, attempt, last=attempt == tries)
        message = f"{call.kind}: a call ended without an outcome"  # pragma: no cover - the last attempt always raises
        raise AssertionError(message)  # pragma: no cover

    def _leave_alone(self, call: Call, trouble: Trouble, attempt: int, *, last: bool) -> None:
        """Waits before the next attempt, or raises where there is none."""
        rest_s = self._pacer.rest_s(call.kind)
        wait_s = max(self._wait_s(trouble, attempt), rest_s)
        if trouble.wait_s is not None:
            self._pacer.hold(call.kind, wait_s)
        if isinstance(trouble.error, Busy) and rest_s:
            trouble.error.wait_s = max(trouble.error.wait_s or 0.0, rest_s)
        if last or not trouble.passing:
            raise self._clean(trouble.error)
        if wait_s > self._timeouts.patience_s:
            raise Busy(self._redactor.words(str(trouble.error)), wait_s)
        _log.info("%s is left alone for %.1f s after attempt %d at %s", host_of(call.url), wait_s, attempt, call.kind)
        self._clock.sleep(wait_s)

    def _wait_s(self, trouble: Trouble, attempt: int) -> float:
        backoff_s = min(self._timeouts.first_wait_s * 2.0 ** (attempt - 1), self._timeouts.patience_s)
        if trouble.wait_s is None:
            return backoff_s * (0.5 + 0.5 * self._jitter())
        return max(trouble.wait_s, 0.0) + min(backoff_s, 1.0) * self._jitter()

    def _judged(self, call: Call, url: str) -> Answer | Trouble:
        """One attempt: a good answer, or what is wrong.

        Raises:
            Busy: it is not its turn yet, and would not be for long; nothing was sent.
        """
        result = self._sent(call, url)
        for _ in range(_REDIRECTS_MAX):
            target = followed(call, url, result)
            if target is None:
                break
            url = target
            result = self._sent(call, url)
        if isinstance(result, Trouble) or result.status in call.accept:
            return result
        trouble = self._trouble(result)
        return result if trouble is None else trouble

    def _trouble(self, result: Answer) -> Trouble | None:
        try:
            if self._translate is not None:
                self._translate(result)
        except Busy as error:
            return Trouble(error, passing=True, wait_s=error.wait_s)
        except HeliographError as error:
            return Trouble(error, passing=False)
        return from_answer(result, self._clock)

    def _sent(self, call: Call, url: str) -> Answer | Trouble:
        self._pacer.turn(call.kind, host_of(url))
        started_s = self._clock.monotonic()
        with ExitStack() as opened:
            request = self._request(call, url, opened)
            self._deadline.start(self._total_s(request))
            result = self._exchanged(call, request)
        self._hear(call.kind, result, started_s)
        took_s = self._clock.monotonic() - started_s
        outcome = result.status if isinstance(result, Answer) else type(result.error).__name__
        _log.debug("%s", self._redactor.words(f"{call.method} {url} ({call.kind}): {outcome} in {took_s:.2f} s"))
        return result

    def _hear(self, kind: str, result: Answer | Trouble, sent_s: float) -> None:
        if isinstance(result, Trouble):
            return
        if result.status == THROTTLED:
            self._pacer.throttled(kind, sent_s, asked_wait(result, self._clock))
        elif result.status < 400:  # noqa: PLR2004 - success
            self._pacer.succeeded(kind, sent_s)

    def _exchanged(self, call: Call, request: httpx2.Request) -> Answer | Trouble:
        try:
            return self._received(call, self._client.send(request, stream=True))
        except HeliographError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever breaks once sending began leaves the call in doubt
            return from_error(error, host_of(str(request.url)), repeatable=call.repeatable)

    def _request(self, call: Call, url: str, opened: ExitStack) -> httpx2.Request:
        draft = Draft(call.method, url, call.params + call.data)
        signature = self._sign(draft) if self._sign is not None and call.signed else {}
        headers = {**call.headers, **signature}
        for name, value in headers.items():
            if not (value.isascii() and value.isprintable()):
                message = (
                    f"The header {name} holds signs that cannot be sent. If it is a token, copy and paste it again."
                )
                raise Mistake(message)
        files = [(name, opened_file(file, opened)) for name, file in call.files.items()]
        try:
            return self._client.build_request(
                call.method,
                url,
                params=grouped(call.params) or None,
                data=grouped(call.data) or None,
                json=call.json,
                files=files or None,
                headers=headers,
            )
        except httpx2.InvalidURL:
            message = f"{self._redactor.words(url)!r} is no address that can be called."
            raise Mistake(message) from None

    def _total_s(self, request: httpx2.Request) -> float:
        length_bytes = int(request.headers.get("content-length", "0"))
        return self._timeouts.total_s + length_bytes / self._timeouts.slowest_bytes_per_s

    def _received(self, call: Call, response: httpx2.Response) -> Answer:
        with contextlib.closing(response):
            pieces = decoded(response.iter_raw(), response.headers.get("content-encoding", ""), call.max_bytes)
            body = b""
            if call.into is not None and response.is_success:
                store(pieces, call.into)
            else:
                body = b"".join(pieces)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, host_of(str(response.url)), headers, body, repeatable=call.repeatable)

    def _clean(self, error: HeliographError) -> HeliographError:
        """The same error with no secret in its words, and none in errors behind it."""
        error.args = tuple(self._redactor.words(part) if isinstance(part, str) else part for part in error.args)
        error.__cause__ = error.__context__ = None
        return error
