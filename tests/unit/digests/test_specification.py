"""The digest from its specification alone, in plain Python: what `api/digest.md` says is what the code does."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest

VECTORS = json.loads((Path(__file__).parents[3] / "api" / "digest-vectors.json").read_text(encoding="utf-8"))
MASK = 2**64 - 1
CLASSES = {"int64": "int", "string": "text", "double": "float", "bool": "bool"}


def mix(number: int) -> int:
    z = (number + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def weight(place: int) -> int:
    return mix(0x48454144 + place)


def text_hash(text: bytes) -> int:
    if len(text) > 1024:
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
    return mix((sum((byte + 1) * weight(i) for i, byte in enumerate(text)) + len(text) * weight(1024)) & MASK)


def value_hash(value: Any, kind: str) -> int:
    if value is None:
        return 0x6E756C6C
    if kind == "string":
        return text_hash(value.encode())
    if kind == "double":
        number = float(value)
        bits = 0x7FF8000000000000 if number != number else struct.unpack("<Q", struct.pack("<d", number + 0.0))[0]
        return mix(0 if number == 0 else bits)
    return mix(int(value) & MASK)


def content(columns: dict[str, str], rows: list[dict[str, Any]]) -> str:
    def seed(name: str) -> int:
        text = f"{name}\0{CLASSES[columns[name]]}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")

    hashes = [
        mix(sum(mix(value_hash(row[name], kind) ^ seed(name)) for name, kind in columns.items()) & MASK) for row in rows
    ]
    sums = [sum(mix(one ^ lane) for one in hashes) & MASK for lane in (0x636F6E74656E7431, 0x636F6E74656E7432)]
    header = "\1".join(
        ["headwater-content-1", str(len(rows)), *sorted(f"{name}\0{CLASSES[kind]}" for name, kind in columns.items())]
    )
    return f"{sums[0]:016x}{sums[1]:016x}{hashlib.blake2b(header.encode(), digest_size=16).hexdigest()}"


@pytest.mark.parametrize(
    "vector",
    [vector for vector in VECTORS["content"] if set(vector["columns"].values()) <= set(CLASSES)],
    ids=lambda vector: vector["name"],
)
def test_the_specification_gives_the_vectors(vector: dict[str, Any]) -> None:
    assert content(vector["columns"], vector["rows"]) == vector["digest"]
