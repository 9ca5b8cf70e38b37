"""Reading cases. Who may see what is decided in the query: a case outside one's area is as none at all (S2)."""

from backend.cases.queries.dated import Ground, grounds_on, policies_on
from backend.cases.queries.desk import lock_case, lock_visible_case, visible_case
from backend.cases.queries.parts import ledger_of, reporters_of, reports_since, texts_by_step, texts_of, titles_of
from backend.cases.queries.queues import Queue, QueuePosition, Scope, queue_of

__all__ = [
    "Ground",
    "Queue",
    "QueuePosition",
    "Scope",
    "grounds_on",
    "ledger_of",
    "lock_case",
    "lock_visible_case",
    "policies_on",
    "queue_of",
    "reporters_of",
    "reports_since",
    "texts_by_step",
    "texts_of",
    "titles_of",
    "visible_case",
]
