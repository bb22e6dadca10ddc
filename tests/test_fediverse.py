"""Every dialect of the fediverse keeps the contract of platforms."""

from pathlib import Path

import pytest

from contract.homeward_contract import HomewardContract
from contract.platform_contract import PlatformContract
from fediverse_house import EVERY, House


@pytest.mark.parametrize("profile", EVERY)
class TestFediverse(HomewardContract, PlatformContract):
    """Against the stand-in with each software's ways."""

    @pytest.fixture
    def house(self, tmp_path: Path, profile: str):
        with House.opened(tmp_path, profile) as house:
            yield house

    @pytest.fixture
    def platform(self, house):
        platform = house.platform()
        platform.survey(None)
        return platform

    @pytest.fixture
    def again(self, house):
        return house.platform
