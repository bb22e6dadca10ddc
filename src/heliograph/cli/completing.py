"""What the shell may complete: names of platforms and of photos, from the settings and the ledger, without a word."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, split_arg_string

from heliograph.cli.options import choices

MOST = 50

_POWERSHELL = """\
$%(complete_func)s = {
    param($wordToComplete, $commandAst, $cursorPosition)
    $Env:%(complete_var)s = "powershell_complete"
    $Env:COMP_LINE = $commandAst.ToString()
    $Env:COMP_WORD = $wordToComplete
    %(prog_name)s | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        $shown = if ($help) { $help } else { $value }
        $text = if ($value -match "\\s") { "'" + $value.Replace("'", "''") + "'" } else { $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, "ParameterValue", $shown)
    }
    Remove-Item Env:%(complete_var)s, Env:COMP_LINE, Env:COMP_WORD
}
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock $%(complete_func)s
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """PowerShell 5.1 and later, which click does not know."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is begun, and that one."""
        words, begun = split_arg_string(os.environ.get("COMP_LINE", "")), os.environ.get("COMP_WORD", "")
        before = words[1:-1] if begun and words and words[-1] == begun else words[1:]
        return before, begun

    def format_completion(self, item: CompletionItem) -> str:
        """One line: the word, and what it is for."""
        return f"{item.value}\t{item.help or ''}"


def names(ctx: click.Context, _option: click.Parameter, begun: str) -> list[str]:
    """Platforms of the settings that count here."""
    from heliograph.desk import opening
    from heliograph.errors import HeliographError

    try:
        settings = opening.settings(choices(ctx).config, os.environ, Path.cwd())
    except (HeliographError, OSError):
        return []
    return [item.policy.name for item in settings.platforms if item.policy.name.startswith(begun)]


def accounts(ctx: click.Context, _argument: click.Parameter, begun: str) -> list[str]:
    """Platforms of the settings that can be signed in to."""
    from heliograph.desk import making, opening
    from heliograph.errors import HeliographError

    try:
        settings = opening.settings(choices(ctx).config, os.environ, Path.cwd())
        return [name for name in making.entrances(settings) if name.startswith(begun)]
    except (HeliographError, OSError):
        return []


def photos(ctx: click.Context, _argument: click.Parameter, begun: str) -> list[str]:
    """Photos that the ledger knows; it is not made for this, nor waited for."""
    from heliograph.desk import Desk, opening
    from heliograph.errors import HeliographError

    try:
        settings = opening.settings(choices(ctx).config, os.environ, Path.cwd())
        if not (settings.state / "ledger.sqlite").exists():
            return []
        with Desk(settings) as desk:
            return [seen.where for seen in desk.where(begun)][:MOST] if begun else []
    except (HeliographError, OSError):
        return []
