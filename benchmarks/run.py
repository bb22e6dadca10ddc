"""Runs the benchmarks and prints their table: `python benchmarks/run.py [--quick] [--write] [NAME ...]`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"

MEASURES = ("indexing", "unchanged", "applying", "rendering", "uploading", "website", "flickrsync")
"""Modules beside this one, each with `rows`. They are imported late: the processes that read photos import this page
anew as they start, and `helio` itself is no heavier."""


def main() -> int:
    """0 where every target was met."""
    import measuring
    from heliograph.libraries.folder.workers import cores

    asked = _arguments()
    asked.cache.mkdir(parents=True, exist_ok=True)
    print(f"samples and scratch data: {asked.cache}", file=sys.stderr)
    rows = []
    for name in asked.names or MEASURES:
        for row in import_module(name).rows(asked.cache, cores(), quick=asked.quick):
            rows.append(row)
            print(f"{row.measure}: {row.ours}; {row.peer}", file=sys.stderr)
    told = f"{_machine(quick=asked.quick)}\n\n{measuring.table(rows)}"
    print(told)
    if asked.write:
        _write(told)
    return int(any(row.met is False for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASURES)}; without any, all of them")
    parser.add_argument("--quick", action="store_true", help="few and small samples: to see that it works")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}, too")
    usual = Path(tempfile.gettempdir()) / "heliograph-benchmarks"
    parser.add_argument("--cache", type=Path, default=usual, help="folder for samples, kept for the next run (3 GB)")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in MEASURES]
    if unknown:
        parser.error(f"there is no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    return asked


def _machine(*, quick: bool) -> str:
    """When and on what kind of machine, and how busy it was with other things."""
    from heliograph.libraries.folder.workers import cores

    words = [f"{datetime.now(UTC):%Y-%m-%d}", f"{cores()} cores", platform.system()]
    words.append(f"Python {platform.python_version()}")
    if hasattr(os, "getloadavg"):
        words.append(f"load at the end {os.getloadavg()[0]:.1f}")
    if quick:
        words.append("quick run, its figures mean little")
    return ", ".join(words)


def _write(told: str) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{told}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
