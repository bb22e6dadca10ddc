"""The connection to IMatch: a token that is renewed, ids by the hundred, and its own errors as sentences."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import RLock
from typing import Any

from heliograph.errors import Busy, HeliographError, LibraryUnavailable, Refused, SignInNeeded
from heliograph.libraries.imatch.answers import Row, lowered, number, rows, text
from heliograph.libraries.imatch.options import Options
from heliograph.libraries.imatch.places import place
from heliograph.ports import Clock
from heliograph.wire import Answer, Timeouts, Wire

BATCH = 200
"""Ids of one call: how long an address may be is not known."""
_WITNESSES = 5
_BUSY, _FAILED = 5000, 5100
"""Source: photools.com, developer centre, IMatch class (state 2021.16.2)."""
_DENIED = frozenset({401, 403})
_MOST_BYTES = 64 * 1024 * 1024
_BUSY_S = 2.0

Ask = Callable[[Sequence[int]], Sequence[Row]]


class Client:
    """One IMatch. Threads may share it; calls go one at a time, as IMatch never promised more."""

    def __init__(self, options: Options, clock: Clock) -> None:
        timeouts = Timeouts(connect_s=3.0, read_s=options.timeout_s, attempts=3, first_wait_s=0.5, patience_s=30.0)
        self._login = options.login or _user()
        self._password = options.password
        self._wire = Wire(
            options.url,
            clock,
            translate=_translated,
            secrets=(options.password,),
            timeouts=timeouts,
            max_answer_bytes=_MOST_BYTES,
        )
        self.url = options.url
        self.calls = 0
        """Made so far, whatever came of them."""
        self._lock = RLock()
        self._token = ""
        self._witnesses: dict[int, str] = {}

    def close(self) -> None:
        """Lets go of the connection."""
        self._wire.close()

    # --- reading ------------------------------------------------------------------------------------------------------

    def get(self, path: str, key: str, /, **parameters: str) -> list[Row]:
        """The objects that an answer holds under `key`.

        Raises:
            Busy: IMatch does not answer, or not now, or not what was asked for.
            Refused: it cannot do this.
            SignInNeeded: it does not let us in.
        """
        answer = self._called("GET", f"/v1/{path}", parameters, repeatable=True)
        told = lowered(answer.json())
        if not isinstance(told, dict) or not isinstance(told.get(key), list):
            reason = f"does not hold what was asked for ({path})"
            raise answer.unreadable(reason)
        return list(rows(told[key]))

    def files(self, numbers: Iterable[int], /, **parameters: str) -> dict[int, Row]:
        """Id -> what is asked of a file; files that are not in the database are left out."""
        found = self.of_each("files", "files", numbers, **parameters)
        for known, row in found.items():
            if len(self._witnesses) < _WITNESSES and text(row.get("filename")):
                self._witnesses[known] = place(text(row["filename"]))
        return found

    def of_each(self, path: str, key: str, numbers: Iterable[int], /, **parameters: str) -> dict[int, Row]:
        """Id -> row, asked for in batches; what an answer left out is asked for once more, as answers may be paged."""

        def ask(batch: Sequence[int]) -> Sequence[Row]:
            return self.get(path, key, id=",".join(map(str, batch)), **parameters)

        found: dict[int, Row] = {}
        wanted = list(dict.fromkeys(numbers))
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            while batch:
                try:
                    got = _by_id(self._halved(batch, ask))
                except Refused:
                    if path == "files" and self._knows_others(batch):
                        break
                    raise
                found |= {one: got[one] for one in batch if one in got}
                rest = [one for one in batch if one not in got]
                batch = rest if len(rest) < len(batch) and key == "files" else []
        return found

    def _halved(self, batch: Sequence[int], ask: Ask) -> Sequence[Row]:
        """One id that cannot be asked for, or a list too long, does not keep the others from being read.

        Raises:
            Refused: none of them can.
        """
        try:
            return ask(batch)
        except Refused:
            if len(batch) == 1:
                raise
        found: list[Row] = []
        refusal: Refused | None = None
        answered = 0
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            try:
                found += self._halved(half, ask)
                answered += 1
            except Refused as error:
                refusal = error
        if refusal is not None and not answered:
            raise refusal
        return found

    def _knows_others(self, refused: Sequence[int]) -> bool:
        """Whether it is these files that IMatch does not have, as it answers about others."""
        others = sorted(self._witnesses.keys() - set(refused))
        try:
            return bool(others and self.get("files", "files", id=",".join(map(str, others)), fields="id"))
        except Refused:
            return False

    def variable(self, name: str, *, secret: bool = False) -> object:
        """The value of an application variable, as JSON has it; `None` where there is none.

        A secret never appears in logs or errors from then on.

        Raises:
            Busy: IMatch does not answer, or not now.
            SignInNeeded: it does not let us in.
        """
        try:
            told = lowered(self._called("GET", "/v1/imatch/appvar", {"name": name}, repeatable=True).json())
        except Refused:  # one that is not there is answered with an error, with nothing, or without a value
            return None
        value: object = told.get("value") if isinstance(told, dict) else None
        if secret and value is not None:
            self._wire.learn(str(value))
        return value

    # --- writing ------------------------------------------------------------------------------------------------------

    def post(self, path: str, /, *, repeatable: bool, **fields: str) -> None:
        """Writes.

        Raises:
            Busy: it was not done; later it may work.
            Uncertain: it may have been done; only where it is not repeatable.
            Refused: IMatch cannot do it.
        """
        answer = self._called("POST", f"/v1/{path}", fields, repeatable=repeatable)
        told = lowered(answer.json())
        result = told.get("result", "ok") if isinstance(told, dict) else None
        if result is None or str(result).lower() != "ok":
            message = f"IMatch says that it did not do what was asked ({path}: {result!r}). It can be tried again."
            raise Refused(message)

    # --- the token ----------------------------------------------------------------------------------------------------

    def _called(self, method: str, path: str, fields: Mapping[str, str], *, repeatable: bool) -> Answer:
        with self._lock:
            if not self._token:
                self._let_in()
            try:
                return self._sent(method, path, fields, repeatable=repeatable)
            except SignInNeeded:
                self._token = ""
            self._let_in()
            self._check_database()
            return self._sent(method, path, fields, repeatable=repeatable)

    def _sent(self, method: str, path: str, fields: Mapping[str, str], *, repeatable: bool) -> Answer:
        self.calls += 1
        told = {**fields, "auth_token": self._token}
        params, data = (told, None) if method == "GET" else (None, told)
        return self._wire.call(method, path, kind="imatch", repeatable=repeatable, params=params, data=data)

    def _let_in(self) -> None:
        self.calls += 1
        asked = {"id": self._login, "password": self._password, "appid": ""}
        try:
            answer = self._wire.call("POST", "/v1/authenticate", kind="imatch", repeatable=True, params=asked)
        except SignInNeeded as error:
            raise SignInNeeded(_turned_away(self._login, self.url)) from error
        told = lowered(answer.json())
        token = text(told.get("auth_token")) if isinstance(told, dict) else ""
        if not token:
            raise SignInNeeded(_turned_away(self._login, self.url))
        self._wire.learn(token)
        self._token = token

    def _check_database(self) -> None:
        """A token that is void may mean that another database was opened, where every id is another file's."""
        if not self._witnesses:
            return
        asked = {"id": ",".join(map(str, self._witnesses)), "fields": "id,filename"}
        answer = self._sent("GET", "/v1/files", asked, repeatable=True)
        now = {one: place(text(row.get("filename"))) for one, row in _by_id(rows(_list(answer, "files"))).items()}
        if not any(now.get(one) == name for one, name in self._witnesses.items()):
            self._witnesses.clear()
            raise LibraryUnavailable(SWITCHED)


