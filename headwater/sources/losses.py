"""What a draw lost: values that Arrow cannot hold, which became null, counted by column."""

from __future__ import annotations

from collections import Counter


class Losses:
    """Counts what became null, by column."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, tuple[str, str]]] = Counter()

    def add(self, column: str, what: tuple[str, str], count: int) -> None:
        """`count` more values of `column` became null; `what` are words for one and for several."""
        if count:
            self._counts[column, what] += count

    def told(self) -> dict[str, str]:
        """Column to what is lost of it: ``3 infinite times became null``."""
        return {
            name: f"{count:,} {one if count == 1 else several} became null"
            for (name, (one, several)), count in self._counts.items()
        }
