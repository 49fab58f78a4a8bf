"""What a proof sheet sees: keys that are no longer unique, small groups, and values that came through."""

from __future__ import annotations

import pyarrow as pa

from headwater.sampling.proof import Tally, quasi

BATCH = pa.record_batch(
    {
        "id": ["a", "b", None, "a"],
        "n": [1, 1, 1, 2],
        "note": ["long text one", "x", None, "other words"],
        "city": ["B", "B", "P", "B"],
    }
)
MASKS = {
    "id": "keep",
    "n": "keep",
    "note": "text",
    "city": "keep",
    "birth_year": "bin:10",
    "email": "email",
    "sex": "null",
}


def tally(unique: tuple[str, ...] = ("id", "n"), peeked: pa.RecordBatch = BATCH) -> Tally:
    made = Tally({name: mask for name, mask in MASKS.items() if name in BATCH.schema.names}, unique, peeked, {})
    assert list(made.passing([BATCH, BATCH.slice(0, 0)])) == [BATCH, BATCH.slice(0, 0)]
    return made


def test_a_key_that_is_no_longer_unique_is_seen() -> None:
    assert tally().unique_kept is True
    assert tally(("id",)).unique_kept is False
    assert tally(()).unique_kept is None


def test_a_long_text_that_came_through_is_seen() -> None:
    assert (tally().searched, tally().found) == (2, 2)
    assert tally(peeked=BATCH.slice(1, 1)).searched == 0


def test_groups_by_what_tells_people_apart() -> None:
    assert quasi(MASKS) == ("city", "birth_year")
    assert (tally().smallest_group, tally().rows_in_small_groups) == (1, 4)
    assert Tally({"n": "keep"}, (), BATCH, {}).smallest_group is None
