"""The home's masking key: made once, readable by its owner alone, never sent anywhere."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from headwater.errors import KeyUnavailable

FILE = "masking.key"
_BYTES = 32


def masking_key(keys: Path) -> bytes:
    """The key in the directory `keys`; made when there is none.

    Raises
    ------
    KeyUnavailable
        It cannot be read or made, or is damaged. A new one would give other masks, so none is made in its place.
    """
    path = keys / FILE
    try:
        _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise KeyUnavailable(
            f"The home's masking key cannot be used: {error.strerror or type(error).__name__}.",
            hint=f"Check the rights of keys/{FILE} in the home.",
        ) from None
    if len(key) != _BYTES:
        raise KeyUnavailable(
            "The home's masking key file does not hold a key.", hint=f"Put the right keys/{FILE} back from a backup."
        )
    return key


def _make(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link fails where another process was first, whose key then stays.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)
