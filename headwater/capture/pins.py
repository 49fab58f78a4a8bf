"""The pins that hold in this kernel."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, cast

from headwater.clock import now
from headwater.errors import InvalidNotebook, NotebookNotFound, PinConflict, UsageError
from headwater.pin_metadata import notebook_id_of, pins_of, section_of
from headwater.pin_models import Kind, Pin, PinOperation

if TYPE_CHECKING:
    from headwater.capture.ledger import KernelLedger
    from headwater.capture.notebook import FoundNotebook
    from headwater.capture.session import VersionFacts
    from headwater.home import Home


@dataclass(slots=True)
class _File:
    """What a notebook file said when it was in `state`."""

    state: tuple[int, int, int]
    notebook: str | None
    pins: dict[str, Pin]


@dataclass(slots=True)
class _Changes:
    """What this process changed on top of a file, None for a pin that was taken away; `before` is what the file
    said of the same datasets.
    """

    pins: dict[str, Pin | None] = field(default_factory=dict)
    before: dict[str, Pin | None] = field(default_factory=dict)


class NotebookPinboard:
    """Reads and changes the pins of the notebook that this kernel runs.

    Of a notebook that a server holds, pins are the ledger's: a change goes to the host, and the next save
    writes it. In a headless run they are the file's, which the run does not touch; a change holds for the
    rest of the run and travels as a record in the outputs, from which ``headwater stamp`` completes the file
    that the run wrote.
    """

    def __init__(
        self,
        home: Home,
        ledger: KernelLedger,
        notebook: Callable[[], FoundNotebook | None],
        record: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._home = home
        self._ledger = ledger
        self._notebook = notebook
        self._record = record
        self._lock = threading.RLock()
        self._files: dict[str, _File] = {}
        self._changes: dict[str, _Changes] = {}
        self._early: str | None = None

    def all(self) -> dict[str, Pin]:
        """The pins by dataset; empty without a notebook.

        Raises `InvalidNotebook` when the notebook file is damaged and `NotebookNotFound` when it is gone.
        """
        found = self._notebook()
        return self._pins(found)[1] if found is not None else {}

    def get(self, dataset: str) -> Pin | None:
        """The pin of one dataset, or None."""
        return self.all().get(dataset)

    def pin(self, version: VersionFacts, *, reason: str = "") -> Pin:
        """Pin the notebook to `version`, whatever it was pinned to before.

        Raises `UsageError` without a notebook and `HostUnavailable` when the host that must note it cannot be
        had.
        """
        return self._set(self._require(), version, reason, None)

    def pin_first_use(self, version: VersionFacts) -> Pin:
        """Pin the notebook to `version` unless it is pinned by now, then the pin that there is. Raises as
        `pin`.
        """
        found = self._require()
        revision, pins = self._pins(found)
        if version.dataset in pins:
            return pins[version.dataset]
        try:
            return self._set(found, version, "", revision)
        except PinConflict:
            # Another kernel or the panel was faster in the meantime: one notebook, one version.
            other = self.get(version.dataset)
            return other if other is not None else self._set(found, version, "", None)

    def unpin(self, dataset: str) -> None:
        """Take a pin away. Raises `UsageError` when there is none, and as `pin`."""
        found = self._require()
        if dataset not in self._pins(found)[1]:
            raise UsageError(
                f"The notebook has no pin of {dataset}.",
                hint="List its pins with hw.pins().",
                details={"dataset": dataset},
            )
        if found.bound:
            self._apply(found, PinOperation("remove", dataset), None)
        else:
            self._changed(found, dataset, None)
        self._record("pin", {"op": "remove", "dataset": dataset})

    def notebook_id(self, found: FoundNotebook | None) -> str | None:
        """The id in the notebook's file, or None."""
        if found is None:
            return None
        try:
            return self._file(found.path).notebook
        except (InvalidNotebook, NotebookNotFound):
            return None

    def _require(self) -> FoundNotebook:
        found = self._notebook()
        if found is None:
            raise UsageError(
                "Headwater cannot tell which notebook this is, so there is nothing to pin.",
                hint="Set HEADWATER_NOTEBOOK to the notebook's path before the kernel starts.",
            )
        return found

    def _pins(self, found: FoundNotebook) -> tuple[int | None, dict[str, Pin]]:
        if found.bound and found.notebook is not None:
            return self._hand_over(found, *self._ledger.pins(found.notebook))
        changes = self._changes.get(found.path, _Changes())
        pins: dict[str, Pin | None] = {**self._file(found.path).pins, **changes.pins}
        return None, {dataset: pin for dataset, pin in pins.items() if pin is not None}

    def _set(self, found: FoundNotebook, version: VersionFacts, reason: str, base: int | None) -> Pin:
        if found.bound:
            pin = self._apply(found, PinOperation("set", version.dataset, version.version, reason), base)
            assert pin is not None
        else:
            pin = Pin(
                version.dataset,
                version.version,
                version.digest,
                cast("Kind", version.kind),
                _user(),
                now(),
                reason,
            )
            self._changed(found, version.dataset, pin)
        self._record("pin", {"op": "set", **asdict(pin)})
        return pin

    def _hand_over(self, found: FoundNotebook, revision: int, pins: dict[str, Pin]) -> tuple[int, dict[str, Pin]]:
        """Give the ledger what was changed before the server had bound this kernel.

        A pin that somebody else has changed meanwhile stays as they set it: one notebook, one version.
        """
        assert found.notebook is not None
        with self._lock:
            early = self._early
            if early is None:
                return revision, pins
            operations = [
                PinOperation("remove", dataset)
                if pin is None
                else PinOperation("set", dataset, pin.version, pin.reason)
                for dataset, pin in self._changes[early].pins.items()
                if pins.get(dataset) == self._changes[early].before.get(dataset) and pin != pins.get(dataset)
            ]
            try:
                if operations:
                    self._call(found, operations, revision)
            except PinConflict:
                # Changed since it was read a moment ago.
                return self._hand_over(found, *self._ledger.pins(found.notebook))
            del self._changes[early]
            self._early = None
        return self._ledger.pins(found.notebook) if operations else (revision, pins)

    def _apply(self, found: FoundNotebook, operation: PinOperation, base: int | None) -> Pin | None:
        return self._call(found, [operation], base).get(operation.dataset)

    def _call(self, found: FoundNotebook, operations: list[PinOperation], base: int | None) -> dict[str, Pin]:
        """Have the host change pins; returns those that there are then."""
        from headwater.host.client import HostClient

        answer, _ = HostClient(self._home).call(
            "pins.apply",
            {
                "path": found.path,
                "base_revision": base,
                "operations": [asdict(operation) for operation in operations],
                "actor": {"user": found.owner or _user(), "source": "session-owner"},
            },
        )
        return {status["dataset"]: Pin(**status["pin"]) for status in answer["pins"] if status["pin"]}

    def _changed(self, found: FoundNotebook, dataset: str, pin: Pin | None) -> None:
        """Change a pin of a notebook that no server holds, or none yet."""
        with self._lock:
            changes = self._changes.setdefault(found.path, _Changes())
            changes.before.setdefault(dataset, self._file(found.path).pins.get(dataset))
            changes.pins[dataset] = pin
            if found.found_by == "session":
                self._early = found.path

    def _file(self, path: str) -> _File:
        with self._lock:
            known = self._files.get(path)
            try:
                stat = os.stat(path)
                state = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
                if known is None or known.state != state:
                    known = self._files[path] = _read(path, state)
            except OSError as error:
                if known is None:
                    raise NotebookNotFound(
                        f"The notebook {os.path.basename(path)} cannot be read.",
                        hint="Check HEADWATER_NOTEBOOK, or save the notebook.",
                    ) from error
            assert known is not None
            return known


def _read(path: str, state: tuple[int, int, int]) -> _File:
    name = os.path.basename(path)
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (ValueError, RecursionError) as error:
        raise InvalidNotebook(
            f"{name} is not notebook JSON.", hint="Repair the file, or restore it; it was not changed."
        ) from error
    section = section_of(document.get("metadata") if isinstance(document, dict) else None)
    return _File(state, notebook_id_of(section), pins_of(section))


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"
