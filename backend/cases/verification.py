"""The verifier of the ledger (S26): chains, digests, and whether the stored state is what the ledger says."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cases import chain, ledger
from backend.cases.models import Case, CaseRating, CaseReporter, CaseReveal, CaseTask, CaseText, LedgerEntry
from backend.cases.reveal_audit import reveal_breaches, reveals_of
from backend.cases.use_cases.facts import TASK_FACTS
from backend.evidence.queries import digests_of
from backend.infrastructure.crypto import SealBroken, Sealer
from backend.infrastructure.database import Database

R = TypeVar("R", LedgerEntry, CaseTask, CaseText, CaseReporter, CaseRating, CaseReveal)
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found of one case; no breaches, no complaint. The words hold numbers and fields, never texts."""

    number: str
    breaches: Sequence[str]


def verify_ledger(database: Database, *, sealer: Sealer, number: str | None = None) -> Iterator[Verdict]:
    """Yield a verdict for each case, or for one. Each batch is a transaction of its own, so that none lasts."""
    after: uuid.UUID | None = None
    while True:
        with database.transaction() as session:
            # One snapshot for all reads: a case that moves between them is no breach.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            statement = select(Case).order_by(Case.id).limit(_BATCH)
            if number is not None:
                statement = statement.where(Case.number == number)
            if after is not None:
                statement = statement.where(Case.id > after)
            cases = session.scalars(statement).all()
            verdicts = _judge(session, cases, sealer)
        yield from verdicts
        if len(cases) < _BATCH:
            return
        after = cases[-1].id


def _judge(session: Session, cases: Sequence[Case], sealer: Sealer) -> list[Verdict]:
    ids = [case.id for case in cases]
    entry_rows = session.scalars(select(LedgerEntry).where(LedgerEntry.case_id.in_(ids)).order_by(LedgerEntry.seq))
    entries = _grouped(entry_rows)
    texts = _grouped(session.scalars(select(CaseText).where(CaseText.case_id.in_(ids))))
    reporters = _grouped(session.scalars(select(CaseReporter).where(CaseReporter.case_id.in_(ids))))
    tasks = _grouped(session.scalars(select(CaseTask).where(CaseTask.case_id.in_(ids))))
    ratings = _grouped(session.scalars(select(CaseRating).where(CaseRating.case_id.in_(ids))))
    reveals = _grouped(reveals_of(session, ids))
    photos = digests_of(session, ids)
    verdicts = []
    for case in cases:
        found = [
            *reveal_breaches(reveals.get(case.id, []), sealer),
            *_breaches(case, entries.get(case.id, []), texts.get(case.id, []), sealer),
            *_reporter_breaches(entries.get(case.id, []), reporters.get(case.id, [])),
            *_task_breaches(entries.get(case.id, []), tasks.get(case.id, [])),
            *_rating_breaches(entries.get(case.id, []), ratings.get(case.id, [])),
            *_photo_breaches(entries.get(case.id, []), photos.get(case.id, {})),
        ]
        verdicts.append(Verdict(number=case.number, breaches=tuple(found)))
    return verdicts


def _reporter_breaches(entries: Sequence[LedgerEntry], reporters: Sequence[CaseReporter]) -> Iterator[str]:
    """Tell where who reported, or how much of them may be seen, is not as it was when they reported."""
    parsed = [json.loads(row.entry) for row in entries]
    told = {
        (entry["facts"]["reporter"]["number"], entry["facts"]["reporter"]["identity_shown"],
         entry["facts"]["reporter"]["channel"], entry["actor"]["person_id"])
        for entry in parsed if "reporter" in entry["facts"]
    }  # fmt: skip
    stored = {(row.number, row.identity_shown, row.channel, str(row.person_id)) for row in reporters}
    if told != stored:
        yield "诉求人与台账不符"


def _task_breaches(entries: Sequence[LedgerEntry], tasks: Sequence[CaseTask]) -> Iterator[str]:
    """Tell which tasks are not as the ledger left them."""
    told = {task["id"]: task for row in entries for task in json.loads(row.entry)["facts"].get("tasks", ())}
    stored = {str(row.id): {name: ledger.plain(getattr(row, name)) for name in TASK_FACTS} for row in tasks}
    for task_id in sorted(told.keys() | stored.keys()):
        if told.get(task_id) != stored.get(task_id):
            yield f"任务 {task_id} 与台账不符"


