"""Documents that are masked together become what each becomes alone."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.sampling.documents import Documents
from headwater.sampling.masks import Secrets, TextMasks
from headwater.sampling.paths import text_mask, text_masks

_FIELDS = st.sampled_from(["ip", "email", "note", "p", "lat", "Anna Smith", "phone", "status", "x", "äöü", 'q"'])
_TEXTS = st.sampled_from(
    ["", "10.1.2.3", "fe80::1", "anna@canary.example", "call me, Anna", "ok", "4111 1111 1111 1111", 'a"b', "\\", "é\n",
     "256.1.1.1", "Ok", "10.1.2.3 ", "GB29NWBK60161331926819", "\u2028", "<s>", "e-mail: x@y.zz"]
) | st.text(max_size=12)  # fmt: skip
_LEAVES = _TEXTS | st.integers(-(10**20), 10**20) | st.floats() | st.booleans() | st.none()
_DOCUMENTS = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_FIELDS, inner, max_size=3), max_leaves=5
)
_WRITTEN = st.builds(
    lambda document, ascii, tight: json.dumps(document, ensure_ascii=ascii, separators=(",", ":") if tight else None),
    _DOCUMENTS,
    st.booleans(),
    st.sampled_from([False, False, True]),
) | st.sampled_from(["", "{", '{"a": 1, "a": 2}', "1e400", "-0", '{"n": 1.10}', "nul"])
_DECIDED = st.dictionaries(
    st.sampled_from(["$", "$.ip", "$.note", "$.p", "$.lat", "$[*]", "$.*"]),
    st.sampled_from(["keep", "null", "drop", "pseudonym", "text", "bin:10"]),
    max_size=2,
)


def _masks(decided: Mapping[str, str]) -> Documents:
    secrets = Secrets(bytes(32))
    return Documents(TextMasks(lambda mask: secrets), decided)


@settings(deadline=None, max_examples=150)
@given(st.lists(_WRITTEN, min_size=1, max_size=12), _DECIDED)
def test_together_as_alone(documents: list[str], decided: Mapping[str, str]) -> None:
    masks = _masks(decided)
    alone = [masks.masked(pa.array([document], pa.string()))[0].as_py() for document in documents]
    together = masks.masked(pa.array(documents * 100, pa.string())).to_pylist()
    assert together == alone * 100


@pytest.mark.parametrize("odd", [1, 40])
def test_a_column_of_documents_of_one_form_is_not_read_one_by_one(monkeypatch: pytest.MonkeyPatch, odd: int) -> None:
    """Whatever stands first."""
    read: list[int] = []
    each = Documents._each
    monkeypatch.setattr(Documents, "_each", lambda self, values: read.append(len(values)) or each(self, values))
    documents = ['{"ip": "x\\n"}', "[", *(f'{{"ip": "10.0.{i % 256}.1", "p": {i}}}' for i in range(5_000))]
    made = _masks({}).masked(pa.array(documents[:2] * odd + documents[2:], pa.string())).to_pylist()
    assert read == [2 * odd]
    assert all(one != other for one, other in zip(made[-5_000:], documents[2:], strict=True))


def test_an_empty_column() -> None:
    assert _masks({}).masked(pa.array([], pa.string())).to_pylist() == []


@settings(deadline=None)
@given(st.lists(_TEXTS), _FIELDS)
def test_masks_of_many_texts_are_those_of_each(texts: list[str], field: str) -> None:
    assert text_masks(pa.array(texts, pa.string()), field).to_pylist() == [text_mask(text, field) for text in texts]
