"""Signed heads: that the audit log had a certain line at a certain time, so that one that was cut off is missed."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.clock import now
from headwater.models import AuditEntry, AuditHead
from headwater.stamping.sign import PublicKey, own_private_key, read_public_key, strict_base64

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PURPOSE = "audit"
_PUBLIC_SUFFIX = ".public.pem"
"""Not that of stamps' keys: what the audit key signed must never pass for a stamp."""

_KIND = "headwater.audit.head/v1"


@dataclass(frozen=True, slots=True)
class Heads:
    """What heads say: the hash of each line that one of this home's keys signed; `forged` are lines of which a head has
    a bad signature, or two heads say different things.
    """

    hashes: Mapping[int, str]
    forged: frozenset[int]


class AuditHeads:
    """Signs heads with a key of the home's that signs nothing else, and keeps them in a file beside the ledger.

    Parameters
    ----------
    keys:
        The home's key directory.
    journal:
        The file, one JSON document a line; it only grows.
    """

    def __init__(self, keys: Path, journal: Path) -> None:
        self._keys = keys
        self._journal = journal
        self._key: Ed25519PrivateKey | None = None

    def sign(self, entry: AuditEntry) -> AuditHead:
        """The head of a log that ends with `entry`. Raises `KeyUnavailable`."""
        self._key = self._key or own_private_key(self._keys, PURPOSE, _PUBLIC_SUFFIX)
        at = now()
        signature = self._key.sign(_signed(entry.seq, entry.hash, at))
        public = PublicKey(self._key.public_key().public_bytes_raw())
        return AuditHead(entry.seq, entry.hash, at, public.id, base64.b64encode(signature).decode())

    def keep(self, head: AuditHead) -> None:
        """Write a head into the file; on disk when this returns."""
        descriptor = os.open(self._journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with open(descriptor, "ab") as file:
            file.write(json.dumps(asdict(head), sort_keys=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def known(self, kept: Iterable[AuditHead]) -> Heads:
        """What the heads of the ledger, `kept`, and those of the file say; those of other homes' keys say nothing."""
        keys = {key.id: key for key in map(read_public_key, sorted(self._keys.glob(f"{PURPOSE}-*{_PUBLIC_SUFFIX}")))}
        hashes: dict[int, str] = {}
        forged: set[int] = set()
        for head in (*kept, *self._filed()):
            key = keys.get(head.key_id)
            if key is None:
                continue
            if not _is_good(key, head) or hashes.setdefault(head.seq, head.hash) != head.hash:
                forged.add(head.seq)
        return Heads(hashes, frozenset(forged))

    def _filed(self) -> list[AuditHead]:
        try:
            lines = self._journal.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            try:
                found.append(AuditHead(**json.loads(line)))
            except (ValueError, TypeError):
                # A process died while it wrote this one; the ledger has it.
                continue
        return found


def _signed(seq: int, hash: str, at: str) -> bytes:
    import rfc8785

    return rfc8785.dumps({"kind": _KIND, "seq": seq, "hash": hash, "at": at})


def _is_good(key: PublicKey, head: AuditHead) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    given = strict_base64(head.signature)
    if given is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(given, _signed(head.seq, head.hash, head.at))
    except (InvalidSignature, ValueError):
        return False
    return True
