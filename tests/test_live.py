"""The contract of platforms against a real service, by hand: `pytest -n0 --live PLATFORM tests/test_live.py`.

PLATFORM is a section of the settings that `helio` finds here, signed in to with the permission to delete. The account
must be empty, and made for tests: everything that is in it at the end of a test is taken away.
"""

import os
import socket
import time
from pathlib import Path

import pytest

from conftest import REAL_SOCKET
from contract.platform_contract import PlatformContract
from heliograph import config
from heliograph.desk.clock import SystemClock
from heliograph.desk.making import places
from heliograph.model import SubjectKind

SETTLE_S = 10.0
"""What a listing needs as a rule; `Limits.settle_s` is what it may need."""


@pytest.mark.live
class TestLive(PlatformContract):
    @pytest.fixture
    def settings(self, request):
        if not request.config.getoption("--live"):
            pytest.skip("no platform was named with --live")
        path = config.find(None, os.environ, Path.cwd())
        assert path is not None, "there are no settings here; see helio init"
        return config.load(path, os.environ)

    @pytest.fixture
    def again(self, settings, request, monkeypatch):
        monkeypatch.setattr(socket, "socket", REAL_SOCKET)
        name, made = request.config.getoption("--live"), []

        def again():
            made.append(places(settings, SystemClock())[name].platform)
            return made[-1]

        assert again().survey(None).posts == (), "the account is not empty; this test takes away whatever it finds"
        yield again
        time.sleep(SETTLE_S)
        for post in sorted(again().survey(None).posts, key=lambda post: post.kind == SubjectKind.PHOTO):
            again().delete(post)
        time.sleep(SETTLE_S)
        for platform in made:
            platform.close()

    @pytest.fixture
    def platform(self, again):
        return again()

    @pytest.fixture
    def settle(self):
        return lambda: time.sleep(SETTLE_S)
