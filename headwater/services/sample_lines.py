"""The audit log's lines on one plan or draw: that it began, before production is reached, and how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, get_args

from headwater.errors import Cancelled, HeadwaterError, NotFound, Refused, UsageError
from headwater.sampling.selection import Method
from headwater.traces import trace

if TYPE_CHECKING:
    from headwater.ledger.base import Transaction
    from headwater.sample_models import SampleRequest
    from headwater.services.audit import AuditService, Outcome
    from headwater.services.jobs import JobContext

log = logging.getLogger(__name__)


class SampleLine:
    """What the log is told of one request. `details` may grow until the end; it holds names and numbers only."""

    def __init__(self, audit: AuditService, user: str, action: str, request: SampleRequest) -> None:
        self._audit = audit
        self._user = user
        self.action = action
        self._resource = f"{request.source} {request.table}"
        self._started: int | None = None
        # What names no method is a text of somebody's, which may be a value.
        method = request.method if request.method in get_args(Method) else "unknown"
        self.details: dict[str, Any] = {"rows": request.rows, "method": method, "seed": request.seed}

    def begin(self, guard: Callable[[Transaction], None] = lambda tx: None) -> None:
        """Write that production is about to be reached. Raises what the ledger raises: then it must not be.

        `guard` may raise a refusal in the same transaction, which gets a line of its own.
        """
        if self._started is not None:
            return
        try:
            self._started = self._audit.start(self._user, self.action, self._resource, self.details, guard)
        except Refused as error:
            self.details.update(error=error.code, **{k: error.details[k] for k in ("quota",) if k in error.details})
            self.end("refused")
            raise

    def expect(self, dataset: str, recipe: str) -> None:
        """Say which version is about to be committed: should this process die, the log can tell whether it was."""
        self.details.update(dataset=dataset, recipe=recipe)
        if self._started is not None:
            self._audit.expect(self._started, dataset, recipe)

    def end(self, outcome: Outcome) -> None:
        """Write how it ended. One that reached nothing and was not refused has no line at all."""
        try:
            if self._started is not None:
                self._audit.end(self._started, self._user, self.action, self._resource, outcome, self.details)
            elif outcome != "done":
                self._audit.record(self._user, self.action, self._resource, outcome, self.details)
        except Exception as error:
            # What happened has happened, and its first line is there: a full disk must not hide the outcome too.
            log.error("headwater: the outcome of a %s is not in the audit log\n%s", self.action, trace(error))


@contextmanager
def audited(line: SampleLine, context: JobContext, *, part: bool = False) -> Iterator[SampleLine]:
    """`line` is of what is done in the block; what ends the block is its outcome, of a `part` only what stops it."""
    try:
        yield line
    except BaseException as error:
        outcome = _outcome(error, context)
        if isinstance(error, HeadwaterError):
            line.details["error"] = error.code
        line.end(outcome)
        if outcome == "cancelled" and not isinstance(error, Cancelled):
            raise Cancelled("Stopped on request; nothing was kept.") from None
        raise
    if not part:
        line.end("done")


def _outcome(error: BaseException, context: JobContext) -> Literal["refused", "failed", "cancelled"]:
    if isinstance(error, Cancelled) or context.cancelled():
        return "cancelled"
    return "refused" if isinstance(error, Refused | UsageError | NotFound) else "failed"
