"""The log file in the state folder: one JSON object a line, rotating, private, without secrets."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast

from heliograph.redact import Redactor

NAME = "heliograph.log"
LENGTH_BYTES = 5_000_000
KEPT = 9
"""Older files beside the current one: ten in all."""
SECRETS = "HELIOGRAPH_SECRET_"


def open_log(state: Path, level: str, env: Mapping[str, str]) -> logging.Handler:
    """Everything that heliograph logs from now on goes into the state folder; give it to `close_log` at the end."""
    logging.raiseExceptions = False  # a full disk must not fill the terminal with tracebacks
    handler = _PrivateFile(state / NAME, maxBytes=LENGTH_BYTES, backupCount=KEPT, encoding="utf-8", delay=True)
    handler.addFilter(redactor(env))
    handler.setFormatter(_Line())
    ours = logging.getLogger("heliograph")
    ours.setLevel(level.upper())
    ours.propagate = False
    ours.addHandler(handler)
    return handler


def close_log(handler: logging.Handler) -> None:
    """Lets go of the file."""
    ours = logging.getLogger("heliograph")
    ours.removeHandler(handler)
    ours.propagate = True
    handler.close()


def redactor(env: Mapping[str, str]) -> Redactor:
    """Hides what looks like a secret, and the secrets that the environment gives."""
    return Redactor(value for name, value in env.items() if name.startswith(SECRETS))


class _PrivateFile(RotatingFileHandler):
    """Readable by its owner alone: it names photos that may be private."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cast("TextIOWrapper", open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Line(logging.Formatter):
    """JSON escapes whatever a photo's own words might do to a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"at": at, "level": record.levelname.lower(), "part": record.name, "said": record.getMessage()}
        trace = {"trace": record.exc_text.splitlines()} if record.exc_text else {}
        return json.dumps({**said, **trace})
