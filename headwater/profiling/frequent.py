"""The most frequent texts of a column, exactly counted, in bounded memory and at most two passes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

CANDIDATES = 10_000
"""How many values are followed at a time."""


class FrequentValues:
    """Counts values; when there are too many it keeps those that may still be the most frequent.

    A value that was given up had been seen at most `missed` times, so every value more frequent than that is
    a candidate (the summaries of Agarwal, Cormode, Huang, Phillips, Wei and Yi, "Mergeable summaries", PODS
    2012).
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.missed = 0

    def update(self, values: pyarrow.Array) -> None:
        """Count the non-null texts of `values`."""
        import pyarrow.compute as pc

        found = pc.value_counts(values.drop_null())
        if len(found) > CANDIDATES:
            best = pc.select_k_unstable(found.field("counts"), CANDIDATES + 1, [("", "descending")])
            counts = found.field("counts").take(best)
            self.missed += counts[CANDIDATES].as_py()
            found = found.take(best[:CANDIDATES])
        names, counts = found.field("values").to_pylist(), found.field("counts").to_pylist()
        for name, count in zip(names, counts, strict=True):
            self.counts[name] += count
        if len(self.counts) > 2 * CANDIDATES:
            kept = self.counts.most_common(CANDIDATES + 1)
            self.missed += kept.pop()[1]
            self.counts = Counter(dict(kept))

    @property
    def exact(self) -> bool:
        """Whether every value was counted from its first row on."""
        return self.missed == 0
