"""What went wrong in PostgreSQL, in our words. A server's text can quote a row or an address, so none is passed on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from headwater.errors import Cancelled, HeadwaterError, SourceUnavailable, UsageError

_LOGIN = frozenset({"28000", "28P01"})
_RIGHTS = frozenset({"42501"})
_TIMEOUT = "57014"
_UNFIT = frozenset({"22003", "22007", "22008", "22P02"})


@contextmanager
def told(source: str, *, timeout_s: float, stopped: Callable[[], bool] | None = None) -> Iterator[None]:
    """Turn a driver's errors into `SourceUnavailable`, or `Cancelled` where `stopped` says so.

    Parameters
    ----------
    stopped:
        Asked when an error comes: whether somebody wanted it to stop.
    """
    import adbc_driver_manager
    import psycopg

    try:
        yield
    except HeadwaterError:
        raise
    except (psycopg.Error, adbc_driver_manager.Error) as error:
        if stopped is not None and stopped():
            raise Cancelled("Stopped on request, also in the source; nothing was kept.") from None
        if str(getattr(error, "sqlstate", "") or "") in _UNFIT:
            raise UsageError(
                "A value does not fit its column's type: one of the keys that were asked for, or one of a view.",
                hint="Correct the keys.",
                details={"source": source},
            ) from None
        raise _known(source, error, timeout_s) from None


def timed_out(source: str, timeout_s: float) -> SourceUnavailable:
    """A statement took longer than it may."""
    return SourceUnavailable(
        f"The source {source} took longer than {timeout_s:g} s for one statement and was stopped; nothing was kept.",
        hint="Ask for a smaller table, or raise statement_timeout_s in headwater.toml.",
        details={"source": source, "sqlstate": _TIMEOUT},
    )


def _known(source: str, error: Exception, timeout_s: float) -> SourceUnavailable:
    state = str(getattr(error, "sqlstate", "") or "")
    text = str(error)
    reason: tuple[str, str]
    if state in _LOGIN or "password authentication failed" in text or "no password supplied" in text:
        reason = (
            f"The source {source} did not let Headwater in.",
            "The user or the password is wrong: correct the connection string that headwater.toml names.",
        )
    elif state == "3D000":
        reason = (f"The source {source} has no such database.", "Correct the connection string.")
    elif state == "53300" or "too many" in text:
        reason = (f"The source {source} has no connection free.", "Try again when other work on it has ended.")
    elif state in _RIGHTS:
        reason = (
            f"The source {source} does not let its user read this table.",
            "Grant SELECT on it to the user that Headwater connects as.",
        )
    elif state == _TIMEOUT:
        return timed_out(source, timeout_s)
    elif state == "55P03":
        reason = (
            f"The source {source} has the table locked; nothing was kept.",
            "Try again when its owner is done with it.",
        )
    elif state == "40001":
        reason = (
            f"The source {source} is a replica that had to catch up with production, and stopped the statement.",
            "Try again, with fewer rows; or have max_standby_streaming_delay raised on it.",
        )
    elif state[:2] in ("57", "08", "25") or "server closed the connection" in text or "terminat" in text:
        reason = (
            f"The source {source} dropped the connection in the middle; nothing was kept.",
            "Try again when it is up.",
        )
    elif not state:
        reason = (
            f"The source {source} cannot be reached.",
            "It is down, slow to answer, or the address is wrong. Ask whoever runs it, or see: headwater sources",
        )
    else:
        reason = (
            f"The source {source} refused a statement (SQLSTATE {state}).",
            "Its log says why; the statement carries the application name headwater.",
        )
    return SourceUnavailable(
        reason[0], hint=reason[1], details={"source": source, **({"sqlstate": state} if state else {})}
    )
