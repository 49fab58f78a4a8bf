"""What went wrong in MariaDB, in our words. A server's text can quote a row or an address, so none is passed on."""

from __future__ import annotations

import ssl

from headwater.errors import HeadwaterError, SourceUnavailable
from headwater.sources.bounds import timed_out

_LOGIN = frozenset({1044, 1045, 1698, 1251, 2054})
_RIGHTS = frozenset({1142, 1143, 1227, 1370, 1356})
_FULL = frozenset({1040, 1203, 1226})
_TLS = 2026
_TIMEOUT = frozenset({1969, 3024})
_LOST = frozenset({1927, 2006, 2013, 2014, 1053, 1080})


def told(source: str, error: BaseException, timeout_s: float) -> HeadwaterError:
    """What an error of PyMySQL, or of the network below it, means."""
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if isinstance(getattr(error, "original_exception", error), ssl.SSLError):
        code = _TLS
    reason: tuple[str, str]
    if code in _TIMEOUT:
        return timed_out(source, timeout_s)
    if code in _LOGIN:
        reason = (
            f"The source {source} did not let Headwater in.",
            "The user or the password is wrong: correct the connection string that headwater.toml names.",
        )
    elif code == 1049:
        reason = (f"The source {source} has no such database.", "Correct the connection string.")
    elif code in _FULL:
        reason = (f"The source {source} has no connection free.", "Try again when other work on it has ended.")
    elif code in _RIGHTS:
        reason = (
            f"The source {source} does not let its user read this table.",
            "Grant SELECT on it to the user that Headwater connects as.",
        )
    elif code == 1205:
        reason = (
            f"The source {source} has the table locked; nothing was kept.",
            "Try again when its owner is done with it.",
        )
    elif code == 1792:
        reason = (f"The source {source} refused to write, as it is only read.", "Nothing has to be done.")
    elif code == _TLS:
        reason = (
            f"The source {source} could not be reached in a way that nobody listens to (TLS).",
            "To a server elsewhere the connection is encrypted and its certificate checked: give ?ssl_ca=FILE in the "
            "connection string, or have TLS set up there.",
        )
    elif code in _LOST:
        reason = (
            f"The source {source} dropped the connection in the middle; nothing was kept.",
            "Try again when it is up.",
        )
    elif code in (0, 2003, 2002, 2005):
        reason = (
            f"The source {source} cannot be reached.",
            "It is down, slow to answer, or the address is wrong. Ask whoever runs it, or see: headwater sources",
        )
    else:
        reason = (
            f"The source {source} refused a statement (error {code}).",
            "Its log says why; the connection carries the program name headwater.",
        )
    return SourceUnavailable(reason[0], hint=reason[1], details={"source": source, **({"error": code} if code else {})})
