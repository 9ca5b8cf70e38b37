"""The statements of bare: a complaint filed as one CTE, and the reads. Positions, as PostgreSQL prepares them.

The columns are those that the product fills when it files, with fixed values where it decides.
"""

from __future__ import annotations

FILE = """
WITH filed_case AS (
    INSERT INTO command_case (
        id, number, workflow_version, state, round, is_hard, version, request_type, category_tree, category_version,
        category_code, urgency, is_safety, is_physical, division_code, owner_centre_id, submitted_at, due_at, due_rule,
        due_is_provisional, due_exact_at, due_unit, total_started_at, pauses, stage_started_at, stage_due_at,
        next_due_at, proposed_unit, routing_rule, verification_flagged, longitude_wgs84, latitude_wgs84,
        received_longitude, received_latitude, received_system, location_finding
    ) VALUES (
        $1, $2, 2, 'submitted', 1, false, 1, $3, $4, 'bare', $5, 'none', false, false, $6, $7, $8, $9, 'bare', false,
        $9, 'working_day', $8, '[]', $8, $9, $9, 'bare', 'bare', false,
        $20, $21, $20, $21, $22, 'inside'
    )
), filed_complaint AS (
    INSERT INTO complaint (id, number, person_id, case_id, identity_shown, filed_at)
    VALUES ($10, $11, $12, $1, 'named', $8)
), recorded_event AS (
    INSERT INTO outbox_event (id, name, occurred_at, subject_id, payload)
    VALUES ($13, 'BareFiled', $8, $1, $14)
), deferred_job AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
    VALUES ('bare', 'relay', $15, $16)
)
INSERT INTO idempotency_record (subject_id, operation, key, fingerprint, status, receipt)
VALUES ($12, 'bare.file', $17, $18, 201, $19)
"""

STATUS = """
SELECT c.state, c.version, c.due_at, c.due_is_provisional, c.ended_at, r.filed_at
FROM complaint r JOIN command_case c ON c.id = r.case_id
WHERE r.number = $1
"""

QUEUE = """
SELECT c.number, c.version, c.state, encode(t.text_sealed, 'base64') AS title, c.request_type, c.category_tree,
       c.category_code, c.division_code, c.owner_centre_id, c.urgency, c.is_safety, c.verification_flagged,
       c.submitted_at, c.due_at, c.due_is_provisional, c.next_due_at
FROM command_case c LEFT JOIN case_text t ON t.case_id = c.id AND t.seq = 1 AND t.field = 'title'
WHERE c.owner_centre_id = $1 AND c.state = 'submitted'
ORDER BY c.next_due_at, c.id
LIMIT $2
"""
