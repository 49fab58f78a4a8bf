"""The home's masking keys: made once, readable by their owner alone, never sent anywhere.

Each domain has keys with ids, of which the newest masks. ``masking.json`` says when each was made and retired; retired
ones stay, so that what was masked with them can be compared for as long as anybody wants to.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from headwater.clock import now
from headwater.errors import KeyUnavailable

DEFAULT = "default"
"""The domain of every column that no other domain names."""

FIRST = "masking.key"
"""The key that homes had before there were domains: it is the default domain's key 1."""

INDEX = "masking.json"
SECRET_BYTES = 32
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class MaskKey:
    """One key of a domain. Its name, such as ``person/2``, may be shown; the secret may not."""

    domain: str
    id: int
    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.domain}/{self.id}"

    def of(self, kind: str) -> bytes:
        """The 32 bytes that values of one type are masked with, for a mask such as ``email``."""
        if (self.domain, self.id) == (DEFAULT, 1):
            # What was masked before there were domains keeps its values; its types are kept apart by their purposes.
            return self.secret
        return hashlib.blake2b(
            f"{self.name}/{kind}".encode(), key=self.secret, person=b"headwater mask", digest_size=32
        ).digest()


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """What the index says of a key. `retired` is null for the one in use."""

    id: int
    created: str
    retired: str | None = None


class Keyring:
    """The keys in the directory `keys` of a home. Every method may raise `KeyUnavailable`.

    A key that cannot be read is not made anew: a new one would give other masks.
    """

    def __init__(self, keys: Path) -> None:
        self._keys = keys

    def current(self, domain: str = DEFAULT) -> MaskKey:
        """The domain's newest key; its first one is made when there is none."""
        entries = self.entries(domain)
        if not entries:
            with self._alone():
                entries = self.entries(domain) or self._added(domain)
        return self._read(domain, entries[-1].id)

    def rotate(self, domain: str) -> MaskKey:
        """A new key for the domain; what is masked from now on is not equal to what was masked before."""
        with self._alone():
            if not self.entries(domain):
                self._added(domain)
            return self._read(domain, self._added(domain)[-1].id)

    def entries(self, domain: str) -> tuple[KeyEntry, ...]:
        """The domain's keys, oldest first; none before it was first used."""
        return self._index().get(domain, ())

    def _index(self) -> dict[str, tuple[KeyEntry, ...]]:
        try:
            document = json.loads((self._keys / INDEX).read_text(encoding="utf-8"))
            return {name: tuple(KeyEntry(**entry) for entry in entries) for name, entries in document.items()}
        except FileNotFoundError:
            if any(re.fullmatch(r"masking\.[a-z0-9_-]+\.([2-9]|\d{2,})\.key", name) for name in self._names()):
                # Numbered from 1 again, a retired key would come back.
                raise KeyUnavailable(
                    f"The list of the home's masking keys, keys/{INDEX}, is missing.",
                    hint="Put it back from a backup.",
                ) from None
            return {}
        except OSError as error:
            raise _unavailable(INDEX, error) from None
        except (ValueError, TypeError, AttributeError):
            raise KeyUnavailable(
                f"The list of the home's masking keys, keys/{INDEX}, cannot be read.",
                hint="Put the right one back from a backup.",
            ) from None

    def _names(self) -> list[str]:
        try:
            return os.listdir(self._keys)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unavailable("", error) from None

    def _added(self, domain: str) -> tuple[KeyEntry, ...]:
        """Make the next key, then the index that names it: a key without its line is used when the line comes."""
        index = self._index()
        at = now()
        before = tuple(
            entry if entry.retired is not None else replace(entry, retired=at) for entry in index.get(domain, ())
        )
        entries = (*before, KeyEntry(len(before) + 1, at))
        self._make(self._file(domain, len(entries)))
        document = {
            name: [asdict(entry) for entry in listed] for name, listed in sorted({**index, domain: entries}.items())
        }
        draft = self._keys / f".{INDEX}.{secrets.token_hex(4)}"
        try:
            _write(draft, json.dumps(document, indent=2).encode())
            os.replace(draft, self._keys / INDEX)
        except OSError as error:
            raise _unavailable(INDEX, error) from None
        finally:
            draft.unlink(missing_ok=True)
        return entries

    def _read(self, domain: str, number: int) -> MaskKey:
        path = self._file(domain, number)
        try:
            secret = path.read_bytes()
        except OSError as error:
            raise _unavailable(path.name, error) from None
        if len(secret) != SECRET_BYTES:
            raise KeyUnavailable(
                f"The masking key {domain}/{number} of the home is damaged.",
                hint=f"Put the right keys/{path.name} back from a backup.",
            )
        return MaskKey(domain, number, secret)

    def _make(self, path: Path) -> None:
        try:
            make_secret(path)
        except OSError as error:
            raise _unavailable(path.name, error) from None

    def _file(self, domain: str, number: int) -> Path:
        if not _NAME.fullmatch(domain):
            raise ValueError(f"{domain!r} is no name of a domain")
        return self._keys / (FIRST if (domain, number) == (DEFAULT, 1) else f"masking.{domain}.{number}.key")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time makes keys."""
        try:
            self._keys.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._keys / ".masking.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unavailable("", error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def make_secret(path: Path) -> None:
    """Write a new secret of `SECRET_BYTES` to `path`, for its owner alone, unless there is one. Raises `OSError`."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(draft, secrets.token_bytes(SECRET_BYTES))
        # A link, unlike a rename, replaces no key that is there.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unavailable(name: str, error: OSError) -> KeyUnavailable:
    return KeyUnavailable(
        f"The home's masking keys cannot be used: {error.strerror or type(error).__name__}.",
        hint=f"Check the rights of keys/{name} in the home.",
    )
