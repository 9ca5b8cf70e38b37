"""The one statement that files a complaint: a hot path (P1 to P4), ADR 0036.

Everything that is written was decided before, by rules in memory. The statement takes the key, asks what may have
changed since (the quota, the consent, the versions of the rules), and writes all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.cases.statements import MAY_REPORT, OPEN_CASE, POLICIES_HOLD
from backend.complaints.models import Complaint
from backend.consents.statements import CONSENT_HOLDS
from backend.infrastructure.hot_statements import Groups, HotStatement, insertion
from backend.infrastructure.idempotency import KEEP_ANSWER, TAKE_KEY
from backend.infrastructure.outbox import RECORD_EVENT
from backend.infrastructure.readers import Reads
from backend.organization.statements.asking import ASKER_HOLDS
from backend.organization.statements.holding import CITY_HOLDS

COMPLAINT_COLUMNS = ("id", "number", "person_id", "case_id", "identity_shown", "filed_at")

FILE_COMPLAINT = HotStatement(
    f"""
    WITH {TAKE_KEY},
    judged AS MATERIALIZED (
        SELECT {ASKER_HOLDS} AND {MAY_REPORT} AS may_report, {CITY_HOLDS} AND {POLICIES_HOLD} AS rules_hold,
               CASE WHEN :consent.assumed::boolean IS NULL THEN true
                    ELSE {CONSENT_HOLDS} = :consent.assumed::boolean END AS consent_is_as_assumed
          FROM fresh
    ),
    go AS MATERIALIZED (SELECT FROM judged WHERE may_report AND rules_hold AND consent_is_as_assumed),
    {OPEN_CASE},
    new_complaint AS ({insertion(Complaint, COMPLAINT_COLUMNS, source="go")}),
    {RECORD_EVENT},
    {KEEP_ANSWER}
    SELECT EXISTS (SELECT FROM go), judged.rules_hold, judged.consent_is_as_assumed
      FROM (SELECT) AS always LEFT JOIN judged ON true
    """  # noqa: S608 - made of our own constants
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of the statement. Both ``..._hold`` and ``consent...`` are None where the key was not free."""

    is_written: bool
    rules_hold: bool | None
    consent_is_as_assumed: bool | None


def run_filing(connections: Reads, groups: Groups) -> Verdict:
    """File, if nothing stands in the way. Raises UniqueViolation where a twin with the key has just committed."""
    [(is_written, rules_hold, consent_is_as_assumed)] = FILE_COMPLAINT.rows(connections, groups)
    return Verdict(is_written=is_written, rules_hold=rules_hold, consent_is_as_assumed=consent_is_as_assumed)
