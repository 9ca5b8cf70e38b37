"""The table that a run ends with, in Markdown, so that it can be put into ``docs/performance.md`` as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.goals import GOALS, Goal, Measured, tail

_HEAD = (
    "act",
    "req/s",
    "bare req/s",
    "limit",
    "p50 ms",
    "p99 ms",
    "p99/p50",
    "CPU ms",
    "bare CPU ms",
    "SQL",
    "of bare",
    "CPU of bare",
    "others",
)
_GOAL_HEAD = ("goal", "act", "what", "measured", "bound", "ratio to goal")


def act_rows(acts: Iterable[Measured]) -> list[tuple[str, ...]]:
    """Return a row for each act."""
    return [_act_row(act) for act in acts]


def goal_rows(acts: Sequence[Measured], goals: Iterable[Goal] = GOALS) -> list[tuple[str, ...]]:
    """Return a row for each goal whose act was measured."""
    by_name = {act.name: act for act in acts}
    return [_goal_row(goal, by_name[goal.act]) for goal in goals if goal.act in by_name]


def table(acts: Sequence[Measured], further: Sequence[tuple[str, ...]] = ()) -> str:
    """Return acts and goals as Markdown. ``further`` are rows of goals that were measured elsewhere."""
    parts = [markdown(_HEAD, act_rows(acts))] if acts else []
    goals = [*goal_rows(acts), *further]
    return "\n".join([*parts, *([markdown(_GOAL_HEAD, goals)] if goals else [])])


def growth_table(acts: Sequence[Measured], goals: Iterable[Goal]) -> str:
    """Return the same, where the reference is not bare but a product with fewer cases."""
    head = [cell.replace("bare", "reference") for cell in _HEAD]
    return "\n".join((markdown(head, act_rows(acts)), markdown(_GOAL_HEAD, goal_rows(acts, goals))))


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def judged(value: float, bound: float, ratio: float, *, at_most: bool) -> tuple[str, str, str]:
    """Return the last three cells of a goal's row."""
    sign = "<=" if at_most else ">="
    return f"{value:.2f}", f"{sign} {bound:g}", f"{ratio:.2f}{'' if ratio >= 1 else ' missed'}"


def _act_row(act: Measured) -> tuple[str, ...]:
    rounds = act.rounds
    return (
        act.title,
        f"{rounds.of_product(lambda spell: spell.rate):.4g}",
        _cell(rounds.of_reference(lambda spell: spell.rate), "{:.4g}"),
        _cell(act.limit, "{:.4g}"),
        f"{rounds.of_product(lambda spell: spell.p50_ms):.1f}",
        f"{rounds.of_product(lambda spell: spell.p99_ms):.1f}",
        f"{tail(act):.1f}",
        f"{rounds.of_product(lambda spell: spell.cpu_ms):.2f}",
        _cell(rounds.of_reference(lambda spell: spell.cpu_ms), "{:.2f}"),
        f"{act.statements:.1f}",
        _cell(rounds.ratio(lambda spell: spell.rate), "{:.0%}"),
        _cell(rounds.ratio(lambda spell: spell.cpu_ms), "{:.2f}x"),
        f"{rounds.others:.0%}",
    )


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _goal_row(goal: Goal, act: Measured) -> tuple[str, ...]:
    cells = judged(goal.value(act), goal.bound, goal.attained(act), at_most=goal.at_most)
    return (goal.code, act.name, goal.says, *cells)
