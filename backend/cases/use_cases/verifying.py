"""Whether a result from the spot may stand by itself (G-verify): near enough, and with a fresh photo."""

from __future__ import annotations

import math
from datetime import timedelta

from backend.cases.models import Case
from backend.cases.rules import Move, Verification

GEOFENCE_M = 50.0
PHOTO_LIFE = timedelta(minutes=15)
# A phone that does not know where it is within a street proves nothing by its position.
MAX_ACCURACY_M = 100.0
_M_PER_DEGREE = 111_195.0  # of a great circle, on the mean radius of the earth


def is_doubtful(case: Case, move: Move) -> bool:
    """Tell whether a result is to be looked at: no photo of that moment, no position, or too far from the case.

    Both instants are of the verifier's phone, so that its clock does not matter. A case without a position has no
    fence.
    """
    found = move.verification
    if found is None:
        return False
    if not move.evidence_ids or not _is_fresh(found) or not _is_placed(found):
        return True
    distance_m = distance_of(case, found)
    return distance_m is not None and distance_m > GEOFENCE_M + (found.accuracy_m or 0.0)


def distance_of(case: Case, found: Verification) -> float | None:
    """Return how far from the case a result was found, in metres; None where either has no position."""
    if found.longitude_wgs84 is None or found.latitude_wgs84 is None:
        return None
    if case.longitude_wgs84 is None or case.latitude_wgs84 is None:
        return None
    north_m = (found.latitude_wgs84 - case.latitude_wgs84) * _M_PER_DEGREE
    east_m = (found.longitude_wgs84 - case.longitude_wgs84) * _M_PER_DEGREE
    east_m *= math.cos(math.radians(case.latitude_wgs84))
    return math.hypot(north_m, east_m)


def _is_fresh(found: Verification) -> bool:
    taken_at = found.photo_captured_at
    return taken_at is not None and timedelta() <= found.verified_at - taken_at <= PHOTO_LIFE


def _is_placed(found: Verification) -> bool:
    return found.longitude_wgs84 is not None and (found.accuracy_m or 0.0) <= MAX_ACCURACY_M
