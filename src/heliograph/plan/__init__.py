"""Library x ledger x platform -> plan: the decision table, pure.

Each of "the library wants it" and "the platform shows it" is yes, no or not looked, and not looked is never absent.
What the table cannot decide without losing something is asked; an answer counts only for the question it was given to.
"""

from heliograph.plan.albums import renamed
from heliograph.plan.listing import absent_after, finish, only_links, plan, quiet, together
from heliograph.plan.parts import Answers, equal, nothing
from heliograph.plan.standing import Homeward, Show, Standing, Want
from heliograph.plan.table import Table
from heliograph.plan.two_way import written_over

__all__ = [
    "Answers",
    "Homeward",
    "Show",
    "Standing",
    "Table",
    "Want",
    "absent_after",
    "equal",
    "finish",
    "nothing",
    "only_links",
    "plan",
    "quiet",
    "renamed",
    "together",
    "written_over",
]
