"""Names and references."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater import naming
from headwater.errors import BadName

PART = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,127}", fullmatch=True)
NAMES = st.builds("{}.{}".format, PART, PART)
VERSIONS = st.integers(1, 10**17).map("v{}".format)
DIGESTS = st.text("0123456789abcdef", min_size=6, max_size=64)


@given(NAMES, st.one_of(st.none(), VERSIONS, DIGESTS, st.sampled_from(["year-end", "gold", "v1.2", "good"])))
def test_a_reference_reads_back_as_it_is_written(dataset: str, spec: str | None) -> None:
    ref = naming.Ref(dataset, spec)
    assert naming.parse_ref(str(ref)) == ref


@given(st.text())
def test_any_text_is_a_name_or_gets_one_suggested(text: str) -> None:
    try:
        assert naming.check_dataset(text) == text
    except BadName:
        assert naming.check_dataset(naming.suggest(text))


@given(st.text(string.ascii_lowercase + string.digits + "._-", max_size=70))
def test_a_tag_never_reads_as_a_version_or_a_digest(text: str) -> None:
    try:
        naming.check_tag(text)
    except BadName:
        return
    assert naming.parse_spec(text).kind == "tag"


@pytest.mark.parametrize(
    ("spec", "kind"),
    [("v1", "number"), ("v12", "number"), ("abcdef", "digest"), ("0123456789", "digest"), ("abcde", "tag")],
)
def test_kinds_of_spec(spec: str, kind: str) -> None:
    assert naming.parse_spec(spec).kind == kind


@pytest.mark.parametrize("spec", ["", "v0", "v01", "v", "V1", "v" + "9" * 30, "a b", "é", "-x", "v1@v2"])
def test_a_spec_that_names_nothing_is_refused(spec: str) -> None:
    if spec == "v":
        assert naming.parse_spec(spec).kind == "tag"
        return
    with pytest.raises(BadName):
        naming.parse_spec(spec)


@pytest.mark.parametrize(
    "name",
    [
        "orders",
        "a.b.c",
        ".orders",
        "sales.",
        "sales..orders",
        "sales orders.x",
        "a/b.c",
        "..",
        "-a.b",
        "a.b\n",
        "",
    ],
)
def test_a_malformed_name_is_refused_with_a_suggestion(name: str) -> None:
    with pytest.raises(BadName, match="for example") as caught:
        naming.check_dataset(name)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("orders", "main.orders"),
        ("2024 Sales (final).csv", "2024_Sales_final.csv"),
        ("a.b.c", "a.b_c"),
        ("...", "main.data"),
        ("über.straße", "ber.stra_e"),
    ],
)
def test_suggestions(text: str, suggested: str) -> None:
    assert naming.suggest(text) == suggested
