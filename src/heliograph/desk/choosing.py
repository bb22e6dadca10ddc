"""Which platform a verb is about that works on one alone."""

from __future__ import annotations

from collections.abc import Callable

from heliograph.desk import Desk
from heliograph.desk.making import Place
from heliograph.errors import Mistake


def chosen(desk: Desk, name: str, fits: Callable[[Place], bool], what: str) -> Place:
    """The platform of that name; without a name, the only one that fits.

    `what` ends a sentence that begins with where it is not possible: `there are no albums`.

    Raises:
        Mistake: there is no such platform, it does not fit, or it is not clear which is meant.
    """
    fitting = {one: place for one, place in desk.places.items() if fits(place)}
    if name in fitting:
        return fitting[name]
    if not name and len(fitting) == 1:
        return next(iter(fitting.values()))
    every = f"No platform in {desk.settings.path} can do it."
    known = f"It can be one of: {', '.join(fitting)}." if fitting else every
    if name in desk.places:
        message = f"{name}: {what} there. {known} Nothing was changed."
    elif name:
        message = f"There is no platform {name} in {desk.settings.path}. {known} Nothing was changed."
    elif not fitting:
        message = f"{every} On each of them {what}. Nothing was changed." if desk.places else f"{every} It names none."
    else:
        message = f"Say which platform is meant, with --only. {known} Nothing was changed."
    raise Mistake(message)
