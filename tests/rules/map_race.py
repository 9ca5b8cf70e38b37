"""Many threads in one new map at once, for the test that runs this file: memory that breaks ends the whole process."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import shapely

from backend.kernel.geography import CityMap, Position
from tests.real_city import ROWS

RUGAO = "320682"
THREADS = 8
PLACES = [Position(longitude=120.5734 + step / 50, latitude=32.3708) for step in range(3)]
BESIDE = Position(longitude=121.47, latitude=31.23)
CODES = {division.id: division.code for division in ROWS.divisions}
BOUNDARIES = {CODES[one.division_id]: one.geometry for one in ROWS.boundaries}


def asked_by_many(ask: Callable[[], object]) -> set[object]:
    """Let every thread ask at the same moment; return what they were told."""
    together, told = threading.Barrier(THREADS), []

    def go() -> None:
        together.wait()
        told.append(ask())

    threads = [threading.Thread(target=go) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return set(told)


def in_a_new_city() -> set[object]:
    city = CityMap(BOUNDARIES)
    return asked_by_many(
        lambda: (
            *(city.place(place).county_code for place in PLACES),
            city.place(BESIDE).finding,
            round(city.distance_m(RUGAO, BESIDE) or 0.0),
        )
    )


if __name__ == "__main__":
    sys.setswitchinterval(1e-5)
    for _ in range(int(sys.argv[1])):
        answers = in_a_new_city()
        assert len(answers) == 1, answers
    print(f"the same answers for all, GEOS {shapely.geos_version_string}")
