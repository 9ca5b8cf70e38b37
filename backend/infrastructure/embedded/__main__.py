"""``python -m backend.infrastructure.embedded``: see ``command_line``."""

import sys

from backend.infrastructure.embedded.first_signals import end_at_once_when_asked

if __name__ == "__main__":
    end_at_once_when_asked()
    from backend.infrastructure.embedded.command_line import main  # takes its time

    sys.exit(main(sys.argv[1:]))
