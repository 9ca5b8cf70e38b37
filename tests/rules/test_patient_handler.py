"""Lines that are written together: none is lost or moved, warnings are written at once, the end writes the rest."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import threading
import time
from contextvars import ContextVar

import pytest

from backend.infrastructure.patient_handler import PatientHandler

# As a web worker is: forked, and ended without what Python runs at the exit of a main process.
ENDING = """
import logging, multiprocessing, sys
from backend.infrastructure.patient_handler import PatientHandler

def work():
    log = logging.getLogger("told")
    log.addHandler(PatientHandler(sys.stdout))
    log.setLevel("INFO")
    for number in range(1000):
        log.info("line %d", number)

worker = multiprocessing.get_context("fork").Process(target=work)
worker.start()
worker.join()
"""


@pytest.fixture
def told() -> tuple[logging.Logger, io.StringIO]:
    written = io.StringIO()
    log = logging.getLogger("baitong.tests.patient")
    log.handlers, log.propagate = [PatientHandler(written)], False
    log.setLevel(logging.INFO)
    return log, written


def await_lines(written: io.StringIO, count: int) -> list[str]:
    deadline_s = time.monotonic() + 10
    while len(lines := written.getvalue().splitlines()) < count:
        assert time.monotonic() < deadline_s, f"{len(lines)} of {count}"
        time.sleep(0.01)
    return lines


def test_a_line_is_written_a_moment_later_by_nobody_who_waits(told):
    log, written = told

    log.info("first")
    log.info("second")

    assert await_lines(written, 2) == ["first", "second"]


def test_a_warning_is_written_before_its_caller_goes_on_with_all_that_was_said_before(told):
    log, written = told

    log.info("before")
    log.warning("trouble")

    assert written.getvalue().splitlines() == ["before", "trouble"]


def test_of_many_threads_every_line_is_written_once_and_each_threads_in_their_order(told):
    log, written = told

    def say(speaker: int) -> None:
        for number in range(500):
            log.info("%d:%d", speaker, number)

    threads = [threading.Thread(target=say, args=(speaker,)) for speaker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lines = [tuple(map(int, line.split(":"))) for line in await_lines(written, 4000)]
    assert {speaker: [n for who, n in lines if who == speaker] for speaker in range(8)} == {
        speaker: list(range(500)) for speaker in range(8)
    }


def test_a_process_that_ends_writes_what_was_still_to_be_written():
    done = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.splitlines() == [f"line {number}" for number in range(1000)]


def test_a_stream_that_refuses_is_told_of_and_does_not_end_the_writing(told, capsys):
    log, written = told
    taken = written.write
    written.write = lambda _text: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    log.info("lost")
    time.sleep(0.1)
    log.warning("lost too, and nobody who warns is told")
    written.write = taken

    log.info("written")

    assert await_lines(written, 1)[-1] == "written"
    assert "log lines lost" in capsys.readouterr().err


def test_a_line_tells_the_fields_of_the_moment_when_it_was_said(told):
    log, written = told
    said_in = ContextVar("said_in", default="nowhere")

    class Telling(logging.Formatter):
        def format(self, record):
            return f"{said_in.get()}: {record.getMessage()}"

    log.handlers[0].setFormatter(Telling())
    token = said_in.set("request")
    log.info("answered")
    said_in.reset(token)

    assert await_lines(written, 1) == ["request: answered"]


def test_a_line_that_cannot_be_made_takes_no_other_with_it(told, capsys):
    log, written = told

    class Failing(logging.Formatter):
        def format(self, record):
            return record.getMessage() if record.levelno >= logging.WARNING else str(1 / 0)

    log.handlers[0].setFormatter(Failing())
    log.info("first")
    log.warning("after")

    assert written.getvalue().splitlines() == ["after"]
    assert "log line lost" in capsys.readouterr().err


def test_whoever_makes_a_line_may_warn(told):
    log, written = told

    class Warner(logging.Formatter):
        def format(self, record):
            if record.levelno < logging.WARNING:
                log.warning("found odd")
            return record.getMessage()

    log.handlers[0].setFormatter(Warner())
    log.info("first")

    assert sorted(await_lines(written, 2)) == ["first", "found odd"]
