"""The project's own file of messages' wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from backend.infrastructure.dated_rows import RulesFile, RulesReport, Values, load_dated_rows
from backend.notifications.messages import Wording
from backend.notifications.models import MessageWording
from backend.notifications.subscriptions import MessageKind

WORDING_FILE = Path(__file__).parent / "data" / "messages.csv"


def load_notification_rules(session: Session, *, file: Path = WORDING_FILE) -> Sequence[RulesReport]:
    """Load the wording of the messages. A second run changes nothing. Raises RulesFileRefused with file and line."""
    return [load_dated_rows(session, RulesFile(path=file, table=MessageWording, key=("kind",), read=_read))]


def _read(cells: Mapping[str, str]) -> Values:
    wording = Wording(
        kind=MessageKind(cells["kind"]), push_body=cells["push_body"], title=cells["title"], body=cells["body"]
    )
    wording.refuse_strange_words()
    return {
        "kind": wording.kind.value,
        "push_body": wording.push_body,
        "title": wording.title,
        "body": wording.body,
        "source": cells["source"],
    }
