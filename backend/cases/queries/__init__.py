"""Reading cases. Who may see what is decided in the query: a case outside one's area is as none at all (S2)."""

from backend.cases.queries.dated import (
    Ground,
    choices_on,
    closed_lists_on,
    forget_policies,
    grounds_on,
    policies_in_memory,
    policies_on,
)
from backend.cases.queries.desk import lock_case, lock_reachable_case, reachable_case, revealable_case, visible_case
from backend.cases.queries.parts import (
    handlers_of,
    has_reporter,
    latest_texts,
    ledger_of,
    newest_report_but,
    reporters_of,
    texts_by_step,
    texts_of,
    titles_of,
)
from backend.cases.queries.queues import Queue, QueuePosition, Scope, queue_of
from backend.cases.queries.tasks import facts_of, tasks_of
from backend.cases.queries.voices import last_urged_at, ratings_of, urges_in

__all__ = [
    "Ground",
    "Queue",
    "QueuePosition",
    "Scope",
    "choices_on",
    "closed_lists_on",
    "facts_of",
    "forget_policies",
    "grounds_on",
    "handlers_of",
    "has_reporter",
    "last_urged_at",
    "latest_texts",
    "ledger_of",
    "lock_case",
    "lock_reachable_case",
    "newest_report_but",
    "policies_in_memory",
    "policies_on",
    "queue_of",
    "ratings_of",
    "reachable_case",
    "reporters_of",
    "revealable_case",
    "tasks_of",
    "texts_by_step",
    "texts_of",
    "titles_of",
    "urges_in",
    "visible_case",
]
