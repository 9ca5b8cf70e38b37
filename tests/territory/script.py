"""Draws a script: requests of our people for every operation of the API document, sound ones and slightly broken ones.

Imports nothing of the product. A new operation needs a line in ``DRAWS``, or one in ``EXCLUDED`` with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.territory import case_draws, draws
from tests.territory.dice import Cast, Dice
from tests.territory.draws import API, DATA_REQUEST
from tests.territory.oracle import Step

# Operations that no script plays, each for a reason.
EXCLUDED: Mapping[str, str] = dict.fromkeys(
    [
        f"GET {API}/catalogue/{path}"
        for path in ("apps", "apps/{app_code}", "services", "services/{service_code}", "suggestions", "topics")
    ],
    "公开目录：对所有人相同，不读取任何人的数据，也不查询数据库",
)
# How each operation is drawn, and how often beside the others.
DRAWS: Mapping[str, tuple[int, Callable[[Dice], Step]]] = {
    f"GET {API}/cases": (8, case_draws.queue),
    f"GET {API}/cases/{{number}}": (14, case_draws.case),
    f"GET {API}/cases/{{number}}/ledger": (12, case_draws.ledger),
    f"POST {API}/cases/{{number}}/moves": (10, case_draws.move),
    f"GET {API}/complaints": (4, case_draws.complaints),
    f"POST {API}/complaints": (10, case_draws.file),
    f"GET {API}/complaints/{{number}}": (40, case_draws.complaint),
    f"GET {API}/complaints/{{number}}/timeline": (4, case_draws.timeline),
    f"POST {API}/complaints/{{number}}/withdrawal": (4, case_draws.withdraw),
    f"POST {API}/complaints/{{number}}/supplements": (4, case_draws.supplement),
    f"POST {API}/complaints/{{number}}/reopenings": (4, case_draws.reopen),
    f"POST {API}/complaints/{{number}}/urges": (4, case_draws.urge),
    f"POST {API}/complaints/{{number}}/ratings": (4, case_draws.rate),
    f"GET {API}/public/complaints/{{number}}": (2, case_draws.public_status),
    f"GET {API}/tasks": (6, case_draws.tasks),
    f"POST {API}/grid-reports": (5, case_draws.report_from_grid),
    f"POST {API}/grid-reports/{{number}}/supplements": (3, case_draws.supplement_from_grid),
    f"GET {API}/grid-reports": (3, case_draws.grid_reports),
    f"GET {API}/grid/tasks": (4, case_draws.grid_tasks),
    f"GET {API}/notifications": (5, draws.inbox),
    f"GET {API}/notifications/unread-count": (3, draws.unread),
    f"PUT {API}/notifications/{{notification_id}}/read": (4, draws.read),
    f"POST {API}/notifications/read-marks": (2, draws.read_marks),
    f"PUT {API}/devices/{{device_id}}": (2, draws.register),
    f"DELETE {API}/devices/{{device_id}}": (3, draws.forget),
    f"GET {API}/sessions": (2, draws.sessions),
    f"DELETE {API}/sessions/{{session_id}}": (2, draws.end_session),
    f"DELETE {API}/sessions": (1, draws.end_sessions),
    f"DELETE {API}/sessions/current": (1, draws.leave),
    f"POST {API}/sessions/codes": (1, draws.code),
    f"POST {API}/sessions": (1, draws.sign_in),
    f"POST {API}/sessions/operator": (1, draws.sign_in_operator),
    f"POST {API}/sessions/refresh": (1, draws.refresh),
    f"POST {API}/cases/{{number}}/reveals": (4, case_draws.reveal),
    f"GET {API}/cases/{{number}}/reveals": (3, case_draws.reveal_marks),
    f"GET {API}/audit/reveals": (3, case_draws.reveal_audit),
    f"POST {API}/evidence": (2, draws.upload),
    f"GET {API}/evidence/{{evidence_id}}": (3, draws.only(f"GET {API}/evidence/{{evidence_id}}", draws.photo)),
    f"DELETE {API}/evidence/{{evidence_id}}": (2, draws.only(f"DELETE {API}/evidence/{{evidence_id}}", draws.photo)),
    f"GET {API}/evidence/files/{{token}}": (1, draws.photo_file),
    f"GET {API}/me/data-requests": (1, draws.plain("/me/data-requests")),
    f"POST {API}/me/data-requests": (2, draws.ask_for_data),
    f"GET {DATA_REQUEST}": (3, draws.only(f"GET {DATA_REQUEST}", draws.data_request)),
    f"GET {DATA_REQUEST}/document": (3, draws.only(f"GET {DATA_REQUEST}/document", draws.data_request)),
    f"POST {API}/sessions/operator/second-factor": (1, draws.second_factor),
    f"POST {API}/grid/proposals": (1, draws.propose),
    f"GET {API}/grid/cells": (
        1,
        draws.plain("/grid/cells", {"division": "320682"}, {"division": "320685"}),
    ),
    f"GET {API}/me": (2, draws.plain("/me")),
    f"GET {API}/me/consents": (1, draws.plain("/me/consents")),
    f"POST {API}/me/consents": (1, draws.agree),
    f"GET {API}/consents/texts": (1, draws.plain("/consents/texts")),
    f"GET {API}/reference/divisions": (
        1,
        draws.plain("/reference/divisions", {}, {"parent": "320682"}, {"parent": "320685"}, {"parent": "1"}),
    ),
    f"GET {API}/reference/categories": (1, draws.plain("/reference/categories", {}, {"tree": "none"})),
    f"GET {API}/reference/request-types": (1, draws.plain("/reference/request-types")),
    f"GET {API}/reference/centres": (1, draws.plain("/reference/centres")),
}


def draw_script(seed: int, cast: Cast, *, length: int) -> list[Step]:
    """Return so many steps. Every operation is among them, when they are more than there are operations."""
    dice = Dice(seed, cast)
    weights = [weight for weight, _ in DRAWS.values()]
    rest = dice.random.choices(list(DRAWS), weights=weights, k=max(0, length - len(DRAWS)))
    operations = [*DRAWS, *rest]
    dice.random.shuffle(operations)
    return [DRAWS[operation][1](dice) for operation in operations[:length]]
