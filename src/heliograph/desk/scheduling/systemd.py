"""Units of the user's own systemd: a service, and a timer that starts it.

Source: systemd.service(5), systemd.timer(5), systemd.syntax(7), "Command lines" (2026-11).
"""

from __future__ import annotations

from heliograph.desk.scheduling.job import Call, Job, Recipe, Surroundings

_SPECIAL = {"\\": "\\\\", '"': '\\"', "%": "%%", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_WELL = "10 12 14 15 130 143"
"""Ends that are no failure: refused photos, a spent budget, questions, another run, and being asked to stop."""


def recipe(job: Job, around: Surroundings) -> Recipe:
    """A service that a timer starts, or one that watches."""
    folder, name = around.config / "systemd" / "user", f"heliograph-{job.id}"
    service, timer = folder / f"{name}.service", folder / f"{name}.timer"
    watches = job.every_min is None
    files = [(service, _service(job).encode("utf-8", "surrogateescape"))]
    if not watches:
        files.append((timer, _timer(job).encode()))
    unit = f"{name}.service" if watches else f"{name}.timer"
    reload = Call(("systemctl", "--user", "daemon-reload"))
    return Recipe(
        tuple(files),
        (
            reload,
            Call(("systemctl", "--user", "enable", unit)),
            Call(("systemctl", "--user", "restart", unit)),
        ),
        tuple(
            Call(("systemctl", "--user", "disable", "--now", one), may_fail=True)
            for one in (f"{name}.timer", f"{name}.service")
        ),
        (reload,),
        (service, timer),
        notes=(
            "systemd ends it when you sign out. `loginctl enable-linger` lets it go on.",
            f"`systemctl --user status {name}.service` and `journalctl --user -u {name}` tell how it goes.",
        ),
    )


def _service(job: Job) -> str:
    watches = job.every_min is None
    kind = (
        "Type=exec\nRestart=on-failure\nRestartSec=60\nRestartPreventExitStatus=2 15\nTimeoutStopSec=300\n"
        if watches
        else "Type=oneshot\n"
    )
    start = "\n[Install]\nWantedBy=default.target\n" if watches else ""
    return (
        f"[Unit]\nDescription={_described(job.title)}\n\n"
        f"[Service]\n{kind}ExecStart={' '.join(map(quoted, job.words))}\n"
        f"SuccessExitStatus={_WELL}\nNice=10\n{start}"
    )


def _timer(job: Job) -> str:
    return (
        f"[Unit]\nDescription={_described(job.title)}\n\n"
        f"[Timer]\nOnStartupSec=2min\nOnUnitInactiveSec={job.every_min}min\nRandomizedDelaySec=30\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def quoted(word: str) -> str:
    """A word of a command line as a unit says it, whatever is in it."""
    escaped = "".join(_SPECIAL.get(sign, sign) for sign in word)
    return f'"{escaped.replace("$", "$$")}"'


def _described(title: str) -> str:
    return " ".join(title.split()).replace("%", "%%").rstrip("\\")
