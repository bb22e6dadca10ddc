"""What holds for every test: repeatable examples, nobody is called but this machine, and what was left out is named."""

from __future__ import annotations

import gc
import ipaddress
import os
import signal
import socket
from collections import defaultdict

import pytest
from hypothesis import settings

pytest_plugins = ("studio", "moody", "site_visit", "small_world", "wire_service")
"""Fixtures that several files share."""

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

NEEDS = {
    "live": "an account of your own that is empty and made for tests: pytest --live PLATFORM tests/test_live.py",
    "axe": "axe-core (npm) and Chromium; the place of axe.min.js in HELIOGRAPH_TEST_AXE",
    "browser": "Chromium; Debian: apt-get install chromium",
    "exfat": "Linux, root, a loop device, mkfs.exfat and mount.exfat-fuse; Debian: exfatprogs exfat-fuse",
    "exiftool": "ExifTool 12.58 or later on the path, or its place in HELIOGRAPH_TEST_EXIFTOOL",
}
"""Marker -> what the machine lacks where such a test was left out."""


LONGEST_NAME = 80
"""Characters of an example that are part of its test's name."""

REAL_SOCKET = socket.socket

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as for tests in the background, which send it all the same
    signal.signal(signal.SIGINT, signal.default_int_handler)

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Hundreds of commands and their workers are started: each would compile every source file anew."""


@pytest.fixture(scope="session", autouse=True)
def _nobody_waits_for_the_disk():
    """Processes die here, the power does not fail: only a power cut asks for more."""
    from studio import quick_ledgers

    with quick_ledgers(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Thousands of tests are no garbage: none is looked for among them, neither while they are found nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What takes long begins first, so that nobody waits for it at the end; all that needs a browser shares one."""
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_make_parametrize_id(val, argname):
    """An example of megabytes is named like a short one: a test's name is sent, compared and printed many times."""
    return argname if isinstance(val, str | bytes) and len(val) > LONGEST_NAME else None


def pytest_addoption(parser):
    words = "also run the contract of platforms against this platform of your own settings: an empty account for tests"
    parser.addoption("--live", metavar="PLATFORM", default="", help=words)


class Loopback(socket.socket):
    """Reaches this machine and nothing else."""

    def connect(self, address, /):
        check(self, address)
        super().connect(address)

    def connect_ex(self, address, /):
        check(self, address)
        return super().connect_ex(address)


def check(connection, address):
    """Raises an error that no product code takes for a network's own."""
    if connection.family not in {socket.AF_INET, socket.AF_INET6} or address[0] == "localhost":
        return
    try:
        inside = ipaddress.ip_address(address[0].partition("%")[0]).is_loopback
    except ValueError:
        inside = False
    if not inside:
        connection.close()
        message = f"a test tried to reach {address}; tests reach loopback only"
        raise AssertionError(message)


@pytest.fixture(autouse=True)
def nobody_is_called_but_this_machine(monkeypatch):
    monkeypatch.setattr(socket, "socket", Loopback)


def left_out(reports):
    """Lines that say how many tests were left out, by what they would need or by their own reason."""
    groups = defaultdict(set)
    for report in reports:
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        marker = next((marker for marker in NEEDS if marker in report.keywords), "")
        key = f"{marker}: needs {NEEDS[marker]} ({reason})" if marker else reason
        groups[key].add(report.nodeid)
    for key, nodes in sorted(groups.items()):
        files = sorted({node.partition("::")[0] for node in nodes})
        yield f"{len(nodes)} left out, {key} [{', '.join(files)}]"


def pytest_terminal_summary(terminalreporter):
    lines = list(left_out(terminalreporter.stats.get("skipped", [])))
    if lines:
        terminalreporter.section("left out, and why")
        for line in lines:
            terminalreporter.write_line(line)
