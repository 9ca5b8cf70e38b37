"""Cases by the hundred thousand, by COPY: a filing of the product's own, written again with other ids and instants.

Each case has what a filing writes (case, reporter, complaint, its texts sealed anew, ledger entry with a right hash,
event) and, once dispatched, its task. What later moves would have written is left out: the ledger of a case has one
entry whatever its state, and nobody was sent a message. States, centres and dates are spread as below.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from psycopg import sql

from backend.cases import chain
from backend.cases.ledger import TEXT_CONTEXT, plain
from backend.cases.numbering import CASE_PREFIX, COMPLAINT_PREFIX, compose_number
from backend.identity.models import PHONE_CONTEXT
from backend.infrastructure.crypto import Sealer
from backend.kernel.ids import uuid7
from bench.sample import FILED, Owner, Sample

# Of a hundred cases of the last year: where they stand now. 78 have ended.
STATES: Mapping[str, int] = MappingProxyType(
    {
        "closed": 66,
        "rejected": 6,
        "cancelled": 6,
        "submitted": 9,
        "handling": 4,
        "accepted": 2,
        "dispatched": 2,
        "callback": 2,
        "supplement": 1,
        "feedback": 1,
        "verifying": 1,
    }
)
COUNTY_SHARE = 0.6  # the rest lies at the centres of the towns
CASES_A_PERSON = 5
BATCH = 5_000
_ENDED = frozenset({"closed", "rejected", "cancelled"})
_TASK_STATUS = MappingProxyType(
    {
        "dispatched": "todo",
        "handling": "signed",
        "feedback": "done",
        "verifying": "accepted",
        "callback": "accepted",
        "closed": "accepted",
    }
)
_DAYS, _OPEN_DAYS = 365, 5
_FIRST_PHONE = 15_000_000_000
_TABLES = (*FILED, "case_task")
_TASK_COLUMNS = (
    *("id", "case_id", "round", "kind", "unit_code", "centre_id", "status", "rule", "due_at", "created_at"),
    *("signed_at", "done_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is decided of a case before its rows are written."""

    complaint_number: str
    case_number: str
    state: str
    centre_id: str
    division: str
    person_id: uuid.UUID
    submitted_at: datetime
    due_at: datetime
    ended_at: datetime | None


def seed_people(owner: Owner, sealer: Sealer, count: int) -> Sequence[uuid.UUID]:
    """Let so many people move in who have filed before, and return their ids."""
    ids = [uuid7() for _ in range(count)]
    columns = ("id", "kind", "phone_sealed", "phone_key_id", "phone_blind_index", "created_at")
    lines = []
    for number, person_id in enumerate(ids):
        phone = f"+86{_FIRST_PHONE + number}"
        sealed = sealer.seal(phone, context=PHONE_CONTEXT)
        index = _bytea(sealer.blind_index(phone))
        lines.append(f"{person_id}\tcitizen\t{_bytea(sealed.ciphertext)}\t{sealed.key_id}\t{index}\tnow\n")
    _copy(owner, "person", columns, lines)
    return ids


