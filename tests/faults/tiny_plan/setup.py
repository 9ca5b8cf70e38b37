"""The set-up of the tiny product: one table, made by the owner, which the serving role may fill and read."""

from __future__ import annotations

import os
import sys
import time

import psycopg

from backend.infrastructure.embedded.cluster import SERVING_ROLE


def main() -> None:
    """Make the table once. Fails or dawdles where a test asks for it."""
    if os.environ.get("TINY_PLAN_SETUP") == "fails":
        print("units.csv:12: a bad row", file=sys.stderr)
        sys.exit(1)
    if os.environ.get("TINY_PLAN_SETUP") == "dawdles":
        time.sleep(120)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (id int PRIMARY KEY)")
        connection.execute(f"GRANT SELECT, INSERT ON note TO {SERVING_ROLE}")
    print("set up", flush=True)


if __name__ == "__main__":
    main()
