"""The arithmetic of the bench, on values that a reader can check in the head."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import machine
from bench.counting import statements_a_request
from bench.goals import Measured, attained, cpu_ratio, rate_ratio, tail
from bench.limit import LIMITS, rate_in
from bench.load import Line, Load, LoadFailed, parse
from bench.machine import MachineTime
from bench.rounds import Pair, Rounds, Spell, spell_of
from bench.table import table


def spell(rate: float, cpu_ms: float = 1.0, p50_ms: float = 10.0, p99_ms: float = 20.0, others: float = 0.0) -> Spell:
    return Spell(rate=rate, p50_ms=p50_ms, p99_ms=p99_ms, cpu_ms=cpu_ms, others=others)


def measured(*pairs: tuple[Spell, Spell], statements: float = 3.0) -> Measured:
    rounds = Rounds([Pair(product=product, reference=bare) for product, bare in pairs])
    return Measured(name="file", title="file a complaint", rounds=rounds, statements=statements)


def test_a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_the_medians() -> None:
    act = measured((spell(10), spell(100)), (spell(80), spell(100)), (spell(90), spell(1000)))

    assert rate_ratio(act) == pytest.approx(0.1)  # of 0.1, 0.8 and 0.09; the medians are 80 and 100


def test_the_tail_is_taken_round_by_round() -> None:
    act = measured(*[(spell(1, p50_ms=10, p99_ms=p99_ms), spell(1)) for p99_ms in (20, 30, 500)])

    assert tail(act) == 3


def test_cpu_of_a_request_is_the_cpu_of_all_of_them_divided() -> None:
    load = Load(requests=500, duration_s=5, p50_ms=1, p99_ms=2, failed=0, broken=0)

    one = spell_of(load, cpu_s=2.0, others=0.1)

    assert (one.rate, one.cpu_ms) == (100, 4)
    assert cpu_ratio(measured((one, spell(1, cpu_ms=2.0)))) == 2


@pytest.mark.parametrize(
    ("value", "bound", "at_most", "ratio"),
    [(0.6, 0.6, False, 1), (0.3, 0.6, False, 0.5), (3.6, 1.8, True, 0.5), (0.9, 1.8, True, 2)],
)
def test_a_goal_is_attained_at_one(value: float, bound: float, at_most: bool, ratio: float) -> None:
    assert attained(value, bound, at_most=at_most) == pytest.approx(ratio)


def test_a_goal_that_is_missed_says_so_in_the_table() -> None:
    text = table([measured((spell(30, cpu_ms=2), spell(100)))])

    assert "| P2 | file | rate against bare | 0.30 | >= 0.6 | 0.50 missed |" in text
    assert "| P4 | file | p99 / p50 | 2.00 | <= 3 | 1.50 |" in text
    assert "| file a complaint | 30 | 100 | – | 10.0 | 20.0 | 2.0 | 2.00 | 1.00 | 3.0 | 30% | 2.00x | 0% |" in text


def test_statements_that_read_and_write_nothing_are_not_counted() -> None:
    assert statements_a_request({"BEGIN": 1, "COMMIT": 1, "SELECT x FROM y": 1, "INSERT INTO z": 4}) == 5


def test_the_last_line_of_the_load_is_read_and_silence_is_a_failure() -> None:
    load = parse("Running 5s test\nBENCH 1000 5000000 9000 40000 3 1\n")

    assert load == Load(requests=1000, duration_s=5.0, p50_ms=9.0, p99_ms=40.0, failed=3, broken=1)
    assert load.rate == 200
    with pytest.raises(LoadFailed):
        parse("unable to connect to 127.0.0.1:1 Connection refused\n")


def test_a_line_of_load_holds_no_more_tabs_than_fields() -> None:
    assert Line(method="POST", path="/a", token="t", body='{"b":1}').written() == 'POST\t/a\tt\t\t{"b":1}'


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A made-up /proc: 10 is the parent of 11, which is the parent of 12; 20 is somebody else's."""
    ticks = machine._TICKS_A_SECOND
    for pid, parent, own, ended in ((10, 1, 1, 0), (11, 10, 2, 4), (12, 11, 3, 0), (20, 1, 100, 0)):
        folder = tmp_path / str(pid)
        folder.mkdir()
        times = f"{own * ticks} {own * ticks} {ended * ticks} 0"
        (folder / "stat").write_text(f"{pid} (a name (x) of) S {parent} 0 0 0 0 0 0 0 0 0 {times} 20 0 1 0\n")
        (folder / "cmdline").write_bytes(b"python\0-m\0granian" if pid == 11 else b"sh")
    (tmp_path / "12" / "smaps_rollup").write_text("5000-6000 ---p\nRss: 4096 kB\nPss: 2048 kB\n")
    (tmp_path / "stat").write_text(f"cpu {10 * ticks} 0 {5 * ticks} {80 * ticks} {5 * ticks} 0 0 0 7 7\ncpu0 1\n")
    return tmp_path


def test_cpu_of_a_tree_is_that_of_all_below_and_of_those_that_ended(proc: Path) -> None:
    assert machine.tree(10, proc) == {10, 11, 12}
    assert machine.cpu_s(10, proc) == 2 + 4 + 4 + 6
    assert machine.cpu_s(12, proc) == 6


def test_a_child_is_found_by_its_command_and_nobody_elses_is(proc: Path) -> None:
    assert machine.child_named(10, "granian", proc) == 11
    with pytest.raises(LookupError):
        machine.child_named(11, "granian", proc)


def test_memory_is_the_proportional_share(proc: Path) -> None:
    assert machine.pss_mib(12, proc) == 2


def test_what_others_used_is_what_was_busy_without_our_own(proc: Path) -> None:
    assert machine.machine_time(proc) == MachineTime(busy_s=15, total_s=100)
    begun = MachineTime(busy_s=15, total_s=100)

    assert machine.others_share(begun, MachineTime(busy_s=23, total_s=110), own_s=5) == pytest.approx(0.3)
    assert machine.others_share(begun, MachineTime(busy_s=16, total_s=110), own_s=5) == 0


def test_the_rate_of_pgbench_is_read_and_a_failed_transaction_is_a_failure() -> None:
    printed = "number of failed transactions: 0 (0.000%)\ntps = 4321.5 (without initial connection time)\n"

    assert rate_in(printed) == 4321.5
    with pytest.raises(LoadFailed):
        rate_in(printed.replace(": 0 (", ": 2 ("))
    with pytest.raises(LoadFailed):
        rate_in("", "could not connect")


def test_nothing_is_left_to_fill_in_a_script_of_pgbench() -> None:
    assert [name for name, limit in LIMITS.items() if "$" in limit.script()] == []
