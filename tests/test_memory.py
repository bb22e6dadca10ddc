"""The platform in memory, on which crashes are tried, keeps the same promises as every real one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract.homeward_contract import HomewardContract
from contract.platform_contract import PlatformContract
from heliograph.model import F
from memory import PHOTO_FIELDS, FakeClock, MemoryPlatform, World


class TestMemoryPlatformKeepsTheContract(HomewardContract, PlatformContract):
    @pytest.fixture
    def place(self) -> tuple[World, FakeClock]:
        return World(), FakeClock()

    @pytest.fixture
    def again(self, place: tuple[World, FakeClock]) -> Callable[[], MemoryPlatform]:
        world, clock = place
        return lambda: MemoryPlatform(world, clock)

    @pytest.fixture
    def platform(self, again: Callable[[], MemoryPlatform]) -> MemoryPlatform:
        return again()

    @pytest.fixture
    def settle(self, place: tuple[World, FakeClock]) -> Callable[[], None]:
        return lambda: place[1].sleep(61)


class TestItKeepsTheContractWithOthersAroundToo(TestMemoryPlatformKeepsTheContract):
    """Albums that are filled later, audiences, groups, texts that become HTML, tags of others that stay."""

    @pytest.fixture
    def again(self, place: tuple[World, FakeClock]) -> Callable[[], MemoryPlatform]:
        world, clock = place
        return lambda: MemoryPlatform(
            *(world, clock),
            rides=PHOTO_FIELDS - {F.TAKEN, F.TITLE, F.TEXT},
            album_rides=frozenset({F.TITLE, F.TEXT, F.COVER}),
            album_lives=True,
            audiences=("public", "private"),
            groups=True,
            escapes=True,
            keeps_tags=True,
        )
