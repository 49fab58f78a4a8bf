"""``headwater.toml``: which sources there are and where the store is. Secrets are named here, never held."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from headwater.errors import SourceNotFound, SourceUnavailable, StoreUnavailable, UsageError
from headwater.retention import SAMPLE_DAYS
from headwater.sampling.disclosure import SourcePolicy

if TYPE_CHECKING:
    from headwater.home import Home

_DOMAIN_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_SOURCE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,127}")
_SECRETS = frozenset({"dsn", "url", "uri", "password", "passwd", "secret", "token", "key"})
_SECTIONS = frozenset({"sources", "store", "access", "pins", "masking", "retention", "audit", "quotas"})
_URL_PASSWORD = re.compile(r"://[^/@:]*:[^/@]+@")
# Anywhere but in a comment that fills its line.
_NAMED_SECRET = re.compile(
    r"""^(?![ \t]*\#).*?\b(?:dsn_env|catalog_env)["']?[ \t]*=[ \t]*["']([A-Za-z_][A-Za-z0-9_]*)["']""", re.MULTILINE
)

FILE_KINDS = frozenset({"duckdb", "files", "iceberg", "delta"})
"""Kinds of source that are files, which `path` names."""

_MOST_DAYS = 36_500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BudgetConfig:
    """What one draw may take of a source; None is no bound.

    Attributes
    ----------
    rows, bytes:
        Of the sample. A draw that is estimated to give more is cut to what fits.
    seconds, cost:
        Of reading, and of the statements as the source's own planner has it. A draw that is estimated to take more is
        refused.
    """

    rows: int | None = None
    bytes: int | None = None
    seconds: float | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One production system.

    Attributes
    ----------
    path:
        Of a kind that is files: where they are. An address with a credential in it is named by `dsn_env` or `dsn_file`.
    keys:
        The columns that tell rows apart, by ``table`` or ``schema.table``, where the source itself does not say.
    threads, memory_mb:
        What reading files may take of this machine.
    masks:
        ``schema.table.column`` to a mask, over any other decision.
    replica:
        The address is a read replica's: nothing is read where it turns out to be a primary.
    allow:
        Tables, as ``schema.table``, that are read although they set something in motion: foreign tables, and views that
        call volatile functions.
    max_draws:
        So many draws read the source at once; others wait in line.
    """

    name: str
    kind: str
    dsn_env: str | None = None
    dsn_file: str | None = None
    path: str | None = None
    schemas: tuple[str, ...] = ()
    max_rows: int = 1_000_000
    statement_timeout_s: float = 60
    threads: int = 4
    memory_mb: int = 2_000
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    masks: Mapping[str, str] = field(default_factory=dict)
    replica: bool = False
    allow: tuple[str, ...] = ()
    policy: SourcePolicy = SourcePolicy()
    max_draws: int = 1
    budget: BudgetConfig = BudgetConfig()

    def address(self) -> str:
        """Where a source of files is: `path`, else what `dsn` gives."""
        return os.path.expanduser(self.path) if self.path is not None else self.dsn()

    def dsn(self, environ: Mapping[str, str] | None = None) -> str:
        """The connection string, read now; raises `SourceUnavailable` naming where it was looked for, never what."""
        if self.dsn_env is not None:
            found = (os.environ if environ is None else environ).get(self.dsn_env, "")
            if found:
                return found
            raise SourceUnavailable(
                f"The source {self.name} has no credentials: {self.dsn_env} is not set.",
                hint=f"Set {self.dsn_env} where the Headwater host starts, then try again.",
                details={"source": self.name, "dsn_env": self.dsn_env},
            )
        try:
            found = Path(os.path.expanduser(self.dsn_file or "")).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if found:
            return found
        raise SourceUnavailable(
            f"The source {self.name} has no credentials: its dsn_file is missing, empty or not readable.",
            hint="Write the connection string into the file that headwater.toml names as dsn_file.",
            details={"source": self.name},
        )


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Where tables and ledger are. All None on a laptop: SQLite and local files in the home."""

    catalog: str | None = None
    catalog_env: str | None = None
    warehouse: str | None = None

    @property
    def has_database(self) -> bool:
        """Whether catalog and ledger are in a database elsewhere, and not in files of the home."""
        return self.catalog is not None or self.catalog_env is not None

    def url(self, environ: Mapping[str, str] | None = None) -> str | None:
        """The address of the database that holds catalog and ledger, or None for SQLite in the home."""
        if self.catalog_env is None:
            return self.catalog
        found = (os.environ if environ is None else environ).get(self.catalog_env, "")
        if found:
            return found
        raise StoreUnavailable(
            f"The store has no address: {self.catalog_env} is not set.",
            hint=f"Set {self.catalog_env}, which [store] in headwater.toml names.",
        )


