"""Flickr keeps the contract of platforms, over a real socket."""

from pathlib import Path

import pytest

from contract.homeward_contract import HomewardContract
from contract.platform_contract import PlatformContract
from flickr_house import House


class TestFlickr(HomewardContract, PlatformContract):
    """Against the stand-in; what Flickr makes of words is told by the next listing only."""

    @pytest.fixture
    def house(self, tmp_path: Path):
        with House.opened(tmp_path / "flickr") as house:
            yield house

    @pytest.fixture
    def platform(self, house):
        return house.platform()

    @pytest.fixture
    def again(self, house):
        return house.platform
