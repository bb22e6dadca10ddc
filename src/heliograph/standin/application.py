"""Applications whose addresses are compiled once for each kind: that takes longer than all else about making one."""

from __future__ import annotations

from typing import Any, ClassVar

import flask


class Application(flask.Flask):
    """Those of one name and part answer at the same addresses, each with views of its own.

    Args:
        name: Of the module whose folder holds the templates.
        part: Of those that the module makes, where they differ in their addresses.
        merge_slashes: Whether a caller who writes two slashes for one is sent to the right address.
    """

    _finished: ClassVar[dict[str, Any]] = {}

    def __init__(self, name: str, part: str = "", *, merge_slashes: bool) -> None:
        super().__init__(name, static_folder=None)
        self._kind = f"{name} {part}"
        self._known = self._kind in self._finished
        if self._known:
            self.url_map = self._finished[self._kind]
        else:
            self.url_map.strict_slashes = False
            self.url_map.merge_slashes = merge_slashes

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Adds the address, or only its view where the addresses are known."""
        if self._known:
            self.view_functions[str(endpoint)] = view_func
        else:
            super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)

    def finished(self) -> Application:
        """Itself; the next of its kind takes over its addresses."""
        self._finished[self._kind] = self.url_map
        return self
