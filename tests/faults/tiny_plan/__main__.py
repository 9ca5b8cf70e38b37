"""``python -m tests.faults.tiny_plan run``: the supervisor itself, with the tiny plan."""

import sys

from backend.infrastructure.embedded.first_signals import end_at_once_when_asked

if __name__ == "__main__":
    end_at_once_when_asked()
    from backend.infrastructure.embedded.command_line import main
    from tests.faults.tiny_plan.plan import tiny_plan

    sys.exit(main(sys.argv[1:], plans={"run": tiny_plan}))