@dataclass(frozen=True, slots=True)
class PinsConfig:
    """`on_first_use`: the first load of a dataset pins the notebook to it; else such a read is floating."""

    on_first_use: bool = True


@dataclass(frozen=True, slots=True)
class MaskDomain:
    """Columns that are masked with the same key, so that equal values in them stay equal.

    `sources` are those that share it. Of them it has the columns that get one of `masks`, and those that match one of
    `columns`, patterns of ``source.schema.table.column`` in which ``*`` stands for anything.
    """

    name: str
    sources: tuple[str, ...]
    masks: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quota:
    """What one person or group may draw in 24 hours, and how many samples may be kept; None is no limit."""

    draws_per_day: int | None = None
    bytes_per_day: int | None = None
    stored_samples: int | None = None


@dataclass(frozen=True, slots=True)
class GroupQuota:
    """A quota that `users` share."""

    users: tuple[str, ...]
    quota: Quota


@dataclass(frozen=True, slots=True)
class QuotasConfig:
    """`each` is the quota of a person who has none of `users`."""

    each: Quota = Quota()
    users: Mapping[str, Quota] = field(default_factory=dict)
    groups: Mapping[str, GroupQuota] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditConfig:
    """`syslog`: where each line of the audit log is sent too, ``udp://host:port`` or ``unix:///path``."""

    syslog: str | None = None


@dataclass(frozen=True, slots=True)
class RetentionConfig:
    """`sample_days`: how long a sample is kept; 0 keeps it until somebody erases it."""

    sample_days: int = SAMPLE_DAYS


@dataclass(frozen=True, slots=True)
class Config:
    """What a home is configured to do. `unknown` are sections that this Headwater does not read."""

    sources: Mapping[str, SourceConfig] = field(default_factory=dict)
    store: StoreConfig = StoreConfig()
    pins: PinsConfig = PinsConfig()
    mask_domains: tuple[MaskDomain, ...] = ()
    retention: RetentionConfig = RetentionConfig()
    audit: AuditConfig = AuditConfig()
    quotas: QuotasConfig = QuotasConfig()
    unknown: tuple[str, ...] = ()

    def source(self, name: str) -> SourceConfig:
        """The source of this name. Raises `SourceNotFound`."""
        found = self.sources.get(name)
        if found is None:
            known = ", ".join(self.sources)
            raise SourceNotFound(
                f"There is no source {name}.",
                hint=f"Configured: {known}." if known else "Add one to headwater.toml, as [sources.NAME].",
                details={"source": name},
            )
        return found

    @property
    def secret_variables(self) -> frozenset[str]:
        """Names of environment variables that hold credentials, to be kept from kernels."""
        named = {source.dsn_env for source in self.sources.values()} | {self.store.catalog_env}
        return frozenset(name for name in named if name)


def load_config(home: Home, *sections: str) -> Config:
    """Read the home's ``headwater.toml``; a missing file is an empty one. Raises `UsageError` saying what is wrong.

    With `sections` only those are read and the others are as if they were absent: who needs one section is not kept
    from work by a mistake in another.
    """
    try:
        text = home.config_path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("headwater.toml cannot be read.", hint="It must be a readable UTF-8 file.") from error
    return parse_config(text, *sections)


def secret_variables(home: Home) -> frozenset[str]:
    """The names that a home's ``headwater.toml`` gives to its credentials, also when the rest of it is not valid.

    What is not valid is refused later by whoever needs it; until then no kernel must inherit the credentials.
    """
    try:
        return load_config(home).secret_variables
    except UsageError:
        try:
            text = home.config_path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return frozenset()
        return frozenset(_NAMED_SECRET.findall(text))


