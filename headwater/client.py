"""The kernel client: resolves what a notebook asks for, reads it in process, and leaves a record of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from headwater import reading
from headwater.errors import UsageError, VersionNotFound
from headwater.naming import check_dataset, parse_ref, parse_spec
from headwater.retention import erased_error

if TYPE_CHECKING:
    from headwater.capture.session import KernelSession
    from headwater.home import Home
    from headwater.pin_models import Pin
    from headwater.results.datasets import Dataset, DatasetList
    from headwater.results.difference import Difference
    from headwater.results.pins import PinList
    from headwater.results.samples import Sample
    from headwater.results.versions import Version, VersionList
    from headwater.transports.base import Resolved, Transport

AUTOPIN_VARIABLE = "HEADWATER_AUTOPIN"
"""Set to ``0``, the first load of a dataset does not pin the notebook; ``[pins] on_first_use`` says it for a
home.
"""


class Held(TypedDict):
    """What a read is recorded with: whether nothing holds the next one to its version, and the tag that it named."""

    floating: bool
    tag: str | None


class Client:
    """What ``import headwater as hw`` speaks to; one for each home in a process.

    Parameters
    ----------
    transport:
        Resolves versions and reaches the host.
    session:
        Knows this kernel's notebook and its pins, and keeps the records of reads and writes.
    """

    def __init__(self, transport: Transport, session: KernelSession) -> None:
        self._transport = transport
        self._session = session

    def load(
        self,
        ref: str,
        as_: reading.Format = "pandas",
        columns: Sequence[str] | None = None,
        where: str | None = None,
        limit: int | None = None,
    ) -> Any:
        """See `headwater.load`."""
        reading.check_format(as_)
        version, held, first_use = self._chosen(ref)
        frame = self._read(version, as_, columns, where, limit)
        if first_use:
            # Pinned after the read, so that a load which fails leaves no pin behind.
            pin = self._session.pins.pin_first_use(version)
            if pin.version != version.version:
                version = self._pinned(pin)
                frame = self._read(version, as_, columns, where, limit)
        self._session.record_read(version, rows=_rows(frame, version, limit), columns=columns, **held)
        return frame

    def scan(self, ref: str, as_: reading.ScanFormat = "polars") -> Any:
        """See `headwater.scan`."""
        reading.check_format(as_, lazy=True)
        version, held, first_use = self._chosen(ref)
        frame = reading.scan(self._transport.files(version), as_)
        if first_use:
            pin = self._session.pins.pin_first_use(version)
            if pin.version != version.version:
                version = self._pinned(pin)
                frame = reading.scan(self._transport.files(version), as_)
        self._session.record_read(version, rows=version.rows, **held)
        return frame

    def save(self, frame: Any, name: str, message: str = "") -> Version:
        """See `headwater.save`."""
        from headwater.frames import ipc_writer
        from headwater.results.versions import version_from_wire

        check_dataset(name)
        inputs = self._session.versions_read()
        answer, _ = self._transport.call(
            "save",
            {"dataset": name, "message": message, "inputs": list(inputs)},
            ipc_writer(frame),
        )
        version = version_from_wire(answer)
        self._session.record_write(version, rows=version.rows, inputs=inputs)
        return version

    def versions(self, name: str) -> VersionList:
        """See `headwater.versions`."""
        from headwater.results.versions import VersionList

        return VersionList(name, self._transport.versions(check_dataset(name)))

    def describe(self, name: str) -> Dataset:
        """See `headwater.describe`."""
        return self._transport.dataset(check_dataset(name))

    def search(self, query: str = "", limit: int = 20) -> DatasetList:
        """See `headwater.search`."""
        from headwater.results.datasets import DatasetList, summary_from_wire

        page, _ = self._transport.call("catalog.search", {"query": query, "limit": limit})
        found = (summary_from_wire(summary) for summary in page["datasets"])
        return DatasetList(query, found, page["total"], page.get("total_is_capped", False))

    def diff(self, before: str, after: str, key: str | Sequence[str] | None = None) -> Difference:
        """See `headwater.diff`."""
        from headwater.results.difference import difference_from_wire

        parse_ref(before)
        parse_ref(after)
        names = [key] if isinstance(key, str) else key if key is None else list(key)
        answer, _ = self._transport.call("diff", {"before": before, "after": after, "key": names})
        return difference_from_wire(answer)

    def pin(self, ref: str, version: str | None = None, reason: str = "") -> PinList:
        """See `headwater.pin`."""
        parsed = parse_ref(ref)
        if parsed.spec is not None and version is not None:
            raise UsageError(f"{ref} names a version, and version={version!r} another.", hint="Give one of them.")
        chosen = self._transport.resolve(parsed.dataset, version or parsed.spec)
        if chosen.erased is not None:
            raise erased_error(chosen.dataset, chosen.version, chosen.kind, **chosen.erased)
        self._session.pins.pin(chosen, reason=reason)
        return self.pins()

    def unpin(self, name: str) -> PinList:
        """See `headwater.unpin`."""
        self._session.pins.unpin(check_dataset(name))
        return self.pins()

    def pins(self) -> PinList:
        """See `headwater.pins`."""
        from headwater.results.pins import PinList

        found = self._session.notebook()
        states = (self._state(pin) for pin in self._session.pins.all().values())
        return PinList(found.path if found else None, states)

    def sample(self, source: str, table: str, **asked: Any) -> Sample:
        """See `headwater.sample`; `asked` are fields of a request, None where nothing was said."""
        from headwater.results.samples import sample_from_wire

        request = {"source": source, "table": table, **_wire_fields(asked)}
        answer, _ = self._transport.call("sample.draw", {"request": request, "wait": True})
        drawn = sample_from_wire(answer)
        for version in drawn.versions:
            self._session.record_write(version, rows=version.rows)
        return drawn

    def _read(
        self,
        version: Resolved,
        as_: reading.Format,
        columns: Sequence[str] | None,
        where: str | None,
        limit: int | None,
    ) -> Any:
        return reading.read(self._transport.files(version), as_, columns, where, limit)

    def _chosen(self, ref: str) -> tuple[Resolved, Held, bool]:
        """The version that `ref` means here, what holds a later read to it, and whether to pin it now."""
        parsed = parse_ref(ref)
        if parsed.spec is not None:
            # A tag can be moved to another version; a number and a digest cannot.
            tagged = parse_spec(parsed.spec).kind == "tag"
            held = Held(floating=tagged, tag=parsed.spec if tagged else None)
            return self._transport.resolve(parsed.dataset, parsed.spec), held, False
        if self._session.notebook() is None:
            _warn_floating()
            return self._transport.resolve(parsed.dataset, None), Held(floating=True, tag=None), False
        pin = self._session.pins.get(parsed.dataset)
        if pin is not None:
            return self._pinned(pin), Held(floating=False, tag=None), False
        pins = _pins_on_first_use(self._session.home)
        return self._transport.resolve(parsed.dataset, None), Held(floating=not pins, tag=None), pins

    def _pinned(self, pin: Pin) -> Resolved:
        """The version that `pin` holds: the one of its name, if it also has the content that was pinned."""
        try:
            found = self._transport.resolve(pin.dataset, pin.version)
        except VersionNotFound as error:
            newest = error.details.get("newest")
            raise VersionNotFound(
                f"This notebook is pinned to {pin.dataset} {pin.version}, which is not in this home.",
                hint=f'Restore the version, or pin another: hw.pin("{pin.dataset}", "{newest}").',
                details=error.details,
            ) from None
        if pin.digest and pin.digest != found.digest:
            raise VersionNotFound(
                f"This notebook is pinned to {pin.dataset} {pin.version} with the digest {pin.digest[:12]}, which is "
                f"not in this home: its own {pin.version} is {found.digest[:12]}, other content.",
                hint="Bring that version here, or pin one of this home's: "
                f'hw.pin("{pin.dataset}", "{pin.version}").',
                details={
                    "dataset": pin.dataset, "spec": pin.version, "digest": pin.digest, "found": found.digest,
                },
            )  # fmt: skip
        return found

    def _state(self, pin: Pin) -> dict[str, Any]:
        from headwater.errors import NotFound

        state, behind = "missing", 0
        try:
            pinned = self._pinned(pin)
            behind = self._transport.resolve(pin.dataset, None).number - pinned.number
            state = "erased" if pinned.erased else "behind" if behind else "current"
        except NotFound:
            pass
        return {
            "dataset": pin.dataset, "version": pin.version, "digest": pin.digest, "kind": pin.kind,
            "state": state, "behind": behind, "reason": pin.reason,
            "pinned_by": pin.pinned_by, "pinned_at": pin.pinned_at,
        }  # fmt: skip


def _wire_fields(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a request as they go to a host: lists of texts, and texts of values."""
    fields: dict[str, Any] = {}
    for name, value in asked.items():
        if value is None:
            continue
        if name == "keys":
            value = [[str(part) for part in (key if isinstance(key, list | tuple) else (key,))] for key in value]
        elif name in ("by", "children", "cut"):
            value = [value] if isinstance(value, str) else list(value)
        elif name in ("start", "end"):
            value = str(value)
        elif name == "masks":
            value = dict(value)
        fields[name] = value
    return fields


