"""From the house's sentences to the labels under which IMatch's users look for photos that need work."""

from __future__ import annotations

import re
from collections.abc import Iterable

OTHER = "other"
_LABELS = (
    ("conflicting instructions", r"conflicting instructions"),
    ("referenced file", r"used in your note|has words of yours|was edited by hand|your notes cannot be read"),
    ("invalid format", r"allowed format|none that is known|not taken there|cannot be decoded|could not be decoded"),
    ("file too large", r"too large|absurdly large|bytes, and at most|pixels, and at most"),
    ("missing title", r"has no title\b"),
    ("missing headline", r"has no headline\b"),
    ("missing alt text", r"has no alt text\b"),
    ("missing description", r"has no (caption|extended description)\b"),
    ("missing hierarchical_keywords", r"has no keyword\b"),
    ("missing genre", r"has no genre\b"),
    ("missing make", r"has no camera make\b"),
    ("missing model", r"has no camera model\b"),
    ("missing date", r"has no date taken\b"),
    ("missing location", r"has no (place|position)\b"),
    ("missing copyright", r"has no (copyright notice|licence|creator|credit line)\b"),
)
"""Label -> how sentences begin or go on that belong under it; the older ones as in IMatch to Socials (2024 to 2025)."""
_PATTERNS = tuple((label, re.compile(pattern, re.IGNORECASE)) for label, pattern in _LABELS)

LABELS = (*(label for label, _ in _LABELS), OTHER)
"""Every label that there can be: few, so that users can make the categories once."""


def label(sentence: str) -> str:
    """The label of one refusal."""
    return next((name for name, pattern in _PATTERNS if pattern.search(sentence)), OTHER)


def labels(sentences: Iterable[str]) -> frozenset[str]:
    """The labels of a photo's refusals."""
    return frozenset(map(label, sentences))
