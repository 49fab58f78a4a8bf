"""The composition root: everything that belongs to one home, each part built when it is first asked for."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from headwater.home import Home

if TYPE_CHECKING:
    from headwater.config import Config
    from headwater.ledger.base import Database
    from headwater.services.audit import AuditService
    from headwater.services.catalog import CatalogService
    from headwater.services.commits import CommitService
    from headwater.services.diffs import DiffService
    from headwater.services.erasure import ErasureService
    from headwater.services.exports import ExportService
    from headwater.services.imports import ImportService
    from headwater.services.jobs import JobService
    from headwater.services.masks import MaskService
    from headwater.services.pins import PinService
    from headwater.services.preview import PreviewService
    from headwater.services.profiles import ProfileService
    from headwater.services.proofs import ProofService
    from headwater.services.refresh import RefreshService
    from headwater.services.runs import RunService
    from headwater.services.samples import SampleService
    from headwater.services.saved_recipes import SavedRecipeService
    from headwater.services.stamps import StampService
    from headwater.stores.base import Store

T = TypeVar("T")


class part(Generic[T]):  # noqa: N801 - used as `property` is
    """A property of `Headwater` that is built once, also when two threads ask for it at the same time."""

    def __init__(self, build: Callable[[Any], T]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> part[T]: ...
    @overload
    def __get__(self, instance: Headwater, owner: type[Any]) -> T: ...
    def __get__(self, instance: Headwater | None, owner: type[Any]) -> T | part[T]:
        if instance is None:
            return self
        with instance.lock:
            if self._name not in instance.__dict__:
                instance.__dict__[self._name] = self._build(instance)
        # From now on the instance's own attribute is found first, and this descriptor is not asked again.
        built: T = instance.__dict__[self._name]
        return built


class Headwater:
    """The parts of one home. A service is made here and nowhere else; modules are imported when their part is.

    `environ` is where the store's address is looked up when ``headwater.toml`` only names a variable; the process's
    own environment when None.
    """

    def __init__(self, home: Home, environ: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._environ = environ
        self.lock = threading.RLock()

    @part
    def config(self) -> Config:
        """All that ``headwater.toml`` says, for what needs sources; the other parts read their own section."""
        return self._configured()

    @part
    def user(self) -> str:
        """Who acts where no server says so: the user of the operating system."""
        import getpass

        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return f"uid-{os.getuid()}"

    @part
    def database(self) -> Database:
        """The ledger."""
        from headwater.ledger.connect import open_ledger

        return open_ledger(self.home, self._configured("store").store.url(self._environ))

    @part
    def store(self) -> Store:
        """Where the rows are."""
        from headwater.stores.registry import open_store

        configured = self._configured("store").store
        return open_store(
            "iceberg",
            catalog=configured.url(self._environ) or str(self.home.catalog_path),
            warehouse=configured.warehouse or str(self.home.warehouse),
        )

    @part
    def commits(self) -> CommitService:
        """New versions."""
        from headwater.services.commits import CommitService

        return CommitService(self.home, self.database, self.store)

    @part
    def audit(self) -> AuditService:
        """Who asked for what of a source."""
        from headwater.services.audit import AuditService
        from headwater.services.audit_heads import AuditHeads
        from headwater.services.audit_syslog import AuditSyslog

        syslog = self._configured("audit").audit.syslog
        return AuditService(
            self.database, AuditHeads(self.home.keys, self.home.audit_heads), AuditSyslog(syslog) if syslog else None
        )

    @part
    def erasure(self) -> ErasureService:
        """Versions whose rows are removed for ever."""
        from headwater.services.erasure import ErasureService

        sample_days = self._configured("retention").retention.sample_days
        return ErasureService(self.database, self.store, self.commits, self.catalog, self.audit, sample_days)

    @part
    def samples(self) -> SampleService:
        """Masked samples of production."""
        from headwater.services.quotas import QuotaService
        from headwater.services.samples import SampleService

        quotas = QuotaService(self.database, self.config.quotas, self.config.retention.sample_days)
        return SampleService(self.home, self.config, self.database, self.commits, self.audit, self.masks, quotas)

    @part
    def masks(self) -> MaskService:
        """What is done to columns of production, and with which keys."""
        from headwater.services.masks import MaskService

        return MaskService(self.home, self.config, self.database, self.audit)

    @part
    def refreshes(self) -> RefreshService:
        """Samples drawn again."""
        from headwater.services.refresh import RefreshService

        return RefreshService(self.catalog, self.samples)

    @part
    def saved_recipes(self) -> SavedRecipeService:
        """Recipes that people keep by a name."""
        from headwater.services.saved_recipes import SavedRecipeService

        return SavedRecipeService(self.home, self.database)

    @part
    def proofs(self) -> ProofService:
        """The proof sheets of samples."""
        from headwater.services.proofs import ProofService

        return ProofService(self.database, self.catalog)

    @part
    def imports(self) -> ImportService:
        """Files that become versions."""
        from headwater.services.imports import ImportService

        return ImportService(self.commits)

    @part
    def exports(self) -> ExportService:
        """Versions that become files."""
        from headwater.services.exports import ExportService

        return ExportService(self.catalog)

    @part
    def catalog(self) -> CatalogService:
        """Datasets and versions, found and named."""
        from headwater.services.catalog import CatalogService

        return CatalogService(self.database, self._configured("retention").retention.sample_days)

    @part
    def diffs(self) -> DiffService:
        """What changed between two versions."""
        from headwater.services.diffs import DiffService

        return DiffService(self.catalog)

    @part
    def jobs(self) -> JobService:
        """Long work of this process, and the jobs of all."""
        from headwater.services.jobs import JobService

        return JobService(self.database)

    @part
    def pins(self) -> PinService:
        """Which versions a notebook is held to."""
        from headwater.services.floating import FloatingReads
        from headwater.services.pins import PinService

        return PinService(self.database, self.catalog, FloatingReads(self.home, self.database))

    @part
    def preview(self) -> PreviewService:
        """Pages of rows."""
        from headwater.services.preview import PreviewService

        return PreviewService(self.catalog)

    @part
    def profiles(self) -> ProfileService:
        """What each column of a version holds."""
        from headwater.services.profiles import ProfileService

        return ProfileService(self.catalog, self.database)

    @part
    def stamps(self) -> StampService:
        """The records of what notebooks rest on."""
        from headwater.services.stamps import StampService

        return StampService(self.home, self.database, self.catalog, self.pins)

    @part
    def runs(self) -> RunService:
        """Notebooks run without a server."""
        from headwater.config import secret_variables
        from headwater.services.runs import RunService

        return RunService(self.home, secret_variables(self.home), self.stamps)

    @property
    def has_ledger(self) -> bool:
        """Whether the ledger was opened; this does not."""
        return "database" in self.__dict__

    @property
    def running_jobs(self) -> int:
        """How many jobs of this process have not ended. Opens no ledger to say so."""
        return self.jobs.running if "jobs" in self.__dict__ else 0

    def stop_jobs(self) -> None:
        """Ask every job of this process to stop, and wait until they have."""
        if "jobs" in self.__dict__:
            self.jobs.close()

    def _configured(self, *sections: str) -> Config:
        from headwater.config import load_config

        return load_config(self.home, *sections)

    def close(self) -> None:
        """Sign the audit log's end, if this process wrote to it, and close the ledger, if it was opened."""
        audit = self.__dict__.pop("audit", None)
        if audit is not None:
            audit.close()
        database = self.__dict__.pop("database", None)
        if database is not None:
            database.close()


def open_headwater(
    home: Home | str | os.PathLike[str] | None = None, environ: Mapping[str, str] | None = None
) -> Headwater:
    """The parts of the home at `home` (else ``HEADWATER_HOME``, else ``~/.headwater``), created on first use."""
    place = home if isinstance(home, Home) else Home.locate(home)
    return Headwater(place.create(), environ)
