"""The words of a generated library: places, keywords, titles as people write them, and what users configured."""

from __future__ import annotations

import re

ADJECTIVES = ("quiet", "golden", "misty", "late", "grüne", "winding", "empty", "crowded", "first", "old")
SUBJECTS = ("harbour", "market", "Brücke", "lighthouse", "tram", "orchard", "Straße", "window", "heron", "stairs")
SPOTS = ("bridge", "tower", "north bank", "ferry", "station")
STEMS = ("quay", "walk", "IMG", "DSC", "scan", "Ausflug", "festival", "garden")
MODELS = ("Canon EOS R50", "Canon EOS R6", "Apple iPhone 12", "UltraFractal", "ScanSnap S1300")
LENSES = ("RF-S18-45mm F4.5-6.3 IS STM", "RF24-105mm F4 L IS USM", "EF50mm f/1.8 STM", "")
KEYWORDS = (
    "nature|water",
    "nature|sky|clouds",
    "genre|landscape",
    "genre|street",
    "genre|astrophotography",
    "people|Anna & Ben",
    "architecture|Brücke",
    "season|autumn",
    "time of day|blue hour",
    "animal|bird|heron",
)
PLACES = (
    ("Australia", "Victoria", "Bendigo", "Rosalind Park", -36.757, 144.279),
    ("Austria", "Styria", "Graz", "Schloßberg", 47.076, 15.437),
    ("Germany", "Bavaria", "Nürnberg", "Hauptmarkt", 49.454, 11.077),
    ("Japan", "Kyoto", "Kyōto", "鴨川", 35.011, 135.768),
    ("Portugal", "Lisboa", "Lisboa", "Cais do Sodré", 38.706, -9.144),
)
"""Country, state, city, place, latitude and longitude."""
ODD_TITLES = {
    3: "Tom &amp; Jerry&#39;s café",
    11: 'The "Old" Bridge <1890>',
    19: "Sunrise 🌅 over the quay 👩‍👩‍👧",
    29: "Äpfel, Öl & Überraschung",
    37: "   Spaces around   ",
    43: "夜の川",
    53: "A title that goes on and on, " * 8 + "and ends",
    61: "Tabs\tand\nlines",
}
"""Position in a hundred photos -> title."""
MISSING = {
    "title": 33,
    "description": 29,
    "headline": 9,
    "hierarchicalkeywords": 37,
    "gpslatitude": 5,
    "gpslongitude": 5,
    "lens": 13,
    "make": 71,
}
"""Tag -> one in so many photos lacks it."""
GENRES = tuple(
    f"Image Characteristics|Genre|{name}" for name in ("landscape", "street", "astrophotography", "portrait")
)
EVENTS = ("Event|Festival|Easter Festival", "Event|Festival|Lichterfest", "Event|Celebration|New Year")
ALBUMS = ("Socials|flickr|albums|Harbour", "Socials|flickr|albums|Österreich & more", "Socials|flickr|albums|Birds")
GROUPS = ("Socials|flickr|groups|Black and White", "Socials|flickr|groups|Harbours")
NEUTRAL_ALBUMS = ("Socials|albums|Best of 2024", "Socials|albums|Night walks")
CATEGORIES = {
    **dict.fromkeys((*GENRES, *EVENTS), ""),
    "Image Characteristics|Technique|mono": "",
    ALBUMS[0]: "72177720300000001\nBoats and quays",
    ALBUMS[1]: "72177720300000002",
    ALBUMS[2]: "",
    "Socials|flickr|albums|Trams [72177720300000004]": "",
    GROUPS[0]: "16978849@N00",
    GROUPS[1]: "52240028@N01\nOnly harbours, please",
    NEUTRAL_ALBUMS[0]: "best-of-2024\nThe best of a year",
    NEUTRAL_ALBUMS[1]: "",
}
"""Path -> description, as users write ids and texts into it."""
NAMED_BY_ID = re.compile(r"\[\d+\]$")
"""A category whose name holds the id of an album, as was usual in early 2024."""
ERRORS = (
    "missing title",
    "missing description",
    "missing hierarchical_keywords",
    "missing headline",
    "missing alt text",
    "missing genre",
    "missing make",
    "missing model",
    "invalid format",
    "file too large",
    "conflicting instructions",
)
VARIABLES: dict[str, str | int] = {
    "flickr_apikey": "rehearsal-key",
    "flickr_api_key": "rehearsal-key",
    "flickr_apisecret": "rehearsal-secret",
    "flickr_api_secret": "rehearsal-secret",
    "flickr_is_public": 1,
    "flickr_is_friend": 0,
    "flickr_is_family": 0,
    "flickr_url": "https://www.flickr.com/photos/me",
    "pixelfed_token": "rehearsal-token",
    "pixelfed_url": "https://pixelfed.example",
    "pixelfed_visibility": "public",
    "mastodon_token": "rehearsal-token",
    "mastodon_url": "https://mastodon.example",
    "mastodon_visibility": "unlisted",
    "imatch_to_socials_python_script_path": "C:\\Scripts\\IMatch-to-Socials",
    "imatch_to_socials_testing": "1",
    "quantum_path": "C:\\Sites\\garden",
    "quantum_map_key": "rehearsal-map-key",
    "quantum_hide_me": "Location|Austria|Styria|Graz",
}
"""Application variables, with both spellings of those that were published in two."""
