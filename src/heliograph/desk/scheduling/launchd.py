"""An agent of the user's own launchd.

Source: launchd.plist(5), launchctl(1) of macOS 14 (2026-11).
"""

from __future__ import annotations

import plistlib

from heliograph.desk.scheduling.job import Call, Job, Recipe, Surroundings

ERRORS = "schedule-errors.txt"
"""In the state folder: what a run that the system started had to say."""


def recipe(job: Job, around: Surroundings) -> Recipe:
    """An agent that starts when the user signs in, and again after a while or whenever it ends."""
    label = f"org.heliograph.{job.id}"
    file = around.home / "Library" / "LaunchAgents" / f"{label}.plist"
    domain = f"gui/{around.user}"
    begin = (
        Call(("launchctl", "enable", f"{domain}/{label}")),
        Call(("launchctl", "bootstrap", domain, str(file))),
    )
    end = (Call(("launchctl", "bootout", f"{domain}/{label}"), may_fail=True),)
    note = f"`launchctl print {domain}/{label}` tells how it goes; {job.state / ERRORS} holds what it says."
    return Recipe(((file, plistlib.dumps(_agent(job, label))),), begin, end, (), (file,), notes=(note,))


def _agent(job: Job, label: str) -> dict[str, object]:
    often: dict[str, object] = (
        {"KeepAlive": {"SuccessfulExit": False}, "ThrottleInterval": 60, "ExitTimeOut": 300}
        if job.every_min is None
        else {"StartInterval": job.every_min * 60}
    )
    return {
        "Label": label,
        "ProgramArguments": list(job.words),
        "RunAtLoad": True,
        "ProcessType": "Background",
        "StandardErrorPath": str(job.state / ERRORS),
        **often,
    }
