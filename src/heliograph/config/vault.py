"""Where tokens are kept: the system's keyring, or a private file where there is none; the environment wins."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from heliograph.errors import Mistake

_PUBLIC = 0o077
_FILE = "secrets.toml"


class Secret(str):
    """A text that does not show itself in `repr`, and so neither in records nor in tracebacks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(hidden)"


class Vault:
    """Secrets by platform and name. What the keyring would not take is in `secrets.toml` in the state folder."""

    def __init__(self, state: Path, env: Mapping[str, str], service: str = "heliograph") -> None:
        self._file = state / _FILE
        self._env = env
        self._service = service

    def __repr__(self) -> str:
        return f"Vault({self._service})"

    def get(self, platform: str, name: str) -> Secret | None:
        """The secret, or `None` where there is none.

        HELIOGRAPH_SECRET_PLATFORM_NAME wins, then the file that HELIOGRAPH_SECRET_PLATFORM_NAME_FILE names.

        Raises:
            Mistake: the private file can be read by others, or cannot be read.
        """
        given = self._given(platform, name)
        if given is not None:
            return given
        # The file comes before the keyring: it only holds what the keyring refused, which is the newer value.
        kept = self._read().get(platform, {}).get(name)
        if kept is None:
            kept = self._ask(lambda ring: ring.get_password(self._service, _entry(platform, name)))
        return None if kept is None else Secret(kept)

    def set(self, platform: str, name: str, value: str) -> str:
        """Keeps the secret, and says in a sentence where."""

        def keep(ring: Any) -> bool:
            ring.set_password(self._service, _entry(platform, name), str(value))
            return bool(ring.get_password(self._service, _entry(platform, name)) == value)

        kept = self._ask(keep)
        self._write(platform, name, None if kept else str(value))
        if kept:
            return f"The {name} of {platform} is kept in the system's keyring."
        return f"No keyring can be used here, so the {name} of {platform} is kept in the private file {self._file}."

    def delete(self, platform: str, name: str) -> None:
        """Forgets the secret everywhere but in the environment; one that is not there is forgotten already."""
        self._write(platform, name, None)
        entry = _entry(platform, name)
        if self._ask(lambda ring: ring.get_password(self._service, entry)) is not None:
            self._ask(lambda ring: ring.delete_password(self._service, entry))
        if self._ask(lambda ring: ring.get_password(self._service, entry)) is not None:
            message = (
                f"The keyring did not let go of the {name} of {platform}. Remove it with the keyring's own program."
            )
            raise Mistake(message)

    def place(self) -> str:
        """Where new secrets would go, as a sentence for `helio doctor`."""
        ring = _ring()
        if ring is None:
            return f"No system keyring can be used here; secrets are kept in the private file {self._file}."
        return f"Secrets are kept in the system's keyring ({_title(ring)})."

    def _given(self, platform: str, name: str) -> Secret | None:
        given = variable(platform, name)
        if self._env.get(given):
            return Secret(self._env[given].strip())
        if not self._env.get(f"{given}_FILE"):
            return None
        path = Path(self._env[f"{given}_FILE"])
        try:
            return Secret(path.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError):
            message = f"The file {path} named by {given}_FILE cannot be read. Correct the path or its permissions."
        raise Mistake(message)

    def _ask(self, what: Callable[[Any], Any]) -> Any:
        ring = _ring()
        if ring is None:
            return None
        try:
            return what(ring)
        except Exception:  # noqa: BLE001 - backends raise their own kinds: locked, no bus, dismissed; all mean "not here"
            return None

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            mode = self._file.stat().st_mode
            if os.name == "posix" and mode & _PUBLIC:
                message = (
                    f"{self._file} holds secrets and can be read by other users. "
                    f"Run: chmod 600 '{self._file}' - and sign in anew if someone may have read it."
                )
                raise Mistake(message)
            return tomllib.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            message = f"The private file {self._file} cannot be read. Remove it and sign in again."
        raise Mistake(message)

    def _write(self, platform: str, name: str, value: str | None) -> None:
        secrets = self._read()
        kept = dict(secrets.get(platform, {}))
        if kept.get(name) == value:
            return
        kept.pop(name, None)
        secrets[platform] = kept if value is None else {**kept, name: value}
        try:
            self._replace(secrets)
        except OSError as error:
            reason = error.strerror
        else:
            return
        message = f"The private file {self._file} cannot be written: {reason}. The secret was not kept."
        raise Mistake(message)

    def _replace(self, secrets: Mapping[str, Mapping[str, str]]) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._file.with_name(f"{_FILE}.{os.getpid()}.part")
        part.unlink(missing_ok=True)
        # Private from its first byte: a mode set afterwards would leave a moment to read it.
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(_toml(secrets))
                out.flush()
                os.fsync(out.fileno())
            part.replace(self._file)
        finally:
            part.unlink(missing_ok=True)


def variable(platform: str, name: str) -> str:
    """The environment variable that gives a secret; with `_FILE` behind it, the one that names its file."""
    return "HELIOGRAPH_SECRET_" + re.sub(r"[^A-Z0-9]", "_", f"{platform}_{name}".upper())


def _entry(platform: str, name: str) -> str:
    return f"{platform}/{name}"


def _toml(secrets: Mapping[str, Mapping[str, str]]) -> str:
    lines = ["# Secrets of heliograph. Never share or publish this file."]
    for platform, kept in secrets.items():
        if kept:
            lines.append(f"[{_text(platform)}]")
            lines += [f"{_text(name)} = {_text(value)}" for name, value in kept.items()]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _ring() -> Any:
    """The keyring that can be used, or `None`; its library is slow to import, so only here."""
    try:
        import keyring

        ring = keyring.get_keyring()
        usable = ring.priority > 0
    except Exception:  # noqa: BLE001 - a backend that cannot even be asked is none
        return None
    return ring if usable else None


def _title(ring: Any) -> str:
    return str(getattr(ring, "name", type(ring).__name__))
