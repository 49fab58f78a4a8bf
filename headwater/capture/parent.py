"""The command line of another process of the same user."""

from __future__ import annotations

import os
from collections.abc import Sequence

_TIMEOUT_S = 2.0


def command_of(process: int) -> tuple[Sequence[str], str] | None:
    """The arguments and the working directory of a process, or None when the system does not tell.

    Linux has both below ``/proc``. Elsewhere (macOS) ``ps`` gives the arguments as one text, in which spaces
    within an argument cannot be told from those between two, and ``lsof`` the directory.
    """
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:
            arguments = [os.fsdecode(part) for part in file.read().split(b"\0") if part]
        return arguments, os.readlink(f"/proc/{process}/cwd")
    except OSError:
        if os.path.isdir("/proc/self"):
            return None
    line = _output("ps", "-ww", "-o", "command=", "-p", str(process)).strip()
    places = _output("lsof", "-a", "-d", "cwd", "-p", str(process), "-Fn").splitlines()
    directory = next((place[1:] for place in places if place.startswith("n")), "")
    return (split_arguments(line, directory), directory) if line and directory else None


def split_arguments(line: str, directory: str) -> list[str]:
    """The arguments in the text of a command line; words are joined where only together they name a notebook."""
    words = line.split(" ")
    arguments: list[str] = []
    while words:
        taken = 1
        for end in range(len(words), 1, -1):
            joined = " ".join(words[:end])
            if joined.endswith(".ipynb") and os.path.isfile(os.path.join(directory, joined)):
                taken = end
                break
        arguments.append(" ".join(words[:taken]))
        words = words[taken:]
    return [argument for argument in arguments if argument]


def _output(*command: str) -> str:
    import subprocess

    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
