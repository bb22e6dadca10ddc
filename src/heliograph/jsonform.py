"""Nouns as JSON and back, without loss; and the digests that name them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from cattrs import Converter

from heliograph.model import Fields, Photo, Plan, frozen_value, value_digest

T = TypeVar("T")


@cache
def _converter() -> Converter:
    converter = Converter(
        forbid_extra_keys=True, omit_if_default=True, unstruct_collection_overrides={frozenset: sorted}
    )
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: frozen_value(value))
    converter.register_unstructure_hook(Path, str)
    converter.register_structure_hook(Path, lambda value, _: Path(value))
    return converter


def plain(noun: object) -> Any:
    """`noun` as dictionaries, lists, texts and numbers, ready for JSON."""
    return _converter().unstructure(noun)


def noun(kind: type[T], form: object) -> T:
    """The noun that `plain` was made from.

    Raises:
        cattrs.BaseValidationError: the form is not one of `kind`.
    """
    return _converter().structure(form, kind)


def fields(form: object) -> Fields:
    """A mapping of fields that went through JSON, with its lists as tuples again."""
    if not isinstance(form, dict):
        message = f"{type(form).__name__} is not a mapping of fields"
        raise TypeError(message)
    return {str(name): frozen_value(value) for name, value in form.items()}


def facts_digest(photo: Photo) -> str:
    """Changes when anything of the photo's own words that could be published changes, or what the library asks for."""
    told = (photo.facts, photo.wishes)
    notes = (photo.links, photo.orders, photo.troubles, photo.album_notes)
    return value_digest(plain((*told, *notes) if any(notes) else told))


def plan_digest(plan: Plan) -> str:
    """Names exactly what was shown; equal plans have equal digests, whatever the order of their making."""
    return value_digest(plain((plan.actions, plan.guards)))
