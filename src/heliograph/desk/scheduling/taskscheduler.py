"""A task of the Windows Task Scheduler, for the user alone.

Source: the Task Scheduler schema 1.2, and the order of elements in tasks that Windows itself exports (2026-11).
"""

from __future__ import annotations

import subprocess
from xml.etree import ElementTree as ET

from heliograph.desk.scheduling.job import Call, Job, Recipe, Surroundings

SCHEMA = "http://schemas.microsoft.com/windows/2004/02/mit/task"
FILE = "schedule.xml"
"""In the state folder: what the task was made from."""
_ATTRIBUTES = {"Principal": {"id": "Author"}, "Actions": {"Context": "Author"}}
"""The actions name who carries them out."""
_BEGAN = "2026-01-01T00:00:00"
"""Any moment that is past: the task repeats itself from then on."""


def recipe(job: Job, around: Surroundings) -> Recipe:
    """A task that starts when the user signs in, and again after a while."""
    file, name = job.state / FILE, f"\\heliograph\\{job.id}"
    begin = [Call(("schtasks", "/Create", "/TN", name, "/XML", str(file), "/F"))]
    if job.every_min is None:
        begin.append(Call(("schtasks", "/Run", "/TN", name)))
    end = (
        Call(("schtasks", "/End", "/TN", name), may_fail=True),
        Call(("schtasks", "/Delete", "/TN", name, "/F"), may_fail=True),
    )
    note = f'`schtasks /Query /TN "{name}" /V /FO LIST` tells how it goes.'
    xml = _task(job, around, name)
    return Recipe(((file, xml),), tuple(begin), end, (), (file,), asks=True, notes=(note,), encoding="utf-16")


def _task(job: Job, around: Surroundings, name: str) -> bytes:
    ET.register_namespace("", SCHEMA)
    task = ET.Element(f"{{{SCHEMA}}}Task", {"version": "1.2"})
    _add(task, {"RegistrationInfo": {"Description": job.title, "URI": name}})
    _add(task, {"Triggers": _triggers(job, around)})
    principal = {"UserId": around.account} if around.account else {}
    _add(
        task,
        {"Principals": {"Principal": {**principal, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"}}},
    )
    restart = {"RestartOnFailure": {"Interval": "PT1M", "Count": "255"}} if job.every_min is None else {}
    settings = {
        "MultipleInstancesPolicy": "IgnoreNew",
        "DisallowStartIfOnBatteries": "false",
        "StopIfGoingOnBatteries": "false",
        "StartWhenAvailable": "true",
        "ExecutionTimeLimit": "PT0S",
        "Priority": "7",
        **restart,
    }
    _add(task, {"Settings": settings})
    program, *words = job.words
    _add(task, {"Actions": {"Exec": {"Command": program, "Arguments": subprocess.list2cmdline(words)}}})
    ET.indent(task)
    return b"\xff\xfe" + f'<?xml version="1.0" encoding="UTF-16"?>\n{ET.tostring(task, "unicode")}\n'.encode(
        "utf-16-le"
    )


def _triggers(job: Job, around: Surroundings) -> dict[str, object]:
    user = {"UserId": around.account} if around.account else {}
    if job.every_min is None:
        return {"LogonTrigger": {"Enabled": "true", **user}}
    repeats = {"Interval": f"PT{job.every_min}M", "StopAtDurationEnd": "false"}
    return {"TimeTrigger": {"Repetition": repeats, "StartBoundary": _BEGAN, "Enabled": "true"}}


def _add(parent: ET.Element, parts: dict[str, object]) -> None:
    for name, value in parts.items():
        child = ET.SubElement(parent, f"{{{SCHEMA}}}{name}", _ATTRIBUTES.get(name, {}))
        if isinstance(value, dict):
            _add(child, value)
        else:
            child.text = str(value)
