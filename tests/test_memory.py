"""The platform in memory, on which crashes are tried, keeps the same promises as every real one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract.platform_contract import PlatformContract
from memory import FakeClock, MemoryPlatform, World


class TestMemoryPlatformKeepsTheContract(PlatformContract):
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
