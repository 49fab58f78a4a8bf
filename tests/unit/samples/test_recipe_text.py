"""A recipe as a text says what was asked for, in one order, and is read back as it was."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.errors import UsageError
from headwater.recipe_text import checked_request, recipe_request, recipe_text
from headwater.sample_models import Link, SampleRequest
from headwater.sampling.selection import Allocation, Method, Pace

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_LISTS = st.lists(_TEXTS, max_size=3).map(tuple)
_LINKS = st.builds(Link, _TEXTS, _LISTS, _TEXTS, _LISTS, st.booleans(), st.booleans())
_REQUESTS = st.builds(
    SampleRequest,
    _TEXTS,
    _TEXTS,
    rows=st.integers(-(2**63), 2**63 - 1),
    method=st.sampled_from(get_args(Method)),
    seed=st.integers(-(2**63), 2**63 - 1),
    masks=st.dictionaries(_TEXTS, _TEXTS, max_size=3),
    dataset=st.none() | _TEXTS,
    by=_LISTS,
    allocation=st.sampled_from(get_args(Allocation)),
    order=st.none() | _TEXTS,
    per=st.integers(0, 100),
    start=st.none() | _TEXTS,
    end=st.none() | _TEXTS,
    keys=st.lists(_LISTS, max_size=3).map(tuple),
    where=st.none() | _TEXTS,
    pace=st.sampled_from(get_args(Pace)),
    related=st.booleans(),
    children=_LISTS,
    cut=_LISTS,
    links=st.lists(_LINKS, max_size=2).map(tuple),
)


@given(request=_REQUESTS)
def test_a_recipe_is_read_back_as_it_was(request: SampleRequest) -> None:
    text = recipe_text(request)
    assert recipe_request(text) == request
    assert recipe_text(recipe_request(text)) == text


def test_a_recipe_says_only_what_was_asked_for() -> None:
    assert recipe_text(SampleRequest("prod", "public.orders", notebook="a.ipynb")) == (
        "# A sample of production. Draw it with: headwater sample --recipe FILE\n"
        'source = "prod"\ntable = "public.orders"\n'
    )
    full = SampleRequest(
        "prod",
        "orders",
        50,
        method="top",
        by=("city", 'na"me'),
        order="price",
        where="note = 'a\\b'",
        masks={"z": "null", "a": "keep"},
        links=(Link("public.a", ("x",), "public.b", ("id",), declared=False),),
    )
    assert recipe_text(full).splitlines()[1:] == [
        'source = "prod"',
        'table = "orders"',
        "rows = 50",
        'method = "top"',
        'by = ["city", "na\\"me"]',
        'order = "price"',
        "where = \"note = 'a\\\\b'\"",
        "",
        "[masks]",
        '"a" = "keep"',
        '"z" = "null"',
        "",
        "[[links]]",
        'child = "public.a"',
        'columns = ["x"]',
        'parent = "public.b"',
        'parent_columns = ["id"]',
        "declared = false",
    ]


def test_half_a_surrogate_pair_does_not_stop_a_text() -> None:
    assert '"a?"' in recipe_text(SampleRequest("prod", "a\ud800"))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("source = ", "not valid TOML"),
        ('table = "t"', "does not say its source"),
        ('source = "p"', "does not say its table"),
        ('source = "p"\ntable = "t"\nrow = 5', "setting 'row'"),
        ('source = "p"\ntable = "t"\nnotebook = "n"', "setting 'notebook'"),
        ('source = "p"\ntable = "t"\nrows = "5"', "rows of the recipe must be a whole number"),
        ('source = "p"\ntable = "t"\nrows = true', "rows of the recipe must be a whole number"),
        ('source = "p"\ntable = 5', "table of the recipe must be a text"),
        ('source = "p"\ntable = "t"\nby = "city"', "by of the recipe must be a list of texts"),
        ('source = "p"\ntable = "t"\nkeys = ["1"]', "keys of the recipe must be a list of lists"),
        ('source = "p"\ntable = "t"\nmasks = ["1"]', "masks of the recipe must be a section"),
        ('source = "p"\ntable = "t"\nmasks = {a = 1}', "masks of the recipe must be a section"),
        ('source = "p"\ntable = "t"\nrelated = 1', "related of the recipe must be true or false"),
        ('source = "p"\ntable = "t"\n[[links]]\nchild = "a"', "link of the recipe does not say its columns"),
        ('source = "p"\ntable = "t"\n[[links]]\nkid = "a"', "setting 'kid'"),
        ('source = "p"\ntable = "t"\nstart = 2026-01-01', "start of the recipe must be a text"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_said(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word) as raised:
        recipe_request(text)
    assert raised.value.hint


@pytest.mark.parametrize(
    "wrong", [{"rows": None}, {"by": None}, {"rows": 1.5}, {"keys": [[1]]}, {"masks": {"a": None}}]
)
def test_a_host_takes_no_other_types(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="must be"):
        checked_request({"source": "p", "table": "t", **wrong})
    assert checked_request({"source": "p", "table": "t", "order": None, "notebook": "n"}).notebook == "n"
