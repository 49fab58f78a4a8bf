"""Noise: the codes of the standard, whatever the lengths and wherever a column begins."""

from __future__ import annotations

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.sampling.noise import Noise, cmac

KEY = bytes(range(32))
RFC = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
TEXT = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52ef"
    "f69f2445df4f9b17ad2b417be66c3710"
)


@pytest.mark.parametrize(
    ("length", "code"),
    [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ],
)
def test_the_codes_of_rfc_4493(length: int, code: str) -> None:
    assert cmac(RFC, pa.array([TEXT[:length]], pa.binary())).tobytes().hex() == code


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.binary(max_size=70), min_size=1, max_size=20), cut=st.integers(0, 19))
def test_a_column_has_the_codes_of_its_values(values: list[bytes], cut: int) -> None:
    def code(value: bytes) -> bytes:
        one = CMAC(AES(KEY))
        one.update(value)
        return one.finalize()

    made = cmac(KEY, pa.array(values, pa.binary())[cut:])
    assert [row.tobytes() for row in made] == [code(value) for value in values[cut:]]


def test_long_texts_and_purposes_stay_apart() -> None:
    texts = pa.array(["a" * 5000, "a" * 5001, "a", "b", ""])
    noise = Noise(KEY)
    made = {row.tobytes() for purpose in ("one", "other") for row in noise.many(purpose, texts)}
    assert len(made) == 10
    assert all(len(row) == 16 for row in made)
