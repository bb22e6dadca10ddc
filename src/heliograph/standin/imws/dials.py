"""A switch for each thing that is not known of IMWS, or that differs from one user's IMatch to another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from heliograph.standin.dials import Turnable

CHOICES = {
    "refused_token": ("401", "403", "200"),
    "error_status": ("http", "200"),
    "error_body": ("json", "html", "empty"),
    "write_answer": ("ok", "empty"),
    "unknown_files": ("left out", "error"),
    "unknown_category": ("error", "create"),
    "unknown_set": ("error", "empty"),
    "unknown_column": ("error", "ignore"),
    "unknown_instance": ("error", "ignore"),
    "unknown_variable": ("error", "empty", "missing"),
    "assign_twice": ("ok", "error"),
    "listing_order": ("id", "reversed"),
    "uncategorised": ("empty", "left out"),
    "listed_categories": ("assigned", "ancestors", "computed"),
    "relation_groups": ("kept", "one", "overlapping"),
    "second_row": ("kept", "refused"),
    "instance_numbers": ("database", "file"),
    "attribute_values": ("text", "typed"),
    "row_update": ("merge", "replace"),
    "collections_form": ("numbers", "objects"),
    "appvar_types": ("kept", "text"),
    "decimal_sign": (".", ","),
    "list_separator": (";", ","),
    "date_order": ("dmy", "mdy", "ymd"),
    "empty_variables": ("empty", "braces", "error"),
    "newlines": ("lf", "crlf"),
    "slashes": ("back", "forward"),
    "datetime_form": ("seconds", "fractions", "zone", "missing"),
    "format_spelling": ("kept", "upper", "short"),
    "keys_case": ("camel", "pascal", "lower"),
    "suffix_case": ("kept", "lower"),
    "discover_at": ("both", "/discover", "/v1/discover", "none"),
}
"""Dials that take one of a few words."""


@dataclass(slots=True)
class Dials(Turnable):
    """How the stand-in behaves where the reference is silent, or the owner of a test wants trouble."""

    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = CHOICES

    credentials: bool = False
    """Only the world's login with its password is let in; else anybody."""
    token_life_s: float = 0.0
    """How long a token is good; 0 is until IMatch ends or changes its database."""
    refused_token: str = "401"  # noqa: S105  a status
    """A missing or old token: `401`, `403`, or `200` with an `error` object."""
    error_status: str = "http"
    """Errors come with a status of their own, or all with `200`."""
    error_body: str = "json"
    """What an error says: `json` with `error.code`, a page of `html`, or `empty`."""
    write_answer: str = "ok"
    """A write that went well: `{"result":"ok"}`, or an `empty` object."""
    json_bodies: bool = True
    """A JSON object as a request's body is understood too."""
    url_max: int = 0
    """Longest address with its query, in characters; a longer one is an error. 0 is no limit."""
    discover_at: str = "both"
    """Where the list of endpoints is."""
    image_path: str = ""
    """Path of an endpoint that answers the picture of `id`, such as `/v1/files/image`; empty: there is none."""
    metadata_writes: bool = True
    """There is an endpoint that writes metadata."""

    unknown_files: str = "left out"
    """Ids that the database does not have: `left out` of the answer, or an `error`."""
    unknown_category: str = "error"
    """Assigning to a category that there is not: an `error`, or `create` it."""
    unknown_set: str = "error"
    unknown_column: str = "error"
    """A row with a column that the set does not have: an `error`, or `ignore` the column."""
    unknown_instance: str = "error"
    """Changing a row that the file does not have: an `error`, or `ignore` it."""
    unknown_variable: str = "error"
    """An application variable that there is not: an `error`, an `empty` value, or no value (`missing`)."""
    empty_ids: bool = False
    """An empty list of ids is taken for nothing to do; else it is an error."""
    assign_twice: str = "ok"
    """Assigning a member, or taking out a stranger: `ok`, or an `error`."""

    page_size: int = 0
    """Most rows of an answer about files, whatever was asked; 0 is no limit."""
    page_totals: bool = False
    """Answers in pages say how many there are."""
    listing_order: str = "id"
    """Files of a listing come by `id`, or `reversed`."""
    repeat_files: bool = False
    """The first file of every listing comes twice."""
    uncategorised: str = "empty"
    """A file without categories: an `empty` list, or its row is `left out`."""
    listed_categories: str = "assigned"
    """The categories of a file: those `assigned`, with their `ancestors`, or `computed` ones too."""
    children_levels: int = 1
    """How many levels `children` goes down; 0 is all."""
    children_fields: bool = True
    """Children hold the fields that were asked for; else only `id` and `name`."""
    relation_groups: str = "kept"
    """As the world has them, all in `one`, or `overlapping`: every group once more under another definition."""
    relation_self: bool = False
    """The file itself stands among its versions and masters."""
    relation_many: bool = True
    """Relations of several files can be asked for in one call; else that is an error."""
    relation_fields: bool = True
    """`fields` counts for related files; else they always come with the standard ones."""
    collections_form: str = "numbers"

    second_row: str = "kept"
    """Adding a row where there is one: another instance is `kept`, or it is `refused`."""
    instance_numbers: str = "database"
    """Instance numbers are unlike in the whole `database`, or count from 1 in each `file`."""
    attribute_values: str = "text"
    """Values of rows are text, or `typed`: numbers as numbers, dates with a time."""
    row_update: str = "merge"
    """An update sets the columns it names, or `replace`s the whole row."""
    unique_columns: bool = True
    """A value that another row of a unique column has is refused."""
    partial_writes: bool = False
    """A write for several files that fails has changed those before the failure."""
    propagation: bool = False
    """What is assigned to a master, or written into its rows, is copied to its versions."""

    appvar_types: str = "kept"
    """A numeric variable is a number, or everything is `text`."""
    reading_advances: bool = False
    """Reading a variable that is a sequence raises it."""
    entities: bool = False
    """Texts come with HTML entities."""
    newlines: str = "lf"
    decimal_sign: str = "."
    list_separator: str = ";"
    date_order: str = "dmy"
    empty_variables: str = "empty"
    """A variable without value is `empty`, its own text in `braces`, or an `error` in words."""
    slashes: str = "back"
    """Of file names."""
    datetime_form: str = "seconds"
    format_spelling: str = "kept"
    """Formats are spelt as in the world, in `upper` case, or `short` (`JPG`)."""
    keys_case: str = "camel"
    """Of the names in answers."""
    suffix_case: str = "kept"
    """Names that callers gave to tags and variables come back as they were, or in `lower` case."""
    numbers_as_text: bool = False
    """Numbers in answers are text."""
    nulls: bool = False
    """What is missing is null instead of left out."""
    extra_fields: bool = False
    """Every object of an answer holds a field that nobody asked for."""
