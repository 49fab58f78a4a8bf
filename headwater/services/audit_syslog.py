"""Sends each line of the audit log to a syslog collector, as RFC 5424 has it."""

from __future__ import annotations

import json
import logging
import os
import socket
from dataclasses import asdict, replace
from logging.handlers import SysLogHandler

from headwater.config import syslog_address
from headwater.models import AuditEntry

_LONGEST = 8_000
"""Bytes of a message; collectors cut longer ones, and a datagram ends at 64 kB."""

_WARNS = frozenset({"refused", "failed"})

log = logging.getLogger(__name__)


class AuditSyslog:
    """Tells a collector of lines that are in the log already; one that cannot be reached costs no draw.

    It is connected when the first line comes. What a collector missed it can have from ``headwater audit --export``.
    """

    def __init__(self, address: str) -> None:
        self._address = syslog_address(address)
        self._handler: SysLogHandler | None = None
        self._failed = False

    def __call__(self, entry: AuditEntry) -> None:
        """Send one line."""
        try:
            if self._handler is None:
                self._handler = _Handler(self._address)
            self._handler.emit(_record(entry))
            self._failed = False
        except OSError as error:
            if not self._failed:
                log.warning("headwater: the audit log is not sent to syslog: %s", error.strerror or "no answer")
            self._failed = True
            self._handler = None


class _Handler(SysLogHandler):
    append_nul = False

    def __init__(self, address: tuple[str, int] | str) -> None:
        super().__init__(address, facility=SysLogHandler.LOG_AUTHPRIV)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        raise


def _record(entry: AuditEntry) -> logging.LogRecord:
    message = _message(entry)
    if len(message.encode()) > _LONGEST:
        message = _message(replace(entry, details={"left_out": True}))
    level = logging.WARNING if entry.outcome in _WARNS else logging.INFO
    return logging.LogRecord("headwater.audit", level, "", 0, message, None, None)


def _message(entry: AuditEntry) -> str:
    """What follows the priority: version, time, host, program, process, message id, no structured data, the line."""
    document = json.dumps(asdict(entry), sort_keys=True)
    return f"1 {entry.at} {_host()} headwater {os.getpid()} audit - {document}"


def _host() -> str:
    name = "".join(mark for mark in socket.gethostname() if "!" <= mark <= "~")
    return name[:255] or "-"
