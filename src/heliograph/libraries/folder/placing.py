"""Files that come to stand somewhere: whole or not at all, never over another one, and certainly on the disk."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

_HALF, _ENDING = ".heliograph-", ".part"
"""Around the names of files that are being made; hidden, so that no look at the library takes one for a photo."""

_STALE = timedelta(days=1)
"""After that long nobody is making it any more."""

_CANNOT_LINK = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOTSUP})
"""How file systems without links say so; FAT, and shares of other computers."""


def half_of(folder: Path, *whose: str) -> Path:
    """Where something is made before it gets its name: the same place each time, for the same thing."""
    digest = hashlib.sha256("\0".join(whose).encode("utf-8", "surrogatepass")).hexdigest()
    return folder / f"{_HALF}{digest[:20]}{_ENDING}"


def copied(source: Path, target: Path) -> None:
    """Makes `target` anew, as a copy that is on the disk.

    What stands there is taken away and never written over: it may be a second name of a file that is placed already.
    """
    target.unlink(missing_ok=True)
    with source.open("rb") as come, target.open("xb") as go:
        shutil.copyfileobj(come, go, 1 << 20)
        go.flush()
        os.fsync(go.fileno())


def written(target: Path, content: bytes) -> None:
    """Likewise, of bytes."""
    target.unlink(missing_ok=True)
    with target.open("xb") as go:
        go.write(content)
        go.flush()
        os.fsync(go.fileno())


def placed(half: Path, target: Path) -> None:
    """Gives a file that was made its name, unless another one has that.

    Raises:
        FileExistsError: another one has.
    """
    try:
        os.link(half, target)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        target.open("xb").close()  # the name is ours now; whoever looks meanwhile finds an empty file and no photo
        try:
            half.replace(target)
        except OSError:
            target.unlink(missing_ok=True)
            raise
        return
    half.unlink()


def sync_folder(folder: Path) -> None:
    """Makes names in `folder` last, where the system can open folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def swept(folder: Path, names: Iterable[str], now: datetime) -> None:
    """Takes away what was being made there long ago and never got its name."""
    for name in names:
        if name.startswith(_HALF) and name.endswith(_ENDING):
            with suppress(OSError):
                path = folder / name
                if now.timestamp() - path.stat().st_mtime > _STALE.total_seconds():
                    path.unlink()
