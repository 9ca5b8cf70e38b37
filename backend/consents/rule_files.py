"""The project's own file of consent texts. A text that was loaded once is never changed: a change is a new version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.consents.models import ConsentText
from backend.consents.rules import Purpose
from backend.infrastructure.dated_rows import RulesFile, RulesFileRefused, RulesReport, Values, load_dated_rows

TEXTS_FILE = Path(__file__).parent / "data" / "consent_texts.csv"


def load_consent_texts(session: Session, *, file: Path = TEXTS_FILE) -> Sequence[RulesReport]:
    """Load the texts. A second run changes nothing. Raises RulesFileRefused, also for another text of a version."""
    before = _hashes(session)
    report = load_dated_rows(session, RulesFile(path=file, table=ConsentText, key=("purpose",), read=_read))
    after = _hashes(session)
    changed = [version for version, text_hash in before.items() if after.get(version) != text_hash]
    if changed:
        told = "、".join(f"{purpose} {version}" for purpose, version in sorted(changed))
        raise RulesFileRefused(f"{file.name}: 已公布的文本不能改动，请以新版本公布：{told}", errors={"file": file.name})
    return [report]


def _hashes(session: Session) -> dict[tuple[str, str], bytes]:
    rows = session.execute(select(ConsentText.purpose, ConsentText.version, ConsentText.text_hash)).all()
    return {(row.purpose, row.version): row.text_hash for row in rows}


def _read(cells: Mapping[str, str]) -> Values:
    values = {name: cells[name] for name in ("version", "title", "text", "source")}
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise ValueError(f"不能为空：{'、'.join(missing)}")
    told = hashlib.sha256(values["text"].encode()).digest()
    return {"purpose": Purpose(cells["purpose"]).value, "text_hash": told, **values}
