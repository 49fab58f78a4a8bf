"""The demo's check of what came over must notice each way in which a value can."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from headwater.demo.leaks import Comparison


class _Production:
    """Two payments as production has them: card number, trace, and the IBAN in the memo."""

    def execute(self, query: bytes, parameters: tuple[list[int]]) -> list[tuple[Any, ...]]:
        known = {1: (1, "4111", "5222", "DE99"), 2: (2, "4333", "5444", None)}
        return [known[key] for key in parameters[0]]


def _compared(**cells: Any) -> Comparison:
    masked = {
        "payment_id": [1, 2],
        "card_number": ["a", "b"],
        "trace": pa.array([7, 8], pa.int64()),
        "memo": ["refund to xxxx", None],
        "fee": pa.array([0, 0], pa.int64()),
    }
    compared = Comparison()
    compared.add("payments", pa.table({**masked, **cells}), _Production())  # type: ignore[arg-type]
    return compared


def test_a_masked_sample_is_clean() -> None:
    compared = _compared()
    assert (compared.columns, compared.values, compared.leaked) == (3, 5, [])


@pytest.mark.parametrize(
    ("cells", "leaked"),
    [
        ({"card_number": ["4111", "b"]}, "payments.card_number"),
        ({"card_number": ["a", "card 4333"]}, "payments.card_number"),
        ({"card_number": ["4333", "4111"]}, "payments.card_number"),
        ({"trace": pa.array([7, 5444], pa.int64())}, "payments.trace"),
        ({"memo": ["refund to DE99", None]}, "payments.memo"),
        ({"fee": pa.array([4111, 0], pa.int64())}, "payments.card_number"),
    ],
    ids=["whole", "in a text", "in another row", "as a number", "in free text", "in another column"],
)
def test_a_value_that_came_over_is_noticed(cells: dict[str, Any], leaked: str) -> None:
    assert _compared(**cells).leaked == [leaked]
