"""How many calls a caller may make, within fixed windows of the clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.reply import rate_headers
from heliograph.standin.fediverse.traits import Rate


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands with one rate after a call."""

    rate: Rate
    spent: int
    resets_at: float

    @property
    def remaining(self) -> int:
        """Calls that are left."""
        return max(0, self.rate.count - self.spent)


class Rates:
    """What each caller spent. Forgotten when the stand-in ends."""

    def __init__(self) -> None:
        self._spent: Counter[tuple[str, Rate, int]] = Counter()

    def clear(self) -> None:
        """Nobody spent anything."""
        self._spent.clear()

    def spend(self, call: Asked, route: Route) -> list[Standing]:
        """Counts a call; how its caller then stands with each rate that is about it."""
        kinds = {"calls", route.kind}
        if route.kind == "pages" and not {"page", "min_id", "max_id", "since_id"} & set(call.args):
            kinds.discard("pages")
        now, who = call.world.now(), call.token.id if call.token else ""
        found = []
        for rate in call.traits.rates:
            if rate.kind in kinds:
                window = int(now // rate.window_s)
                self._spent[who, rate, window] += 1
                found.append(Standing(rate, self._spent[who, rate, window], (window + 1) * rate.window_s))
        return found


def tightest(standings: list[Standing]) -> Standing | None:
    """The one that is used up, or of those that are not the one with the least left."""
    return min(standings, key=lambda one: (one.remaining, one.rate.count), default=None)


def headers(standing: Standing | None, call: Asked, *, over: bool) -> dict[str, str]:
    """What an answer tells about rates, in the software's style."""
    style = call.traits.resets
    if standing is None or not style:
        return {}
    remaining = standing.remaining if call.dials.rates_enforced else standing.rate.count
    told = rate_headers(style, standing.rate.count, remaining, standing.resets_at, call.world.now())
    if style == "unix" and not over:
        return {name: told[name] for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining")}
    return told


def exceeded(standings: list[Standing]) -> Standing | None:
    """A rate with more calls than it permits."""
    return next((one for one in standings if one.spent > one.rate.count), None)
