"""Library x ledger x platform -> plan: the decision table, pure.

Each of "the library wants it" and "the platform shows it" is yes, no or not looked, and not looked is never absent.
What the table cannot decide without losing something is asked; an answer counts only for the question it was given to.
"""

from heliograph.plan.listing import absent_after, finish, plan, quiet, together
from heliograph.plan.standing import Show, Standing, Want
from heliograph.plan.table import Answers, Table, equal

__all__ = [
    "Answers",
    "Show",
    "Standing",
    "Table",
    "Want",
    "absent_after",
    "equal",
    "finish",
    "plan",
    "quiet",
    "together",
]