def seed_cases(owner: Owner, sealer: Sealer, sample: Sample, *, count: int, progress: Callable[[int], None]) -> None:
    """Write so many cases, and tell after each batch how many there are. A seed makes them the same each time."""
    people = seed_people(owner, sealer, max(count // CASES_A_PERSON, 1))
    drawn, now = random.Random(count), datetime.now(UTC)  # noqa: S311 - nothing drawn is a secret
    for begun in range(0, count, BATCH):
        lines: dict[str, list[str]] = {table: [] for table in _TABLES}
        for number in range(begun, min(begun + BATCH, count)):
            person_id = people[number // CASES_A_PERSON % len(people)]
            _write(lines, sample, sealer, draw_life(drawn, sample, person_id, number, now))
        with owner.transaction():
            for table in _TABLES:
                columns = _TASK_COLUMNS if table == "case_task" else sample.rows[table].columns
                _copy(owner, table, columns, lines[table])
        progress(min(begun + BATCH, count))
    for table in (*_TABLES, "person"):
        owner.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


def draw_life(drawn: random.Random, sample: Sample, person_id: uuid.UUID, number: int, now: datetime) -> Life:
    """Draw a state, a centre and the dates of the so-manieth case."""
    complaint_number, case_number = numbers_of(number, now.date())
    [state] = drawn.choices(tuple(STATES), weights=tuple(STATES.values()))
    centre_id, division = drawn.choice(sample.counties if drawn.random() < COUNTY_SHARE else sample.towns)
    is_over = state in _ENDED
    submitted_at = now - timedelta(days=drawn.uniform(_OPEN_DAYS, _DAYS) if is_over else drawn.uniform(0, _OPEN_DAYS))
    ended_at = submitted_at + timedelta(days=drawn.uniform(0.1, _OPEN_DAYS)) if is_over else None
    # Never past: a stage that is over would set the worker to work on it.
    due_at = submitted_at + timedelta(days=7) if is_over else now + timedelta(days=drawn.uniform(0.5, 10))
    return Life(
        complaint_number=complaint_number,
        case_number=case_number,
        state=state,
        centre_id=centre_id,
        division=division,
        person_id=person_id,
        submitted_at=submitted_at,
        due_at=due_at,
        ended_at=ended_at,
    )


def numbers_of(number: int, today: date) -> tuple[str, str]:
    """Return the numbers of the complaint and of the case that were made as the so-manieth.

    Their days are those of the year before last year: no number that the product gives in our time.
    """
    filed_on = today - timedelta(days=1 + _DAYS + number % _DAYS)
    serial = number // _DAYS * 2
    for tried in (serial, serial + 1):
        complaint, case = (compose_number(prefix, filed_on, tried) for prefix in (COMPLAINT_PREFIX, CASE_PREFIX))
        if complaint and case:
            return complaint, case
    # An asterisk for a check character in both tries: a serial far away from all others.
    return numbers_of(number + 100_000_000, today)


def _write(lines: dict[str, list[str]], sample: Sample, sealer: Sealer, life: Life) -> None:
    """Add the lines of one case."""
    case_id, event_id = str(uuid7()), str(uuid7())
    ids = {"case_id": case_id, "person_id": str(life.person_id), "number": life.complaint_number}
    filed_at, due_at = life.submitted_at.isoformat(), life.due_at.isoformat()
    rows = sample.rows
    lines["command_case"].append(rows["command_case"].line(_case_changes(life, case_id)))
    lines["case_reporter"].append(rows["case_reporter"].line({"id": str(uuid7()), "reported_at": filed_at, **ids}))
    lines["complaint"].append(rows["complaint"].line({"id": str(uuid7()), "filed_at": filed_at, **ids}))
    for field, text in sample.clear.items():
        text_id = str(uuid7())
        sealed = _bytea(sealer.seal(text, context=TEXT_CONTEXT.format(text_id)).ciphertext)
        changes = {"id": text_id, "case_id": case_id, "text_sealed": sealed}
        lines["case_text"].append(sample.texts[field].line(changes))
    entry = sample.entry.replace(sample.case_id, case_id).replace(sample.centre_id, life.centre_id)
    hashed = _bytea(chain.chained_hash(chain.GENESIS, entry))
    ledger = {"case_id": case_id, "event_id": event_id, "entry": _escaped(entry), "hash": hashed}
    lines["case_ledger"].append(rows["case_ledger"].line(ledger))
    event = {"id": event_id, "occurred_at": filed_at, "subject_id": case_id}
    lines["outbox_event"].append(rows["outbox_event"].line(event))
    if status := _TASK_STATUS.get(life.state):
        signed_at = filed_at if status != "todo" else "\\N"
        done_at = filed_at if status in {"done", "accepted"} else "\\N"
        task = (str(uuid7()), case_id, "1", "lead", "YLJ", life.centre_id, status, "seed", due_at, filed_at)
        lines["case_task"].append("\t".join((*task, signed_at, done_at)) + "\n")


def _case_changes(life: Life, case_id: str) -> dict[str, str]:
    filed_at, due_at = life.submitted_at.isoformat(), life.due_at.isoformat()
    instants = dict.fromkeys(("submitted_at", "total_started_at", "stage_started_at"), filed_at)
    dues = dict.fromkeys(("due_at", "due_exact_at", "next_due_at", "stage_due_at"), due_at)
    return {
        "id": case_id,
        "number": life.case_number,
        "state": life.state,
        "division_code": life.division,
        "owner_centre_id": life.centre_id,
        "accepted_at": "\\N" if life.state in {"submitted", "supplement", "rejected"} else filed_at,
        "ended_at": str(plain(life.ended_at)) if life.ended_at else "\\N",
        **instants,
        **dues,
    }


def _copy(owner: Owner, table: str, columns: Sequence[str], lines: Sequence[str]) -> None:
    named = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    with owner.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), named)) as copy:
        copy.write("".join(lines))


def _bytea(data: bytes) -> str:
    return f"\\\\x{data.hex()}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")