def _rating_breaches(entries: Sequence[LedgerEntry], ratings: Sequence[CaseRating]) -> Iterator[str]:
    """Tell which ratings are not those that the ledger names: one made up, lost, or of other stars."""
    parsed = [json.loads(row.entry) for row in entries]
    told = {
        entry["seq"]: {**entry["facts"]["rating"], "rated_at": entry["at"]}
        for entry in parsed if "rating" in entry["facts"]
    }  # fmt: skip
    names = ("number", "round", "is_solved", "stars", "rated_at")
    stored = {row.seq: {name: ledger.plain(getattr(row, name)) for name in names} for row in ratings}
    for seq in sorted(told.keys() | stored.keys()):
        if told.get(seq) != stored.get(seq):
            yield f"第 {seq} 条的评价与台账不符"


def _photo_breaches(entries: Sequence[LedgerEntry], stored: Mapping[str, str]) -> Iterator[str]:
    """Tell which photos are not those that the ledger names. An erased one keeps its row, and so its digest."""
    told = {
        photo["id"]: photo["sha256"] for row in entries for photo in json.loads(row.entry)["facts"].get("evidence", ())
    }
    for photo_id in sorted(told.keys() | stored.keys()):
        if told.get(photo_id) != stored.get(photo_id):
            yield f"照片 {photo_id} 与台账不符"


def _grouped(rows: Iterable[R]) -> dict[uuid.UUID, list[R]]:
    groups: dict[uuid.UUID, list[R]] = {}
    for row in rows:
        groups.setdefault(row.case_id, []).append(row)
    return groups


def _breaches(case: Case, entries: Sequence[LedgerEntry], texts: Sequence[CaseText], sealer: Sealer) -> Iterator[str]:
    previous = chain.GENESIS
    facts: dict[str, object] = {}
    digests: dict[tuple[int, str], str] = {}
    for expected_seq, row in enumerate(entries, start=1):
        yield from _entry_breaches(case, row, expected_seq, previous)
        previous = row.hash
        parsed: dict[str, Any] = json.loads(row.entry)  # our own canonical text: any JSON
        facts |= parsed["facts"]
        digests |= {(row.seq, name): digest for name, digest in parsed["digests"].items()}
    if len(entries) != case.version:
        yield f"版本为 {case.version}，台账有 {len(entries)} 条"
    yield from _state_breaches(case, facts)
    yield from _text_breaches(texts, digests, sealer)


def _entry_breaches(case: Case, row: LedgerEntry, expected_seq: int, previous: bytes) -> Iterator[str]:
    if row.seq != expected_seq:
        yield f"第 {expected_seq} 条缺失"
    if row.previous_hash != previous:
        yield f"第 {row.seq} 条与前一条不相连"
    if row.hash != chain.chained_hash(row.previous_hash, row.entry):
        yield f"第 {row.seq} 条内容与哈希不符"
    parsed: dict[str, Any] = json.loads(row.entry)  # as above
    told = (parsed["case_id"], parsed["seq"], parsed["event_id"])
    if told != (str(case.id), row.seq, str(row.event_id)):
        yield f"第 {row.seq} 条属于别的工单或事件"


def _state_breaches(case: Case, facts: Mapping[str, object]) -> Iterator[str]:
    for name, value in facts.items():
        # The reporter is a fact of the event, and stored in a row of its own: checked apart.
        if hasattr(case, name) and ledger.plain(getattr(case, name)) != value:
            yield f"字段 {name} 与台账不符"


def _text_breaches(texts: Sequence[CaseText], digests: Mapping[tuple[int, str], str], sealer: Sealer) -> Iterator[str]:
    for row in texts:
        if row.text_sealed is None:
            continue  # erased on request: the chain holds its digest still
        digest = digests.get((row.seq, row.field))
        try:
            text = ledger.open_text(row, sealer)
        except SealBroken:
            yield f"第 {row.seq} 条的 {row.field} 无法解密"
            continue
        if text is None or row.salt is None or digest != chain.digest_of(text, row.salt):
            yield f"第 {row.seq} 条的 {row.field} 与摘要不符"
    kept = {(row.seq, row.field) for row in texts}
    for seq, name in sorted(digests.keys() - kept):
        yield f"第 {seq} 条的 {name} 不在库中"
