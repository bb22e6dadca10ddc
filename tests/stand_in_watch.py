"""Stand-ins that run as processes of their own: what their pages show, and whether any is left."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import httpx2

ANY = "heliograph.standin."
MODULE = f"{ANY}flickr"


def page(address: str) -> str:
    return httpx2.get(address, timeout=30, trust_env=False).raise_for_status().text


def stand_ins(folder: Path) -> list[str]:
    """Command lines of stand-ins that have their state below `folder`."""
    program = shutil.which("ps")
    if program is None:
        return []
    listed = subprocess.run([program, "-A", "-ww", "-o", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if ANY in line and str(folder) in line]


def gone(folder: Path) -> bool:
    until = time.monotonic() + 15
    while stand_ins(folder) and time.monotonic() < until:
        time.sleep(0.1)
    return not stand_ins(folder)
