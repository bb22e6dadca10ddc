"""Values of every field that a platform may show."""

from __future__ import annotations

from heliograph.model import F, Value

SHOWN: dict[str, tuple[Value, Value]] = {
    F.TITLE: ("Low tide", "Low tide at Reine"),
    F.TEXT: ("Boats on the sand.\n\nWaiting.", "Boats on the sand, “waiting” & <still>."),
    F.ALT: ("Three boats lie on wet sand", "Three red boats lie on wet sand"),
    F.TAGS: (("Sea", "Norway"), ("Norway", "Boats", "Öland")),
    F.TAKEN: (("2024-05-03T14:05:06", "25", "+02:00", ""), ("1936", "", "", "ca. 1936")),
    F.PLACE: ((67.9325, 13.0887, "", "Reine", "Nordland", "Norway"), None),
    F.RIGHTS: ((("Ada",), "", "© Ada", "", "https://creativecommons.org/licenses/by/4.0/"), (("Bo",), "", "", "", "")),
    F.CAMERA: ((("Camera", "X-T5"), ("Exposure", "1/60 s")), (("Camera", "X-T6"),)),
    F.GROUPS: ((), ()),
    F.VISIBILITY: ("public", "private"),
    F.WARNING: ("A spider", None),
    F.LINKS: ((("flickr", "https://flickr.example/1"), ("pixelfed", "https://pixelfed.example/p/2")), ()),
}
"""For each field a first and a second value that any platform which claims the field must bring back."""
