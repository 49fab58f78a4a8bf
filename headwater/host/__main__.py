"""``python -m headwater.host``: what starts a host process."""

from __future__ import annotations

import argparse
import sys

from headwater.host.run import run


def main() -> int:
    """Serve the home that the command line names; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m headwater.host")
    parser.add_argument("--home", required=True)
    parser.add_argument("--attached", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    run(options.home, attached=options.attached)
    return 0


sys.exit(main())
