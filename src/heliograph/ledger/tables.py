"""The ledger's tables: three trees (library, agreement, platform), the journal, and what people ask about.

`docs/reference/ledger.md` describes them for those who read the file with other tools. The migrations make them; a test
holds both against each other.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text, and_, case
from sqlalchemy.dialects.sqlite import Insert, insert

HEAD = "0001"
"""The revision that this program reads and writes; older ledgers are brought up to it, newer ones are refused."""

metadata = MetaData()

# The library as it was last read.
file = Table(
    "file",
    metadata,
    Column("where", Text, primary_key=True),
    Column("part", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("photo", String(32)),
    Column("role", String(8), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("question", String(32), nullable=False, default=""),
    Column("digest", String(64)),
    Column("facts_digest", String(32), nullable=False, default=""),
    Column("taken", Text, nullable=False, default=""),
    Index("file_part", "part", "name", "stamp"),
    Index("file_digest", "digest"),
    Index("file_photo", "photo", "role"),
)

form = Table(
    "form",
    metadata,
    Column("where", Text, primary_key=True),
    Column("photo", Text, nullable=False),
)

photo = Table(
    "photo",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("where", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("taken", Text, nullable=False, default=""),
    Index("photo_where", "where"),
)

pixels = Table(
    "pixels",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("photo", String(32), nullable=False),
    Index("pixels_photo", "photo"),
)

# What the rules last said, so that what did not change is not asked again.
verdict = Table(
    "verdict",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("where", Text, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("albums", Text, nullable=False, default=""),
    Column("sort", Text, nullable=False, default=""),
    Column("reasons", Text, nullable=False, default=""),
)

# The agreement of both sides.
record = Table(
    "record",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("post", Text, nullable=False),
    Column("url", Text, nullable=False, default=""),
    Column("mark", Text, nullable=False, default=""),
    Column("where", Text, nullable=False, default=""),
    Column("basis", Text, nullable=False, default=""),
    Column("shown", String(32), nullable=False, default=""),
    Column("fields", Text, nullable=False),
    Column("setting", Text, nullable=False, default=""),
    Column("posted_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Index("record_post", "platform", "post"),
)

# The platform as it was last seen.
seen = Table(
    "seen",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("post", Text, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("mark", Text, nullable=False, default=""),
    Column("digest", String(32), nullable=False),
    Column("form", Text, nullable=False),
    Column("written_at", Text, nullable=False, default=""),
    Index("seen_mark", "platform", "mark"),
    Index("seen_written", "platform", "written_at"),
)

gone = Table(
    "gone",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("post", Text, primary_key=True),
    Column("at", Text, nullable=False),
)

look = Table(
    "look",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("at", Text, nullable=False),
)

# What the library was told, or is still to be told, and what it said itself of posts.
outcome = Table(
    "outcome",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("where", Text, primary_key=True),
    Column("form", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Index("outcome_state", "state"),
)

link = Table(
    "link",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("photo", String(32), primary_key=True),
    Column("post", Text, nullable=False),
    Index("link_post", "platform", "post"),
)

# What was begun, what happened, what was answered.
journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("subject", Text, nullable=False),
    Column("where", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("claim", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("post", Text, nullable=False, default=""),
    Column("begun_at", Text, nullable=False),
    Column("closing", Text, nullable=False, default=""),
    Index("journal_state", "state", "platform"),
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("subject", Text, nullable=False),
    Column("where", Text, nullable=False),
    Column("verb", String(12), nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("url", Text, nullable=False, default=""),
    Column("changes", Text, nullable=False, default=""),
    Index("event_subject", "subject"),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("begun_at", Text, nullable=False),
    Column("ended_at", Text, nullable=False, default=""),
    Column("command", Text, nullable=False),
    Column("plan", Text, nullable=False, default=""),
    Column("outcome", Text, nullable=False, default=""),
)

answer = Table(
    "answer",
    metadata,
    Column("question", String(32), primary_key=True),
    Column("platform", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("subject", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("at", Text, nullable=False),
)

# How many calls of a service were made lately.
budget = Table(
    "budget",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Text, primary_key=True),
    Column("calls", Integer, nullable=False),
)

# What platforms remember between runs and could learn anew.
memory = Table(
    "memory",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("text", Text, nullable=False),
)


def upsert(
    table: Table, kept: frozenset[str] = frozenset(), blank_with: Mapping[str, str] = MappingProxyType({})
) -> Insert:
    """Inserts rows; where there is one with the same key, it takes the new values on, all but the kept ones.

    `blank_with` names columns that stay blank where another one has the value already that it would take on.
    """
    statement = insert(table)
    key = [column.name for column in table.primary_key]
    names = (column.name for column in table.columns)
    changed: dict[str, Any] = {name: statement.excluded[name] for name in names if name not in kept.union(key)}
    for name, other in blank_with.items():
        as_before = and_(table.c[name] == "", table.c[other] == statement.excluded[other])
        changed[name] = case((as_before, ""), else_=changed[name])
    return statement.on_conflict_do_update(index_elements=key, set_=changed)