def parse_config(text: str, *sections: str) -> Config:
    """The configuration in the TOML document `text`; with `sections`, only that of those."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Only the position: the parser's own message can quote the line, and the line can hold a secret.
        place = re.search(r"at line \d+, column \d+|at end of document", str(error))
        raise UsageError(
            f"headwater.toml is not valid TOML{' ' + place.group() if place else ''}.",
            hint="Correct the file in the Headwater home; headwater doctor says whether it is right.",
        ) from None
    if sections:
        document = {name: section for name, section in document.items() if name in sections}
    sources = _table(document, "sources", "")
    store = _table(document, "store", "")
    pins = _table(document, "pins", "")
    retention = _table(document, "retention", "")
    return Config(
        sources={name: _source(name, _table(sources, name, "sources.")) for name in sources},
        store=_store(store),
        pins=_pins(pins),
        mask_domains=_mask_domains(_table(document, "masking", ""), sources),
        retention=_retention(retention),
        audit=_audit(_table(document, "audit", "")),
        quotas=_quotas(_table(document, "quotas", "")),
        unknown=tuple(sorted(set(document) - _SECTIONS)),
    )


def _source(name: str, table: dict[str, Any]) -> SourceConfig:
    where = f"sources.{name}"
    if not _SOURCE_NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is not a name for a source.",
            hint="Use letters, digits, _ and -; samples get it as namespace.",
        )
    _check_keys(where, table, SourceConfig, hint="dsn_env or dsn_file", without={"name"})
    dsn_env = _value(where, table, "dsn_env", str, None)
    dsn_file = _value(where, table, "dsn_file", str, None)
    path = _value(where, table, "path", str, None)
    kind = _value(where, table, "kind", str, "")
    if not kind:
        raise UsageError(f"[{where}] in headwater.toml has no kind.", hint='For example: kind = "postgresql"')
    if kind in FILE_KINDS:
        if sum(given is not None for given in (path, dsn_env, dsn_file)) != 1:
            raise UsageError(
                f"[{where}] in headwater.toml must have exactly one of path, dsn_env and dsn_file.",
                hint='For example: path = "/data/production"',
            )
    elif path is not None or (dsn_env is None) == (dsn_file is None):
        raise UsageError(
            f"[{where}] in headwater.toml must have exactly one of dsn_env and dsn_file, and no path.",
            hint='For example: dsn_env = "PROD_DSN"',
        )
    if kind in FILE_KINDS and _value(where, table, "replica", bool, False):
        raise UsageError(
            f"[{where}] in headwater.toml says replica, which files are not.", hint="Take replica out of it."
        )
    if path is not None and _URL_PASSWORD.search(path):
        raise UsageError(
            f"[{where}] in headwater.toml holds a credential in path.",
            hint="Put the whole address into an environment variable and name it with dsn_env.",
        )
    return SourceConfig(
        name=name,
        kind=kind,
        dsn_env=dsn_env,
        dsn_file=dsn_file,
        path=path,
        schemas=_texts(where, table, "schemas"),
        max_rows=_positive(where, "max_rows", _value(where, table, "max_rows", int, 1_000_000)),
        statement_timeout_s=_positive(
            where, "statement_timeout_s", float(_value(where, table, "statement_timeout_s", (int, float), 60))
        ),
        threads=_positive(where, "threads", _value(where, table, "threads", int, 4)),
        memory_mb=_positive(where, "memory_mb", _value(where, table, "memory_mb", int, 2_000)),
        keys=_keys(where, _table(table, "keys", where + ".")),
        masks=_masks(where, _table(table, "masks", where + ".")),
        replica=_value(where, table, "replica", bool, False),
        allow=_texts(where, table, "allow"),
        policy=_policy(where + ".policy", _table(table, "policy", where + ".")),
        max_draws=_positive(where, "max_draws", _value(where, table, "max_draws", int, 1)),
        budget=_budget(f"{where}.budget", _table(table, "budget", where + ".")),
    )


def _policy(where: str, table: dict[str, Any]) -> SourcePolicy:
    _check_keys(where, table, SourcePolicy, hint="an environment variable")
    min_rows = _value(where, table, "min_rows", int, SourcePolicy().min_rows)
    if min_rows < 0:
        raise UsageError(f"min_rows in [{where}] of headwater.toml must not be negative.", hint="0 lifts it.")
    return SourcePolicy(_value(where, table, "choose_by_masked", bool, False), min_rows)


def _budget(where: str, table: dict[str, Any]) -> BudgetConfig:
    _check_keys(where, table, BudgetConfig, hint="an environment variable")
    for key in table:
        _positive(where, key, _value(where, table, key, int if key in ("rows", "bytes") else (int, float), 1))
    return BudgetConfig(**table)


def _store(table: dict[str, Any]) -> StoreConfig:
    _check_keys("store", table, StoreConfig, hint="catalog_env")
    catalog = _value("store", table, "catalog", str, None)
    catalog_env = _value("store", table, "catalog_env", str, None)
    if catalog is not None and catalog_env is not None:
        raise UsageError("[store] in headwater.toml has both catalog and catalog_env.", hint="Keep one of them.")
    if catalog is not None and _URL_PASSWORD.search(catalog):
        raise UsageError(
            "[store] in headwater.toml holds a password in catalog.",
            hint="Put the whole address into an environment variable and name it with catalog_env.",
        )
    return StoreConfig(catalog, catalog_env, _value("store", table, "warehouse", str, None))


def _pins(table: dict[str, Any]) -> PinsConfig:
    _check_keys("pins", table, PinsConfig, hint="an environment variable")
    return PinsConfig(on_first_use=_value("pins", table, "on_first_use", bool, True))


def _mask_domains(table: dict[str, Any], sources: Mapping[str, Any]) -> tuple[MaskDomain, ...]:
    for key in table:
        if key != "domains":
            raise UsageError(
                f"[masking] in headwater.toml has an unknown setting {key!r}.", hint="It may have: domains."
            )
    domains = _table(table, "domains", "masking.")
    return tuple(_mask_domain(name, _table(domains, name, "masking.domains."), sources) for name in domains)


def _mask_domain(name: str, table: dict[str, Any], known: Mapping[str, Any]) -> MaskDomain:
    where = f"masking.domains.{name}"
    if not _DOMAIN_NAME.fullmatch(name) or name == "default":
        raise UsageError(
            f"[{where}] in headwater.toml: {name!r} is not a name for a mask domain.",
            hint="Use lower-case letters, digits, _ and -; default is the domain of everything else.",
        )
    _check_keys(where, table, MaskDomain, hint="nothing: keys are made in the home", without={"name"})
    domain = MaskDomain(
        name, _texts(where, table, "sources"), _texts(where, table, "masks"), _texts(where, table, "columns")
    )
    if not domain.sources or not (domain.masks or domain.columns):
        raise UsageError(
            f"[{where}] in headwater.toml must say which sources share it, and which masks or columns it has.",
            hint='For example: sources = ["prod", "crm"] and masks = ["name", "email"]',
        )
    from headwater.sampling.masks import MASKS

    for mask in domain.masks:
        if mask not in MASKS:
            raise UsageError(
                f"[{where}] in headwater.toml names a mask {mask!r} that there is not.",
                hint=f"There are: {', '.join(MASKS)}.",
            )
    for source in domain.sources:
        if source not in known:
            raise UsageError(
                f"[{where}] in headwater.toml names a source {source!r} that is not configured.",
                hint=f"Configured: {', '.join(known)}." if known else "Add it as [sources.NAME].",
            )
    return domain


def syslog_address(text: str) -> tuple[str, int] | str:
    """Where ``udp://host:port`` or ``unix:///path`` leads. Raises `UsageError`."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        port = parts.port or 514
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme == "udp" and parts.hostname and not parts.path.strip("/"):
        return parts.hostname, port
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return parts.path
    raise UsageError(
        "syslog in [audit] of headwater.toml is no address.",
        hint='Write "udp://host:514" or "unix:///dev/log".',
    )


