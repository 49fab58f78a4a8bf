"""Signing keys: ed25519, one in a home, made on first use."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.errors import KeyUnavailable, UsageError
from headwater.stamping.statement import payload, signed_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = "ed25519"
_PUBLIC_SUFFIX = ".pub.pem"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its 32 `raw` bytes, named by their SHA-256."""

    raw: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    def accepts(self, stamp: Mapping[str, Any], signature: str) -> bool:
        """Whether `signature` (canonical base64) is this key's over `stamp`."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        given = strict_base64(signature)
        if given is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(given, signed_bytes(payload(stamp)))
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """The private half. It leaves this object only as signatures."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    def sign(self, body: bytes) -> dict[str, str]:
        """A signature entry, as ``api/stamp/v1.json`` has it, for the stamp with the payload `body`."""
        value = self._key.sign(signed_bytes(body))
        return {
            "keyId": self.public.id,
            "algorithm": ALGORITHM,
            "publicKey": base64.b64encode(self.public.raw).decode(),
            "value": base64.b64encode(value).decode(),
        }


def open_signer(keys: Path) -> Signer:
    """The signing key of the home whose key directory is `keys`; made when there is none.

    Raises
    ------
    KeyUnavailable
        The key file cannot be read or written, or holds something else.
    """
    return Signer(own_private_key(keys, "stamp", _PUBLIC_SUFFIX))


def own_private_key(keys: Path, purpose: str, public_suffix: str) -> Ed25519PrivateKey:
    """The home's ed25519 key for one purpose, made when there is none; its public half lies beside it under its id.

    Raises `KeyUnavailable` as `open_signer`.
    """
    place = keys / f"{purpose}.pem"
    try:
        if not place.exists():
            _make(place)
        key = _private(place.read_bytes(), place.name)
        public = PublicKey(key.public_key().public_bytes_raw())
        beside = keys / f"{purpose}-{public.id[:16]}{public_suffix}"
        if not beside.exists():
            beside.write_bytes(_public_pem(public))
    except OSError as error:
        raise KeyUnavailable(
            f"The home's signing key cannot be used: {error.strerror or type(error).__name__}.",
            hint=f"Check that keys/{place.name} in the home is yours and readable; headwater doctor shows more.",
        ) from error
    return key


def own_keys(keys: Path) -> dict[str, PublicKey]:
    """The public keys that this home trusts by itself: its own, those it retired included. Key id -> key."""
    found = (read_public_key(path) for path in sorted(keys.glob(f"*{_PUBLIC_SUFFIX}")))
    return {key.id: key for key in found}


def read_public_key(source: Path | str) -> PublicKey:
    """A public key from a PEM file, or from its 32 bytes written as hexadecimal or base64.

    Raises
    ------
    UsageError
        It is none of these, or not an ed25519 key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    text = str(source)
    raw = bytes.fromhex(text) if _is_hex(text) else strict_base64(text)
    if raw is not None and len(raw) == 32:
        return PublicKey(raw)
    try:
        key = load_pem_public_key(Path(source).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{Path(text).name} is not a public key.",
            hint="Give a PEM file, as in a home's keys directory, or its 32 bytes as hexadecimal or base64.",
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{Path(text).name} is not an ed25519 key.", hint="Stamps are signed with ed25519 only.")
    return PublicKey(key.public_bytes_raw())


def strict_base64(text: Any) -> bytes | None:
    """The bytes behind `text` when it is exactly what an encoder writes for them, else None."""
    if not isinstance(text, str):
        return None
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None


def _make(place: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            os.fsync(file.fileno())
        # A link, unlike a rename, does not replace the key of a process that was faster.
        os.link(draft, place)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _private(pem: bytes, name: str) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise KeyUnavailable(
            "The home's signing key file does not hold a key.",
            hint=f"Put the right keys/{name} back, or move it away: a new key is then made.",
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnavailable("The home's signing key is not an ed25519 key.", hint=f"Put the right keys/{name} back.")
    return key


def _public_pem(key: PublicKey) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return Ed25519PublicKey.from_public_bytes(key.raw).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _is_hex(text: str) -> bool:
    return len(text) == 64 and all(mark in "0123456789abcdef" for mark in text)
