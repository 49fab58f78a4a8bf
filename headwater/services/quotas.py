"""How much of production a person may draw: checked before a draw begins, from what the ledger has of the last day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from headwater.clock import as_datetime, as_text
from headwater.errors import SampleRefused
from headwater.ledger.usage import Usage
from headwater.retention import expires_at

if TYPE_CHECKING:
    from headwater.config import Quota, QuotasConfig
    from headwater.ledger.base import Database, Transaction

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose quota it is, in words, and whose draws count."""

    name: str
    users: tuple[str, ...]


class QuotaService:
    """Holds people and groups to what ``[quotas]`` allows.

    A day is the last 24 hours. A draw that begins below a limit is finished, whatever it brings.
    """

    def __init__(self, database: Database, quotas: QuotasConfig, sample_days: int) -> None:
        self._usage = Usage(database)
        self._quotas = quotas
        self._sample_days = sample_days

    def guard(self, user: str) -> Callable[[Transaction], None]:
        """What is to be called in the transaction in which the log notes a draw of `user`; it raises `SampleRefused`
        where one more would be too many.
        """

        def check(tx: Transaction) -> None:
            for holder, quota in self._held(user):
                self._check(tx, holder, quota)

        return check

    def _held(self, user: str) -> Sequence[tuple[_Holder, Quota]]:
        own = self._quotas.users.get(user, self._quotas.each)
        groups = [
            (_Holder(f"The group {name}", group.users), group.quota)
            for name, group in self._quotas.groups.items()
            if user in group.users
        ]
        return [(_Holder(user, (user,)), own), *groups]

    def _check(self, tx: Transaction, holder: _Holder, quota: Quota) -> None:
        since = as_text(datetime.now(UTC) - _DAY)
        if quota.draws_per_day is not None:
            draws = self._usage.draws(tx, holder.users, since)
            if len(draws) >= quota.draws_per_day:
                frees = draws[len(draws) - quota.draws_per_day] if quota.draws_per_day else None
                raise _over(holder, "draws_per_day", len(draws), quota.draws_per_day, "draws of the last 24 hours",
                            _later(frees))  # fmt: skip
        if quota.bytes_per_day is not None:
            drawn = self._usage.drawn_bytes(tx, holder.users, since)
            used = sum(drawn.values())
            if used >= quota.bytes_per_day:
                frees = _until(drawn, used - quota.bytes_per_day)
                raise _over(holder, "bytes_per_day", used, quota.bytes_per_day, "bytes of the last 24 hours",
                            _later(frees))  # fmt: skip
        if quota.stored_samples is not None:
            stored = self._usage.stored(tx, holder.users)
            if len(stored) >= quota.stored_samples:
                oldest = stored[len(stored) - quota.stored_samples] if quota.stored_samples else None
                frees = expires_at("sample", oldest, self._sample_days) if oldest else None
                raise _over(holder, "stored_samples", len(stored), quota.stored_samples, "samples that are kept", frees)


def _over(holder: _Holder, quota: str, used: int, limit: int, what: str, frees: str | None) -> SampleRefused:
    when = f"The next is free at {frees[:16].replace('T', ' ')} UTC." if frees else "None gets free by itself."
    more = " Or erase a sample: headwater erase NAME@V." if quota == "stored_samples" and limit else ""
    return SampleRefused(
        f"{holder.name} has used {used:,} of {limit:,} {what}, so nothing was drawn.",
        hint=f"{when}{more} An administrator can change [quotas] in headwater.toml.",
        details={"quota": quota, "used": used, "limit": limit, "frees": frees},
    )


def _later(moment: str | None) -> str | None:
    return None if moment is None else as_text(as_datetime(moment) + _DAY)


def _until(drawn: Mapping[str, int], over: int) -> str | None:
    """The moment whose draw, once it is a day old, brings the sum below the limit; `drawn` is oldest first."""
    for moment, size in drawn.items():
        over -= size
        if over < 0:
            return moment
    return None