def _audit(table: dict[str, Any]) -> AuditConfig:
    _check_keys("audit", table, AuditConfig, hint="an environment variable")
    syslog = _value("audit", table, "syslog", str, None)
    if syslog is not None:
        syslog_address(syslog)
    return AuditConfig(syslog)


def _quotas(table: dict[str, Any]) -> QuotasConfig:
    users, groups = _table(table, "users", "quotas."), _table(table, "groups", "quotas.")
    each = {name: value for name, value in table.items() if name not in ("users", "groups")}
    return QuotasConfig(
        _quota("quotas", each),
        {name: _quota(f"quotas.users.{name}", _table(users, name, "quotas.users.")) for name in users},
        {name: _group_quota(f"quotas.groups.{name}", _table(groups, name, "quotas.groups.")) for name in groups},
    )


def _quota(where: str, table: dict[str, Any]) -> Quota:
    _check_keys(where, table, Quota, hint="an environment variable")
    limits = {name: _value(where, table, name, int, None) for name in table}
    for name, limit in limits.items():
        if limit < 0:
            raise UsageError(f"{name} in [{where}] of headwater.toml must not be negative.", hint="0 allows none.")
    return Quota(**limits)


def _group_quota(where: str, table: dict[str, Any]) -> GroupQuota:
    users = _texts(where, table, "users")
    if not users:
        raise UsageError(f"[{where}] in headwater.toml has no users.", hint='For example: users = ["ann", "bob"]')
    return GroupQuota(users, _quota(where, {name: value for name, value in table.items() if name != "users"}))


