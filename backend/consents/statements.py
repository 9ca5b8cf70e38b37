"""The part of a hot statement that asks whether a consent holds, as ``queries.consent_holds`` does."""

from __future__ import annotations

CONSENT_HOLDS = """COALESCE((
    SELECT r.is_given AND t.id IS NOT NULL
      FROM consent_record r
      LEFT JOIN consent_text t ON t.purpose = r.purpose AND t.version = r.version AND t.valid_from <= :consent.day::date
                              AND (t.valid_to IS NULL OR t.valid_to > :consent.day::date)
     WHERE r.person_id = :consent.person_id::uuid AND r.purpose = :consent.purpose::varchar
     ORDER BY r.recorded_at DESC, r.id DESC
     LIMIT 1), false)"""
