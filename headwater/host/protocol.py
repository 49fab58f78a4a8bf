"""What client and host say to each other over the home's socket.

One connection carries one call. Each side sends a header, a JSON object, and after it a payload when the
header says so: an Arrow IPC stream in frames, ended by an empty frame. The payload is read as it arrives, so
that neither side holds it whole. Nothing is ever unpickled: `multiprocessing.connection` frames the bytes and
does no more here.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, BinaryIO

from headwater.errors import HostUnavailable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PROTOCOL = 1
MAX_HEADER = 16_000_000
"""The longest header that is read, in bytes."""
FRAME = 1_000_000
"""The size of a payload's frames, in bytes; one that is up to `MAX_FRAME` long is read too."""
MAX_FRAME = 64_000_000

Payload = bytes | Callable[[BinaryIO], object]
"""An Arrow IPC stream: its bytes, or a function that writes it to a file."""


class PayloadReader(io.RawIOBase):
    """The payload that is arriving, as a file. Raises `HostUnavailable` when the other side goes away in the
    middle.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._frame = memoryview(b"")
        self.ended = False
        """Whether all of it has arrived."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._frame and not self.ended:
            self._frame = memoryview(receive_frame(self._connection, MAX_FRAME))
            self.ended = not self._frame
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._frame))
        target[:count] = self._frame[:count]
        self._frame = self._frame[count:]
        return count

    def drain(self) -> None:
        """Read what is left and let it go, so that the other side comes to the end of its sending."""
        self._frame = memoryview(b"")
        while not self.ended:
            self.ended = not receive_frame(self._connection, MAX_FRAME)


class PayloadWriter(io.RawIOBase):
    """A file whose content goes out in frames. Call `finish` at the end; without it the other side sees an
    accident.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        size = len(view)
        if self._waiting:
            missing = FRAME - len(self._waiting)
            self._waiting += view[:missing]
            view = view[missing:]
            if len(self._waiting) == FRAME:
                self._connection.send_bytes(self._waiting)
                self._waiting.clear()
        while len(view) >= FRAME:
            self._connection.send_bytes(view[:FRAME])
            view = view[FRAME:]
        self._waiting += view
        return size

    def finish(self) -> None:
        """Send what waits, and the end."""
        if self._waiting:
            self._connection.send_bytes(self._waiting)
        self._connection.send_bytes(b"")


def send(connection: Connection, header: Mapping[str, Any], payload: Payload | None = None) -> None:
    """Send a header and the payload."""
    document = {**header, "protocol": PROTOCOL, "payload": payload is not None}
    connection.send_bytes(json.dumps(document).encode())
    if payload is None:
        return
    sink = PayloadWriter(connection)
    if callable(payload):
        with io.BufferedWriter(sink, FRAME) as buffered:
            payload(buffered)
            buffered.flush()
            sink.finish()
    else:
        sink.write(payload)
        sink.finish()


def receive(connection: Connection) -> tuple[dict[str, Any], PayloadReader | None]:
    """The header that comes next, and the payload that follows it."""
    header = json.loads(receive_frame(connection, MAX_HEADER))
    if not isinstance(header, dict):
        raise ValueError("a header is a JSON object")
    return header, PayloadReader(connection) if header.get("payload") is True else None


def receive_frame(connection: Connection, limit: int) -> bytes:
    """The frame that comes next. Raises `HostUnavailable` when the other side has gone, or sends one over
    `limit`.
    """
    try:
        return connection.recv_bytes(limit)
    except (EOFError, OSError) as error:
        raise HostUnavailable(
            "The connection between Headwater and its host was lost in the middle of a call.",
            hint="Try again; nothing was kept of what was not acknowledged.",
        ) from error