def _retention(table: dict[str, Any]) -> RetentionConfig:
    _check_keys("retention", table, RetentionConfig, hint="an environment variable")
    days = _value("retention", table, "sample_days", int, SAMPLE_DAYS)
    if not 0 <= days <= _MOST_DAYS:
        raise UsageError(
            f"sample_days in [retention] of headwater.toml must be from 0 to {_MOST_DAYS:,}.",
            hint="0 keeps samples until somebody erases them.",
        )
    return RetentionConfig(days)


def _check_keys(
    where: str,
    table: dict[str, Any],
    model: type[Any],
    *,
    hint: str,
    without: frozenset[str] | set[str] = frozenset(),
) -> None:
    known = set(model.__dataclass_fields__) - without
    for key in table:
        if key.lower() in _SECRETS:
            raise UsageError(
                f"[{where}] in headwater.toml holds a secret inline ({key}).",
                hint=f"Secrets are only named there: use {hint}, and take the value out of the file.",
            )
        if key not in known:
            raise UsageError(
                f"[{where}] in headwater.toml has an unknown setting {key!r}.",
                hint=f"It may have: {', '.join(sorted(known))}.",
            )


def _table(document: dict[str, Any], key: str, prefix: str) -> dict[str, Any]:
    found = document.get(key, {})
    if not isinstance(found, dict):
        raise UsageError(f"{prefix}{key} in headwater.toml must be a section.", hint=f"Write it as [{prefix}{key}].")
    return found


def _value(where: str, table: dict[str, Any], key: str, kind: type[T] | tuple[type[T], ...], default: Any) -> Any:
    found = table.get(key, default)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    wrong_bool = isinstance(found, bool) and bool not in kinds
    if key in table and (wrong_bool or not isinstance(found, kinds)):
        raise UsageError(
            f"{key} in [{where}] of headwater.toml has the wrong type.",
            hint=f"It must be of type {kinds[0].__name__}.",
        )
    return found


def _positive(where: str, key: str, value: T) -> T:
    if not value > 0:  # type: ignore[operator]
        raise UsageError(f"{key} in [{where}] of headwater.toml must be more than 0.", hint="Correct the file.")
    return value


def _texts(where: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
    found = _value(where, table, key, list, [])
    if not all(isinstance(text, str) and text for text in found):
        raise UsageError(f"{key} in [{where}] of headwater.toml must be a list of texts.", hint="Correct the file.")
    return tuple(found)


def _masks(where: str, table: dict[str, Any]) -> dict[str, str]:
    for column, mask in table.items():
        if not isinstance(mask, str) or column.count(".") < 2:
            raise UsageError(
                f'[{where}.masks] in headwater.toml has an entry that is not "schema.table.column" = "mask".',
                hint='For example: "public.customer.company" = "keep"',
            )
    return dict(table)


def _keys(where: str, table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    for name, columns in table.items():
        if not isinstance(columns, list) or not columns or not all(isinstance(each, str) for each in columns):
            raise UsageError(
                f'[{where}.keys] in headwater.toml has an entry that is not "table" = ["column"].',
                hint=f"Correct the columns of {name}.",
            )
    return {name: tuple(columns) for name, columns in table.items()}
