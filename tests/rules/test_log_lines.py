"""What a log line says of an error, a warning and a library's own words: kinds, places and numbers, never values."""

from __future__ import annotations

import io
import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from backend.infrastructure.logs import configure_logs
from backend.kernel.errors import NotFound

SECRET = "张三 13812345678"


class NobodyThere(NotFound):
    code = "nobody-there"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines that are written, as objects; the process gets its own logging back."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    configure_logs("DEBUG", written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.captureWarnings(False)
    root.handlers = handlers
    root.setLevel(level)


def test_of_an_error_its_whole_chain_is_told_by_kind_and_place(lines):
    try:
        try:
            {}[SECRET]
        except KeyError as error:
            raise NobodyThere(SECRET) from error
    except NobodyThere:
        logging.getLogger("test").exception("it failed")

    [line] = lines()
    assert [told["kind"].rpartition(".")[2] for told in line["errors"]] == ["NobodyThere", "KeyError"]
    assert line["errors"][0]["code"] == "nobody-there"
    assert "test_log_lines.py" in line["errors"][1]["at"][-1]
    assert SECRET not in json.dumps(line, ensure_ascii=False)


def test_errors_of_a_group_are_told_each_and_a_ring_of_causes_ends(lines):
    first, second = ValueError(SECRET), LookupError(SECRET)
    first.__cause__, second.__cause__ = second, first

    logging.getLogger("test").error("it failed", exc_info=ExceptionGroup(SECRET, [first, second]))

    [line] = lines()
    assert [told["kind"] for told in line["errors"]] == [
        "builtins.ExceptionGroup", "builtins.ValueError", "builtins.LookupError",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("template", "args", "shown"),
    [
        ("started %s with %d parts", ("web", 3), "started … with 3 parts"),
        ("%(who)s took %(s).1f s", ({"who": SECRET, "s": 1.25},), "… took 1.2 s"),
        ("no such %d", (SECRET,), "no such %d"),
        ("100 % sure", (), "100 % sure"),
        (ValueError(SECRET), (), "ValueError"),
    ],
)
def test_a_line_is_its_template_with_numbers_and_nothing_else_filled_in(lines, template, args, shown):
    # Handed over directly: pytest's own handler would fill in the arguments and fail.
    record = logging.getLogger().makeRecord("library", logging.WARNING, "file", 1, template, args, None)
    logging.getLogger().handlers[0].handle(record)

    [line] = lines()
    assert line["event"] == shown


def test_of_asyncio_only_the_first_line_is_kept(lines):
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: 张三")

    assert lines()[0]["event"] == "Task exception was never retrieved"


def test_a_warning_is_told_by_place_and_category(lines):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # Another test of this process may have left it on, with what it hooks into put back since.
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(SECRET, RuntimeWarning, stacklevel=1)
        logging.captureWarnings(False)

    [line] = lines()
    assert line["event"].endswith("RuntimeWarning")
    assert SECRET not in line["event"]


def test_a_line_that_cannot_be_written_is_missed_without_its_words(lines, capsys):
    logging.getLogger("test").warning("odd", extra={"thing": object(), "who": {SECRET: 1, 2: 3}})
    logging.getLogger().handlers[0].setStream(io.TextIOWrapper(io.BytesIO(), encoding="ascii"))

    logging.getLogger("test").warning(SECRET)

    assert "log line lost" in capsys.readouterr().err
    assert SECRET not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "message", "extra"),
    [
        ("baitong.request", "answered", {"method": "GET", "status": 200, "took_ms": 1.5, "person_id": None}),
        ("backend.cases", "案卷 moved", {"is_late": True, "word": 'a "quoted" 词'}),
        ("asyncio", "first\nsecond", {}),
        ("py.warnings", "file.py:3: UserWarning: " + SECRET, {}),
        ("backend.cases", "an id", {"case_id": complex(1, 2)}),
    ],
    ids=str,
)
def test_the_short_way_writes_the_very_line_of_the_long_one(lines, name, message, extra):
    structlog.contextvars.bind_contextvars(request_id="0194")
    record = logging.getLogger(name).makeRecord(name, logging.INFO, "file", 1, message, (), None, extra=extra)
    handler = logging.getLogger().handlers[0]

    short, long = (
        handler.formatter.format(record),
        structlog.stdlib.ProcessorFormatter.format(handler.formatter, record),
    )
    structlog.contextvars.clear_contextvars()

    without_time = [re.sub(r'"timestamp": "[0-9T:.-]+Z"', "", line) for line in (short, long)]
    assert without_time[0] == without_time[1]
    assert list(json.loads(short)) == list(json.loads(long))
