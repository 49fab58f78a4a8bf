"""Which notebook this kernel runs.

Looked for in this order: ``HEADWATER_NOTEBOOK``; the binding that a server with Headwater wrote for the
kernel's id; ``JPY_SESSION_NAME``, which any Jupyter server sets; the notebook on the command line of the
process that started the kernel, which is how ``papermill``, ``nbconvert --execute`` and ``jupyter execute``
are known. A program that starts one of these by its Python interface has no notebook on its command line and
says it with the variable.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from headwater.capture.kernel import is_server_kernel
from headwater.capture.parent import command_of

SERVER_VARIABLE = "HEADWATER_SERVER"
"""Names the process of the server with Headwater that started a kernel, and that will bind it to its notebook."""

Binding = tuple[str, str, str]
"""A kernel's row in the ledger: notebook id, path and owner."""

# Options whose values can end in .ipynb, or be any text, without being the notebook that runs.
_OPTION_VALUES = {
    "-p": 2, "--parameters": 2, "-r": 2, "--parameters_raw": 2,
    "-y": 1, "--parameters_yaml": 1, "-b": 1, "--parameters_base64": 1, "-f": 1, "--parameters_file": 1,
    "--output": 1, "--output-dir": 1, "--cwd": 1, "--config": 1, "--template": 1, "--template-file": 1,
}  # fmt: skip
_ONE_INPUT = ("papermill",)


@dataclass(frozen=True, slots=True)
class FoundNotebook:
    """A notebook, and how it was found. `path` is absolute.

    `bound` says that a server with Headwater holds it: pins are then the ledger's, and records reach the
    stamp by the spool. Else pins are the file's, and records also travel in the outputs. `notebook` and
    `owner` are known of a bound one only.
    """

    path: str
    found_by: Literal["environment", "server", "session", "parent"]
    bound: bool = False
    notebook: str | None = None
    owner: str | None = None


def find_notebook(
    kernel: str,
    binding: Callable[[str], Binding | None],
    environ: Mapping[str, str] | None = None,
    command: Callable[[int], tuple[Sequence[str], str] | None] = command_of,
) -> FoundNotebook | None:
    """The notebook of `kernel`, or None when nothing tells.

    Parameters
    ----------
    kernel:
        The kernel's id.
    binding:
        Looks an id up in the ledger.
    environ:
        The environment; this process's own when None.
    command:
        Gives the arguments and the working directory of a process, or None.
    """
    variables = os.environ if environ is None else environ
    named = variables.get("HEADWATER_NOTEBOOK")
    if named:
        return FoundNotebook(_absolute(named), "environment")
    found = binding(kernel)
    if found is not None:
        notebook, path, owner = found
        return FoundNotebook(path, "server", True, notebook, owner)
    session = variables.get("JPY_SESSION_NAME", "")
    # A kernel that a headless run started from within a notebook inherits the variable of that other
    # notebook.
    if is_server_kernel(kernel) and session.endswith(".ipynb") and os.path.isfile(session):
        return FoundNotebook(_absolute(session), "session")
    started_by = variables.get("JPY_PARENT_PID", "")
    if started_by.isdecimal():
        line = command(int(started_by))
        path_of_run = notebook_argument(*line) if line is not None else None
        if path_of_run is not None:
            return FoundNotebook(path_of_run, "parent")
    return None


def is_to_be_bound(found: FoundNotebook | None, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a server with Headwater started this kernel and has not bound it yet, which it soon does."""
    variables = os.environ if environ is None else environ
    server = variables.get(SERVER_VARIABLE, "")
    if found is None or found.found_by != "session" or not server:
        return False
    from headwater.processes import is_alive

    return is_alive(server)


def notebook_argument(arguments: Sequence[str], directory: str) -> str | None:
    """The notebook that a command line runs: its first argument that is an existing ``.ipynb`` file.

    None when a program other than papermill, whose second one is the output, was given several: which of them
    a kernel belongs to cannot be told, and a wrong notebook is worse than none.
    """
    found: list[str] = []
    skip = 0
    for argument in arguments:
        if skip:
            skip -= 1
        elif argument in _OPTION_VALUES:
            skip = _OPTION_VALUES[argument]
        elif argument.endswith(".ipynb") and not argument.startswith("-"):
            path = os.path.join(directory, argument)
            if os.path.isfile(path):
                found.append(os.path.realpath(path))
    if not found:
        return None
    programs = {Path(argument).name for argument in arguments[:3]}
    if len(set(found)) > 1 and not programs.intersection(_ONE_INPUT):
        return None
    return found[0]


def _absolute(path: str) -> str:
    return os.path.realpath(os.path.expanduser(path))