def _rows(frame: Any, version: Resolved, limit: int | None) -> int:
    """How many rows were read; of a relation, which is read later, how many it can be at most."""
    if hasattr(frame, "num_rows"):
        return int(frame.num_rows)
    if hasattr(frame, "shape") and not hasattr(frame, "fetchall"):
        return int(frame.shape[0])
    return version.rows if limit is None else min(limit, version.rows)


def _pins_on_first_use(home: Home) -> bool:
    said = os.environ.get(AUTOPIN_VARIABLE, "").strip().lower()
    if said:
        return said not in ("0", "false", "no", "off")
    if not home.config_path.exists():
        return True
    from headwater.config import load_config

    return load_config(home, "pins").pins.on_first_use


_warned = False


def _warn_floating() -> None:
    global _warned
    if _warned:
        return
    _warned = True
    from warnings import warn

    warn(
        "Headwater cannot tell which notebook this is: loads are floating, they take the newest version each "
        "time. Set HEADWATER_NOTEBOOK to the notebook's path before the kernel starts.",
        stacklevel=5,
    )


_clients: dict[tuple[int, str], Client] = {}


def current_client() -> Client:
    """The client of this process and of the home that ``HEADWATER_HOME`` names now."""
    from headwater.home import Home

    home = Home.locate()
    key = (os.getpid(), os.fspath(home.path))
    client = _clients.get(key)
    if client is None:
        from headwater.capture.session import kernel_session

        client = _clients[key] = Client(_transport(home), kernel_session(home))
    return client


def _transport(home: Home) -> Transport:
    if home.has_database:
        from headwater.transports.host import HostTransport

        return HostTransport(home)
    from headwater.transports.local import LocalTransport

    return LocalTransport(home)
