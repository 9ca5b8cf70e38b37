"""The parts of the one statement that opens a case: a hot path (P1), composed by the room that files.

``go`` has one row when the case is opened, and none when it is not. The values are those of ``use_cases.opened_case``:
the columns are written as the ORM would write them, says a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from backend.cases.deadlines import Policies
from backend.cases.ledger import Written
from backend.cases.models import Case, CaseReporter, LedgerEntry
from backend.cases.rules import Clock
from backend.infrastructure.hot_statements import insertion
from backend.organization.rules.categories import Urgency

# A filing has a title and a description, and perhaps an address and a position.
MOST_TEXTS = 4

_CASE = (
    "id", "number", "workflow_version", "state", "round", "is_hard", "version", "request_type", "category_tree",
    "category_version", "category_code", "urgency", "urgency_rule", "is_safety", "safety_rule", "is_physical",
    "division_code", "owner_centre_id", "longitude_wgs84", "latitude_wgs84", "received_longitude", "received_latitude",
    "received_system", "location_finding", "submitted_at", "due_at", "due_exact_at", "due_unit", "due_rule",
    "due_is_provisional", "total_started_at", "stage_started_at", "stage_due_at", "next_due_at", "proposed_unit",
    "routing_rule", "verification_flagged",
)  # fmt: skip
_REPORTER = ("id", "case_id", "person_id", "identity_shown", "channel", "number", "reported_at")
_TEXT = ("id", "field", "text_sealed", "salt")
_ENTRY = ("case_id", "seq", "event_id", "entry", "previous_hash", "hash")
_NO_TEXT: Mapping[str, object] = MappingProxyType(dict.fromkeys(_TEXT))


def _texts() -> str:
    rows = ", ".join(
        f"(:text_{n}.id::uuid, :text_{n}.field::varchar, :text_{n}.text_sealed::bytea, :text_{n}.salt::bytea)"
        for n in range(MOST_TEXTS)
    )
    return f"""
        INSERT INTO case_text (id, case_id, seq, field, text_sealed, text_key_id, salt)
        SELECT given.id, :command_case.id::uuid, 1, given.field, given.text_sealed, :text_0.text_key_id::varchar,
               given.salt
          FROM go, (VALUES {rows}) AS given (id, field, text_sealed, salt)
         WHERE given.id IS NOT NULL"""  # noqa: S608 - places for values; nothing that anybody sent


OPEN_CASE = f"""
    new_case AS ({insertion(Case, _CASE, source="go")}),
    new_reporter AS ({insertion(CaseReporter, _REPORTER, source="go")}),
    new_entry AS ({insertion(LedgerEntry, _ENTRY, source="go")}),
    new_texts AS ({_texts()})"""

# G-rate. A function that is VOLATILE looks with a snapshot of its own, taken once it holds the reporter's row: of two
# filings at once the second counts the first. False for whoever was disabled or erased meanwhile, too.
MAY_REPORT = "reporter_may_report(:rate.person_id::uuid, :rate.since::timestamptz, :rate.quota::integer)"

# The rows of the policy that the dues came from still hold: the one of acceptance, and for an urgent case its own.
POLICIES_HOLD = """NOT EXISTS (
    SELECT FROM (VALUES ('acceptance', :policy.acceptance_value::integer, :policy.acceptance_unit::varchar),
                        ('total', :policy.total_value, :policy.total_unit::varchar)) AS relied (clock, value, unit)
     WHERE relied.value IS NOT NULL AND NOT EXISTS (
               SELECT FROM sla_policy p
                WHERE p.clock = relied.clock AND p.urgency = :command_case.urgency::varchar
                  AND p.limit_value = relied.value AND p.limit_unit = relied.unit
                  AND p.valid_from <= :policy.day::date AND (p.valid_to IS NULL OR p.valid_to > :policy.day::date)))"""


# When the entry of `l` happened. Its text is canonical: no other name `at` stands before this one, and a quote within a
# text is escaped. To read all of it as JSON costs as much as to find it.
INSTANT_OF_ENTRY = """split_part(split_part(l.entry, '"at":"', 2), '"', 1)::timestamptz"""


def case_groups(
    case: Mapping[str, Any], reporter: Mapping[str, Any], written: Written
) -> dict[str, Mapping[str, object]]:
    """Return the values of ``OPEN_CASE``."""
    texts: Sequence[Mapping[str, object]] = [*written.texts, *[_NO_TEXT] * (MOST_TEXTS - len(written.texts))]
    groups: dict[str, Mapping[str, object]] = {f"text_{n}": text for n, text in enumerate(texts)}
    return groups | {"command_case": case, "case_reporter": reporter, "case_ledger": written.entry}


def policy_values(policies: Policies, urgency: Urgency, day: date) -> dict[str, object]:
    """Return the values of ``POLICIES_HOLD``."""
    acceptance = policies.limits[(Clock.ACCEPTANCE, urgency)]
    total = None if urgency is Urgency.NONE else policies.limits[(Clock.TOTAL, urgency)]
    return {
        "day": day,
        "acceptance_value": acceptance.value,
        "acceptance_unit": acceptance.unit,
        "total_value": total.value if total else None,
        "total_unit": total.unit if total else None,
    }
