"""The page of figures: renewed between its marks alone, with what other programs print read by their code."""

from __future__ import annotations

import pytest

from bench.acts import ACTS
from bench.further import PROGRAMS, figure_in
from bench.goals import GOALS, GROWTH_GOALS
from bench.lifecycle import percentile
from bench.page import PAGE, MarksMissing, conditions, renewed

MARKED = "Before.\n<!-- figures of x -->\n\nold\n\n<!-- end of x -->\nAfter.\n"


def test_new_figures_stand_where_the_old_ones_stood_and_the_rest_stays() -> None:
    page = renewed(MARKED, "x", "| new |\n")

    assert page == MARKED.replace("old", "| new |")
    assert renewed(page, "x", "old") == MARKED


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(MarksMissing):
        renewed(MARKED, "y", "new")


@pytest.mark.parametrize("name", ["make bench", "make bench-large"])
def test_our_page_has_a_place_for_both_runs(name: str) -> None:
    assert "figures" in renewed(PAGE.read_text(encoding="utf-8"), name, "new figures")


def test_the_page_names_every_goal_that_is_judged() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert {
        code for code in ("P13", *(one.code for one in (*GOALS, *GROWTH_GOALS, *PROGRAMS))) if f"| {code} |" not in page
    } == set()


def test_every_goal_is_of_an_act_that_is_measured() -> None:
    assert {goal.act for goal in GOALS} <= {act.name for act in ACTS}


def test_conditions_say_when_and_over_what() -> None:
    assert conditions("20,000 cases.").startswith("Measured 20")
    assert "20,000 cases." in conditions("20,000 cases.")


@pytest.mark.parametrize(
    ("code", "printed", "figure"),
    [
        ("P12", "P12 5000 cells: median ratio 0.41 (goal <= 1.5)", 0.41),
        ("P8", "P8 9500 services: median ratio p50 0.60, p99 0.97 (goal <= 1.2)", 0.97),
    ],
)
def test_the_figure_of_another_program_is_found_by_its_code(code: str, printed: str, figure: float) -> None:
    [program] = [program for program in PROGRAMS if program.code == code]

    assert figure_in(f"round 1: median ratio 9.99, p99 9.99 (goal <= 9)\n{printed}\n", program) == figure
    assert figure_in("nothing\n", program) is None


def test_a_percentile_of_few_is_the_last_and_of_none_is_nothing() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0, 2.0], 0.99) == 2.0
    assert percentile([], 0.5) == 0.0
