"""What the verbs tell as JSON documents, each with its schema's name; a schema only ever gains keys."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from cattrs import Converter

from heliograph.execute import Event


def document(name: str, **parts: object) -> dict[str, Any]:
    """`parts` as plain data below `schema: heliograph.NAME/1`; no key is left out, whatever its value."""
    return {"schema": f"heliograph.{name}/1", **{key: _converter().unstructure(part) for key, part in parts.items()}}


def event_document(event: Event) -> dict[str, Any]:
    """One event of a run."""
    action = event.action
    return document(
        "event",
        end=event.end,
        verb=action.verb,
        platform=action.platform,
        kind=action.subject.kind,
        where=action.where,
        sentence=event.sentence,
        reason=action.reason,
        url=event.post.url if event.post else "",
        changes=action.changes,
        takes=action.takes,
        choices=action.choices,
    )


@cache
def _converter() -> Converter:
    converter = Converter(unstruct_collection_overrides={frozenset: sorted})
    converter.register_unstructure_hook(Path, str)
    return converter