SWITCHED = (
    "Another database was opened in IMatch while heliograph worked with the first one. What was read so far does not "
    "count, nothing was concluded and nothing was written. Open the right database and run again."
)


def unavailable(error: HeliographError, url: str) -> LibraryUnavailable:
    """What is said where the library cannot be looked at for this error."""
    if isinstance(error, LibraryUnavailable):
        return error
    if isinstance(error, Busy):
        return LibraryUnavailable(
            f"IMatch cannot be asked at {url}: {error.sentence} Nothing was concluded about its photos. Is IMatch "
            "running, with the database open and no dialog waiting? Otherwise correct `url` in [library]."
        )
    return LibraryUnavailable(f"{error.sentence} Nothing was concluded about the photos in IMatch.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a service without a login
        return "heliograph"


def _turned_away(login: str, url: str) -> str:
    return (
        f"IMatch at {url} does not let '{login}' in. Nothing was read or written. Set `login` in [library]; where it "
        "is IMatch Anywhere, give the password as HELIOGRAPH_LIBRARY__PASSWORD."
    )


def _by_id(found: Iterable[Row]) -> dict[int, Row]:
    """Of rows that come twice the first."""
    known: dict[int, Row] = {}
    for row in found:
        one = number(row.get("id"))
        if one is not None:
            known.setdefault(one, row)
    return known


def _list(answer: Answer, key: str) -> list[Any]:
    told = lowered(answer.json())
    found = told.get(key) if isinstance(told, dict) else None
    return found if isinstance(found, list) else []


def _translated(answer: Answer) -> None:
    """Raises what IMatch's own words say, whatever the status says.

    Source: photools.com, developer centre (state 2021.16.2): errors carry their number at `error.code`.
    """
    try:
        told = lowered(json.loads(answer.body.decode("utf-8")))
    except (ValueError, RecursionError):
        return
    error = told.get("error") if isinstance(told, dict) else None
    if not error:
        return
    code = number(error.get("code")) if isinstance(error, dict) else None
    said = text(error.get("message") if isinstance(error, dict) else error)[:200].rstrip(".")
    if code in _DENIED or answer.status in _DENIED:
        message = f"IMatch does not know our token ({said})."
        raise SignInNeeded(message)
    if code == _BUSY:
        message = f"IMatch is busy with a dialog or a message that is open ({said}). Close it and run again."
        raise Busy(message, _BUSY_S)
    message = f"IMatch could not do what was asked (error {code or 'without a number'}: {said})."
    raise Refused(message)
