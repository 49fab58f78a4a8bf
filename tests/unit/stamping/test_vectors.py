"""The vectors that every implementation of the canonical form, the signature and the verdict must answer."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from headwater.stamping.canonical import canonical
from headwater.stamping.jcs import canonical_json
from headwater.stamping.sign import PublicKey, Signer
from headwater.stamping.statement import envelope, payload, signed_bytes, stamp_digest
from headwater.stamping.verify import check

VECTORS = Path(__file__).parents[3] / "api" / "stamp" / "vectors"


def vectors(name: str) -> Any:
    found = json.loads((VECTORS / name).read_text(encoding="utf-8"))["vectors"]
    return [pytest.param(vector, id=str(vector.get("name", vector.get("json")))) for vector in found]


@pytest.mark.parametrize("vector", vectors("json.json"))
def test_canonical_json(vector: dict[str, str]) -> None:
    found = canonical_json(json.loads(vector["json"]))
    assert found.decode() == vector["canonical"]
    assert hashlib.sha256(found).hexdigest() == vector["sha256"]


@pytest.mark.parametrize("vector", vectors("notebooks.json"))
def test_canonical_notebook(vector: dict[str, Any]) -> None:
    form = canonical(vector["notebook"])
    assert [cell.document for cell in form.cells] == vector["cells"]
    assert form.metadata == vector["metadata"]
    assert form.digests == vector["digests"]


@pytest.mark.parametrize("vector", vectors("signatures.json"))
def test_signature(vector: dict[str, Any]) -> None:
    signer = Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["seed"])))
    stamp = vector["stamp"]
    assert signer.public.raw.hex() == vector["publicKey"]
    assert signer.public.id == vector["keyId"]
    assert payload(stamp).decode() == vector["payload"]
    assert stamp_digest(stamp) == vector["payloadSha256"]
    assert signed_bytes(payload(stamp)).decode() == vector["signed"]
    assert signer.sign(payload(stamp))["value"] == vector["signature"]
    assert envelope(stamp) == vector["envelope"]


@pytest.mark.parametrize("vector", vectors("verdicts.json"))
def test_verdict(vector: dict[str, Any]) -> None:
    keys = [PublicKey(bytes.fromhex(raw)) for raw in vector["trusted"]]
    verdict, changes = check(vector["notebook"], {key.id: key for key in keys})
    assert verdict == vector["verdict"]
    assert [{"what": change.what, "cell": change.cell} for change in changes] == vector["changes"]
