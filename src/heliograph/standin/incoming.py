"""Files that come with a request: written to a folder while they are read, and removed where nobody took them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO

import flask

FIELDS_MAX_BYTES = 8 * 1024 * 1024
"""Of all text fields of one request together; the longest known is a list of 5,000 photo ids, 60 kB."""


class Posted(flask.Request):
    """A request whose files are on disk."""

    max_form_memory_size = FIELDS_MAX_BYTES

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  the framework's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        folder: Path = flask.current_app.config["INCOMING"]
        file = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115  closed once it was read
        flask.g.setdefault("incoming", []).append(file)
        return file


def take_files(app: flask.Flask, folder: Path) -> None:
    """Lets an application receive its files in `folder`, which loses what an earlier run left there."""
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.iterdir():
        leftover.unlink()
    app.request_class = Posted
    app.config["INCOMING"] = folder
    app.teardown_request(_swept)


def received(name: str) -> tuple[Path, str, int] | None:
    """Path, file name as the caller wrote it, and bytes of the file in a field; `None` where there is none."""
    file = flask.request.files.get(name)
    if file is None:
        return None
    file.stream.close()
    path = Path(str(file.stream.name))
    return path, file.filename or "", path.stat().st_size


def _swept(_error: BaseException | None) -> None:
    """Removes what was sent and not taken."""
    for file in flask.g.pop("incoming", ()):
        file.close()
        Path(file.name).unlink(missing_ok=True)
