"""The nouns, frozen: what the library holds, what a platform shows, what was agreed, and what is to be done.

Nothing here reads a file, a clock or the network. What travels between library, ledger and platform is made of
`Value`s: plain immutable data that JSON can hold, so that a plan or a record can be saved and compared by its digest.
"""

from heliograph.model.home import Home, facts_brought, place_brought, taken_brought
from heliograph.model.licence import LicenceNumbers, licence_address, licence_name
from heliograph.model.limits import Count, Limits, Rate
from heliograph.model.photo import (
    AlbumNote,
    Exposure,
    Facts,
    Link,
    Order,
    Overruled,
    Photo,
    Place,
    Rights,
    Subject,
    SubjectKind,
    Taken,
    Wish,
)
from heliograph.model.plan import TELLING, Action, Change, Guard, Plan, Verb
from heliograph.model.post import ANEW, Agreed, Claim, Post, Record, Survey
from heliograph.model.trace import Trace, Traces
from heliograph.model.value import Fields, Value, album_mark, each, frozen_value, value_digest
from heliograph.model.wanted import Caption, F, Output, Recipe, Rendition, RenditionFile, Wanted

__all__ = [
    "ANEW",
    "TELLING",
    "Action",
    "Agreed",
    "AlbumNote",
    "Caption",
    "Change",
    "Claim",
    "Count",
    "Exposure",
    "F",
    "Facts",
    "Fields",
    "Guard",
    "Home",
    "LicenceNumbers",
    "Limits",
    "Link",
    "Order",
    "Output",
    "Overruled",
    "Photo",
    "Place",
    "Plan",
    "Post",
    "Rate",
    "Recipe",
    "Record",
    "Rendition",
    "RenditionFile",
    "Rights",
    "Subject",
    "SubjectKind",
    "Survey",
    "Taken",
    "Trace",
    "Traces",
    "Value",
    "Verb",
    "Wanted",
    "Wish",
    "album_mark",
    "each",
    "facts_brought",
    "frozen_value",
    "licence_address",
    "licence_name",
    "place_brought",
    "taken_brought",
    "value_digest",
]
