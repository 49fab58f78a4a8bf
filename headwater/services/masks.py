"""Masks: their keys, and what stewards have decided of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import UsageError
from headwater.sampling.key import DEFAULT, KeyEntry, Keyring

if TYPE_CHECKING:
    from headwater.config import Config
    from headwater.home import Home
    from headwater.services.audit import AuditService

_ROTATE = "masks.rotate"


class MaskService:
    """The masks of a home."""

    def __init__(self, home: Home, config: Config, audit: AuditService) -> None:
        self._ring = Keyring(home.keys)
        self._config = config
        self._audit = audit

    def rotate(self, domain: str, user: str) -> tuple[KeyEntry, ...]:
        """Give `domain` a new key; returns its keys, oldest first.

        Samples that are there keep their values; later ones have other values, which join with none of the earlier.

        Raises `UsageError` for a domain that is not configured, and `KeyUnavailable`.
        """
        known = [DEFAULT, *(one.name for one in self._config.mask_domains)]
        if domain not in known:
            raise UsageError(
                f"There is no mask domain {domain}.",
                hint=f"There are: {', '.join(known)}. Add one to headwater.toml, as [masking.domains.NAME].",
                details={"domain": domain},
            )
        started = self._audit.start(user, _ROTATE, domain, {})
        try:
            key = self._ring.rotate(domain)
        except BaseException:
            self._audit.end(started, user, _ROTATE, domain, "failed", {"error": "key_unavailable"})
            raise
        self._audit.end(started, user, _ROTATE, domain, "done", {"key": key.name})
        return self._ring.entries(domain)
