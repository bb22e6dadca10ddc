"""What every verb understands, before or behind its name; and help that begins with examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from heliograph import __version__
from heliograph.cli.interrupts import PipeClosed

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Choices:
    """How the command is to behave, whichever verb it is."""

    config: Path | None = None
    loud: int = 0


class Verb(click.Command):
    """A verb whose help begins with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, then what it does, then how it is called."""
        _write_examples(formatter, self.examples)
        formatter.write_paragraph()
        super().format_help(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does it, but a reader that went away is told by a word of our own, which click lets through."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as trouble:
            raise PipeClosed from trouble


class Helio(click.Group):
    """The command itself: its verbs in the order in which a newcomer meets them."""

    examples: Sequence[str] = ()
    chapters: Mapping[str, Sequence[str]]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own call
        """In the order of the chapters."""
        return [name for names in self.chapters.values() for name in names]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples first."""
        _write_examples(formatter, self.examples)
        formatter.write_paragraph()
        super().format_help(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """One list for each chapter."""
        width = max(len(name) for name in self.commands)
        for chapter, names in self.chapters.items():
            rows = [(name.ljust(width), self.commands[name].get_short_help_str(60)) for name in names]
            with formatter.section(chapter):
                formatter.write_dl(rows)


def shared(function: F) -> F:
    """Options that may stand before or behind the verb."""
    for option in reversed(
        (
            click.option(
                "--config",
                type=click.Path(path_type=Path),
                metavar="PATH",
                expose_value=False,
                callback=_set_config,
                help="The settings file, or the folder that holds it.",
            ),
            click.option(
                "-v", "--verbose", count=True, expose_value=False, callback=_louder, help="Tell more; -vv: all."
            ),
            click.option(
                "-q", "--quiet", is_flag=True, expose_value=False, callback=_quieter, help="Tell only trouble."
            ),
        )
    ):
        function = option(function)
    return function


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, with its schema.")
lines_option = click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on stdout, then the outcome.")
version_option = click.version_option(__version__, "--version", prog_name="helio", message="%(prog)s %(version)s")


def choices(ctx: click.Context) -> Choices:
    """What was chosen before and behind the verb."""
    return ctx.ensure_object(Choices)


def _write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    if not examples:
        return
    rows = [tuple(part.strip() for part in example.partition("#")[::2]) for example in examples]
    with formatter.section("Examples"):
        formatter.write_dl([(line, said) for line, said in rows], col_max=42)


def _set_config(ctx: click.Context, _option: click.Parameter, given: Path | None) -> None:
    if given is not None:
        choices(ctx).config = given


def _louder(ctx: click.Context, _option: click.Parameter, count: int) -> None:
    if count:
        choices(ctx).loud = count


def _quieter(ctx: click.Context, _option: click.Parameter, given: bool) -> None:
    if given:
        choices(ctx).loud = -1
