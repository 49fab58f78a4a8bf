"""Runs a notebook from top to bottom without a server, with its pins, and stamps what came out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.errors import MissingExtra, Unavailable, UsageError
from headwater.stamping.canonical import METADATA_KEY, canonical, cell_ids
from headwater.stamping.files import read_file, write_notebook
from headwater.stamping.verify import title

if TYPE_CHECKING:
    from headwater.home import Home
    from headwater.services.stamps import StampService

_INSTALL = 'Install it with: pip install "jupyterlab-headwater[headless]"'


@dataclass(frozen=True, slots=True)
class FailedCell:
    """The cell that stopped a run: its name and position, its first line, and the error that it raised."""

    cell: str
    position: int
    title: str
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a run left: the stamp of the written notebook, and the cell that stopped it, if one did."""

    notebook: Path
    stamp: dict[str, Any]
    failed: FailedCell | None


class RunService:
    """Executes notebooks with the kernels installed here, which do not inherit the variables `secrets`."""

    def __init__(self, home: Home, secrets: frozenset[str], stamps: StampService) -> None:
        self._home = home
        self._secrets = secrets
        self._stamps = stamps

    def run(self, source: Path, target: Path, user: str, progress: Callable[[int, int], None] | None = None) -> Run:
        """Execute `source`, write the result to `target`, and stamp it there.

        The kernel takes `target` for its notebook, so that a pin made on first use lands in the result; when
        that is another file, `source` stays as it is. A failing cell ends the run: what ran until then is
        kept.

        Parameters
        ----------
        source, target:
            Notebook files; they may be the same.
        user:
            The account that runs it.
        progress:
            Called before each code cell with its number and the number of code cells.

        Raises
        ------
        NotebookNotFound, InvalidNotebook
            There is no notebook at `source`.
        Conflict
            An editor holds `target`.
        MissingExtra, UsageError, Unavailable
            nbclient or the notebook's kernel is not installed, or the kernel dies.
        """
        content = read_file(source)[1]
        canonical(content)
        self._stamps.refuse_if_held(target)
        _require_kernel(content)
        if target != source:
            write_notebook(target, content)
        failed = self._execute(content, target, progress)
        # Pins that the run set are in the file by now; the notebook in memory is older.
        on_disk = read_file(target)[1].get("metadata", {}).get(METADATA_KEY)
        if on_disk is not None:
            content["metadata"][METADATA_KEY] = on_disk
        write_notebook(target, content)
        return Run(target, self._stamps.complete(target, user), failed)

    def _execute(
        self, content: dict[str, Any], target: Path, progress: Callable[[int, int], None] | None
    ) -> FailedCell | None:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        # Read again, not converted: a file may hold a text as a list of lines, which a client does not expect.
        notebook = nbformat.reads(json.dumps(content), as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
        code = [position for position, cell in enumerate(content["cells"]) if cell["cell_type"] == "code"]

        def started(cell: Any, cell_index: int) -> None:
            if progress is not None and cell.cell_type == "code":
                progress(code.index(cell_index) + 1, len(code))

        client = NotebookClient(
            notebook,
            timeout=None,
            resources={"metadata": {"path": str(target.parent)}},
            on_cell_start=started,
        )
        environment = {
            **{name: value for name, value in os.environ.items() if name not in self._secrets},
            "HEADWATER_HOME": str(self._home.path),
            "HEADWATER_NOTEBOOK": str(target),
        }
        failed = None
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            failed = _failed(content, notebook, error.ename, error.evalue)
        except DeadKernelError as error:
            raise Unavailable(
                "The kernel died while the notebook ran.",
                hint="Run it again; if it ran out of memory, load fewer rows.",
            ) from error
        content.clear()
        # Texts as lists of lines, as Jupyter writes them.
        content.update(json.loads(nbformat.writes(notebook)))  # type: ignore[no-untyped-call]
        return failed


def _require_kernel(content: dict[str, Any]) -> None:
    """Raise `MissingExtra` or `UsageError` when nbclient, or the notebook's kernel, is not installed."""
    try:
        import nbclient  # noqa: F401
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError as error:
        raise MissingExtra(
            "Running a notebook needs nbclient, which is not installed.",
            hint=_INSTALL,
        ) from error

    kernelspec = content.get("metadata", {}).get("kernelspec")
    name = kernelspec.get("name") if isinstance(kernelspec, dict) else None
    try:
        KernelSpecManager().get_kernel_spec(str(name or "python3"))
    except NoSuchKernel as error:
        if error.name == "python3" and find_spec("ipykernel") is None:
            raise MissingExtra(
                "Running a notebook needs a Python kernel, ipykernel, which is not installed.", hint=_INSTALL
            ) from error
        raise UsageError(
            f"The kernel {error.name!r} that the notebook asks for is not installed.",
            hint="List those that are with: jupyter kernelspec list",
        ) from error


def _failed(content: dict[str, Any], notebook: Any, name: str, message: str) -> FailedCell:
    names, _ = cell_ids(content["cells"])
    position = max(
        index
        for index, cell in enumerate(notebook["cells"])
        if any(output.get("output_type") == "error" for output in cell.get("outputs", ()))
    )
    return FailedCell(names[position], position + 1, title(content["cells"][position]), name, message)
