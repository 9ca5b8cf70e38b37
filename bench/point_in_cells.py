"""P12: finding the grid cell of a position among 5,000 cells, against shapely's own STRtree. Runs a few seconds.

`.venv/bin/python -m bench.point_in_cells` prints the median of each side, alternating, and the median of their ratios.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence

import shapely

from backend.kernel.geography import CellMap, Position

CELLS_A_SIDE = (100, 50)
ROUNDS, POINTS = 9, 4_000
WEST, SOUTH, STEP = 120.2, 31.7, 0.01


def square(column: int, row: int) -> str:
    """Return the polygon of a cell of about a square kilometre."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    corners = [(west, south), (west + STEP, south), (west + STEP, south + STEP), (west, south + STEP), (west, south)]
    return str(shapely.to_geojson(shapely.Polygon(corners)))


def p50_us(ask: Callable[[float, float], object], points: Sequence[tuple[float, float]]) -> float:
    """Return the median time of one question, in microseconds."""
    times = []
    for x, y in points:
        began = time.perf_counter_ns()
        ask(x, y)
        times.append(time.perf_counter_ns() - began)
    return statistics.median(times) / 1000


def main() -> None:
    """Measure and print."""
    columns, rows = CELLS_A_SIDE
    cells = {f"{column:03}-{row:03}": square(column, row) for column in range(columns) for row in range(rows)}
    cell_map = CellMap(cells)
    tree = shapely.STRtree([shapely.from_geojson(text) for text in cells.values()])
    seeded = random.Random(12)  # noqa: S311 - the same positions each time
    points = [(WEST + seeded.random() * columns * STEP, SOUTH + seeded.random() * rows * STEP) for _ in range(POINTS)]

    def ours(x: float, y: float) -> object:
        return cell_map.at(Position(longitude=x, latitude=y))

    def plain(x: float, y: float) -> object:
        return tree.query(shapely.Point(x, y), predicate="intersects")

    p50_us(ours, points[:500])
    p50_us(plain, points[:500])
    ratios = []
    for number in range(1, ROUNDS + 1):
        one, other = p50_us(ours, points), p50_us(plain, points)
        ratios.append(one / other)
        print(f"round {number}: cell map {one:5.1f} us, plain STRtree {other:5.1f} us, ratio {one / other:.2f}")
    print(f"P12 {len(cells)} cells: median ratio {statistics.median(ratios):.2f} (goal <= 1.5)")


if __name__ == "__main__":
    main()
