"""Where templates run: they reach what the pages are made from, and nothing of the program.

In a large site every question is asked a million times. So the sandbox's own are not asked about records and tables
whose fields are data alone, nor about macros and our own functions, which are as safe as what they are called with; and
what our templates ask with words of their own is answered when they are compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from jinja2 import nodes
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from heliograph.platforms.site.groupings import Collection, Tile

Functions = Mapping[str, Callable[..., str]]
"""By the names that templates have for them."""
_NONE: Functions = MappingProxyType({})

_FIELDS = {kind: frozenset(field.name for field in fields(kind)) for kind in (Collection, Tile)}


class Sandbox(ImmutableSandboxedEnvironment):
    """Templates of anybody, with quick ways to what they show.

    Args:
        *args: as Jinja has them, like every other argument.
        answers: functions that answer the same whenever they are asked the same.
        functions: others that templates may call.
        foreign: names of templates that are not ours; in ours nothing else may be called like one of `answers`.
    """

    def __init__(
        self,
        *args: Any,
        answers: Functions = _NONE,
        functions: Functions = _NONE,
        foreign: Container[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        ours = {**answers, **functions, "once": self._once}
        self.globals |= ours
        self._ours = frozenset(map(id, ours.values()))
        self._answers, self._foreign = answers, foreign
        self._kept: dict[tuple[object, ...], str] = {}
        self._safe: dict[tuple[type, str], bool] = {}

    def forget(self) -> None:
        """Lets go of what `once` kept."""
        self._kept.clear()

    def _once(self, macro: object, *arguments: object) -> str:
        """What a macro of a template makes of a tile and plain values: most tiles stand on many pages, all alike."""
        if not isinstance(macro, Macro):
            message = "once() takes a macro and what it is called with"
            raise TypeError(message)
        # Text and the same text as HTML are equal, and so are 1 and true: with their kinds they are not.
        key = (macro, *((type(one), one.digest if isinstance(one, Tile) else one) for one in arguments))
        if key not in self._kept:
            self._kept[key] = macro(*arguments)
        return self._kept[key]

    def compile(self, source: Any, name: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """As ever; of our own templates, with the answers that are known before any page is."""
        if isinstance(source, str) and name not in self._foreign:
            source = _Answered(self._answers).visit(self.parse(source, name))
        return super().compile(source, name, *args, **kwargs)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever, by the shortest way where it is a macro or a function of ours."""
        is_macro = type(obj) is Macro
        if not is_macro and id(obj) not in self._ours:
            return super().call(context, obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return obj(context.eval_ctx, *args, **kwargs) if is_macro else obj(*args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a table before its methods, so that a key may be called `items`; else as the sandbox has it."""
        kind = type(obj)
        if kind is dict and attribute in obj:
            return obj[attribute]
        if attribute in _FIELDS.get(kind, ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """As the sandbox has it: it goes by the kind of a thing, so it is asked once about each."""
        key = (type(obj), attr)
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


@dataclass(frozen=True, slots=True)
class _Answered(NodeTransformer):
    """Puts what functions answer into the places where they are called with nothing but constants."""

    answers: Functions

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802 - Jinja calls it so
        """Leaves what cannot be answered to the making of the page, which can say where it stands."""
        self.generic_visit(node, *args, **kwargs)
        answer = self.answers.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if answer is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        try:
            return nodes.Const(answer(*(given.as_const() for given in node.args)), lineno=node.lineno)
        except (nodes.Impossible, LookupError, TypeError, ValueError):
            return node
