"""The door to the job queue for those who only put jobs in: procrastinate, on the caller's own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.types import JSONDict

# Never opened: every job goes through the connection of the transaction that asks for it.
_queue = App(connector=SyncPsycopgConnector())


def defer(
    connection: psycopg.Connection[tuple[object, ...]],
    task: str,
    *,
    queue: str,
    lock: str | None = None,
    delay_s: int | None = None,
    **ids: str,
) -> None:
    """Put a job in the queue, all or nothing with the transaction of ``connection``.

    ``ids`` are its arguments: identifiers only, never personal data. Jobs with one ``lock`` run one after another,
    in their order. ``delay_s`` holds the job back for so many seconds.
    """
    schedule = {"seconds": delay_s} if delay_s is not None else None
    _queue.configure_task(task, queue=queue, lock=lock, schedule_in=schedule, connection=connection).defer(**ids)


def defer_many(
    connection: psycopg.Connection[tuple[object, ...]], task: str, *, queue: str, ids: Iterable[Mapping[str, str]]
) -> None:
    """Put a job of one task in the queue for each of ``ids``, in their order and in one statement; as ``defer``."""
    arguments: list[JSONDict] = [{**one} for one in ids]
    _queue.configure_task(task, queue=queue, connection=connection).batch_defer(*arguments)
