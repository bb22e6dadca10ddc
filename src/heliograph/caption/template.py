"""Users' templates: a small, safe part of Jinja2.

A template is checked before it is run: it may name facts, choose, repeat and filter, and nothing else. So every mistake
in it shows with the first photo and does not depend on which facts a photo has; and what it may cost is bounded, since
templates are shared and metadata comes from anywhere.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache, lru_cache

from jinja2 import Template, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from heliograph.caption.filters import (
    ARGUMENTS,
    BOUNDED,
    BUDGET,
    FILTERS,
    INTERNAL,
    JOINED,
    Budget,
    printed,
)
from heliograph.caption.fit import LONGEST_OUTPUT
from heliograph.caption.names import Words, known
from heliograph.errors import Mistake

LONGEST_TEMPLATE = 4_000
"""Characters; the longest caption of any service is far from needing more."""

LONGEST_LIST = 1_000
"""Words of one list that a template sees, so that no photo can make a single loop too long."""

DEEPEST = 40
"""Levels of nesting."""

_IMPLICIT = frozenset({"self", "super", "caller", "varargs", "kwargs"})
"""Names that Jinja2 itself puts into every template."""

_LOOP = frozenset({"index", "index0", "first", "last", "length", "revindex"})

_ALLOWED: frozenset[type[nodes.Node]] = frozenset({
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Tuple, nodes.List,
    nodes.If, nodes.For, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand,
    nodes.Concat, nodes.Filter, nodes.Getitem, nodes.Getattr, nodes.Slice, nodes.Neg,
})  # fmt: skip

_TOLD: dict[type[nodes.Node], str] = {
    nodes.Call: "calls a function",
    nodes.Test: "tests with “is”",
    nodes.Assign: "sets a name",
    nodes.Macro: "defines a macro",
    nodes.Add: "adds (join texts with ~)",
    nodes.Dict: "makes a dictionary",
}


class Missing(Undefined):
    """A number that a photo does not state: prints nothing, is false, and compares as false instead of failing."""

    __slots__ = ()

    def _never(self, _: object) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _never  # type: ignore[assignment] # Jinja's own would fail


MISSING = Missing()


def check_template(part: str, source: str, allowed: frozenset[str] = frozenset()) -> None:
    """Nothing, where the template can be used. `allowed` names what it can name, where that is no photo's.

    Raises:
        Mistake: it cannot; the sentence says why.
    """
    _compiled(part, source, allowed or known())


def render(part: str, source: str, words: Words) -> str:
    """What the template makes of the words, no longer than `LONGEST_OUTPUT` and one piece more.

    Raises:
        Mistake: the template cannot be used, or repeats itself far beyond what a caption can need.
    """
    template = _compiled(part, source, frozenset(words))
    values = {name: _seen(value) for name, value in words.items()}
    pieces, size = [], 0
    try:
        for piece in template.generate({**values, BUDGET: Budget()}):
            pieces.append(piece)
            size += len(piece)
            if size > LONGEST_OUTPUT:
                break
    except (TemplateError, TypeError, ValueError, OverflowError) as error:
        raise _mistake(part, f"it cannot be carried out ({error})") from None
    return "".join(pieces)[: LONGEST_OUTPUT + 1]


def _seen(value: object) -> object:
    if value is None:
        return MISSING
    return value[:LONGEST_LIST] if isinstance(value, tuple) else value


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,  # a caption is plain text; who makes HTML of it escapes it
        undefined=Missing,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.filters.clear()
    environment.filters.update(FILTERS)
    return environment


@lru_cache(maxsize=256)
def _compiled(part: str, source: str, allowed: frozenset[str]) -> Template:
    if len(source) > LONGEST_TEMPLATE:
        raise _mistake(part, f"it has {len(source):,} characters, and at most {LONGEST_TEMPLATE:,} are allowed")
    environment = _environment()
    try:
        tree = environment.parse(source)
        _check(part, tree, 0)
        _check_names(part, tree, allowed)
        return environment.from_string(_Metered().visit(tree))
    except TemplateSyntaxError as error:
        raise _mistake(part, f"line {error.lineno}: {error.message}") from None
    except (RecursionError, SyntaxError, MemoryError):
        raise _mistake(part, "it is nested too deeply") from None


def _check(part: str, node: nodes.Node, depth: int) -> None:
    if depth > DEEPEST:
        raise _mistake(part, "it is nested too deeply")
    if type(node) not in _ALLOWED or (isinstance(node, nodes.For) and node.recursive):
        told = _TOLD.get(type(node), f"uses {type(node).__name__}")
        raise _mistake(part, f"line {node.lineno}: it {told}, which captions do not allow")
    if isinstance(node, nodes.Getattr) and not _is_of_loop(node):
        raise _mistake(part, f"line {node.lineno}: it reads “.{node.attr}”, and names of photos have no parts")
    if isinstance(node, nodes.Getitem) and not _is_place(node.arg):
        raise _mistake(part, f"line {node.lineno}: only a number or a range can stand in brackets behind a name")
    if isinstance(node, nodes.Filter):
        _check_filter(part, node)
    for child in node.iter_child_nodes():
        _check(part, child, depth + 1)


def _is_of_loop(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in _LOOP


def _is_place(node: nodes.Expr) -> bool:
    number = node.node if isinstance(node, nodes.Neg) else node
    is_number = isinstance(number, nodes.Const) and isinstance(number.value, int)
    return is_number or isinstance(node, nodes.Slice | nodes.Getattr)


def _check_filter(part: str, node: nodes.Filter) -> None:
    if node.name not in set(FILTERS) - INTERNAL:
        raise _mistake(part, f"line {node.lineno}: there is no filter “{node.name}”{_hint(node.name, set(FILTERS))}")
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise _mistake(part, f"line {node.lineno}: the filter “{node.name}” takes its arguments without names")
    taken = ARGUMENTS.get(node.name, (0,))
    if len(node.args) not in taken:
        allowed = " or ".join(str(count) for count in taken)
        raise _mistake(part, f"line {node.lineno}: the filter “{node.name}” takes {allowed} arguments")


def _check_names(part: str, tree: nodes.Template, allowed: frozenset[str]) -> None:
    used = {node.name for node in tree.find_all(nodes.Name)}
    owner = "a photo" if allowed == known() else "this template"
    for name in sorted((find_undeclared_variables(tree) - allowed) | (used & _IMPLICIT)):
        raise _mistake(part, f"it names “{name}”, which is nothing that {owner} has{_hint(name, set(allowed))}")


class _Metered(NodeTransformer):
    """Puts a meter in front of every loop and every joining of texts."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name
        weight = nodes.Const(1 + sum(1 for _ in node.find_all(nodes.Node)))
        self.generic_visit(node)
        node.iter = _filter(node.iter, BOUNDED, [weight])
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes), JOINED, [])


def _filter(node: nodes.Node, name: str, arguments: list[nodes.Const]) -> nodes.Filter:
    return nodes.Filter(node, name, arguments, [], None, None, lineno=node.lineno or 1, environment=_environment())


def _hint(name: str, names: set[str]) -> str:
    close = get_close_matches(name, sorted(names - INTERNAL), n=1)
    return f"; did you mean “{close[0]}”?" if close else f"; it knows {', '.join(sorted(names - INTERNAL))}"


def _mistake(part: str, why: str) -> Mistake:
    end = "" if why.endswith("?") else "."
    what, setting = (f"template {part}", part) if "." in part else (f"caption template “{part}”", f"captions.{part}")
    return Mistake(
        f"The {what} cannot be used: {why.rstrip('.')}{end} Nothing was changed; correct {setting} in the settings."
    )
