"""Keys: made once, kept private, refused when they are wrong."""

from __future__ import annotations

import base64
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from headwater.errors import KeyUnavailable, UsageError
from headwater.stamping.sign import open_signer, own_keys, read_public_key


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = open_signer(tmp_path)
    assert stat.S_IMODE(os.stat(tmp_path / "stamp.pem").st_mode) == 0o600
    assert open_signer(tmp_path).public == first.public
    assert list(own_keys(tmp_path)) == [first.public.id]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(open_signer(tmp_path).public.id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8


def test_a_key_that_was_moved_away_leaves_its_public_half_trusted(tmp_path: Path) -> None:
    old = open_signer(tmp_path)
    (tmp_path / "stamp.pem").unlink()
    new = open_signer(tmp_path)
    assert set(own_keys(tmp_path)) == {old.public.id, new.public.id}


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "stamp.pem").write_bytes(content)
    with pytest.raises(KeyUnavailable):
        open_signer(tmp_path)
    assert (tmp_path / "stamp.pem").read_bytes() == content


def test_a_folder_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailable):
        open_signer(tmp_path / "none")


def test_a_public_key_is_read_from_each_form(tmp_path: Path) -> None:
    public = open_signer(tmp_path).public
    pem = next(tmp_path.glob("*.pub.pem"))
    for form in (pem, str(pem), public.raw.hex(), base64.b64encode(public.raw).decode()):
        assert read_public_key(form) == public


@pytest.mark.parametrize("text", ["", "nowhere.pem", "AAAA", "zz" * 32])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_public_key(text)


def test_a_private_key_is_no_public_key(tmp_path: Path) -> None:
    open_signer(tmp_path)
    with pytest.raises(UsageError):
        read_public_key(tmp_path / "stamp.pem")


def test_a_signature_holds_for_its_stamp_only(desk: Any) -> None:
    stamp = desk.stamped()["metadata"]["headwater"]["stamp"]
    value = stamp["signatures"][0]["value"]
    assert desk.signer.public.accepts(stamp, value)
    assert not desk.signer.public.accepts({**stamp, "stampId": "other"}, value)
    assert not desk.signer.public.accepts(stamp, value[:-4])
    assert not desk.signer.public.accepts(stamp, "")
