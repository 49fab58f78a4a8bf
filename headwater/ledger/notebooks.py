"""Notebooks in the ledger: which id is at which path, and what holds a notebook open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from headwater.clock import as_text, now
from headwater.ledger.base import Database, Reader, Row, Transaction
from headwater.processes import is_alive, this_process

EDITOR_TIMEOUT_S = 180
"""An editor that was not heard of for so long holds its notebook no more.

Browsers let the timers of a tab in the background run once a minute.
"""

_COLUMNS = "id, path, copied_from, revision, in_file, file_state"


@dataclass(frozen=True, slots=True)
class NotebookRow:
    """A notebook as the ledger knows it.

    `path` is absolute, or None for one whose place another notebook took. `in_file` says whether the file was
    seen to hold the id. `file_state` is the state of the file when it was last read.
    """

    id: str
    path: str | None
    copied_from: str | None
    revision: int
    in_file: bool
    file_state: str | None


@dataclass(frozen=True, slots=True)
class Binding:
    """The notebook that a kernel runs, by its id and its path, and whose session that is."""

    notebook: str
    path: str
    owner: str


class Notebooks:
    """The notebooks of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def by_path(self, path: str, reader: Reader | None = None) -> NotebookRow | None:
        """The notebook at `path`, or None."""
        return _row((reader or self._db).one(f"SELECT {_COLUMNS} FROM notebook WHERE path = ?", (path,)))

    def by_id(self, id: str, reader: Reader | None = None) -> NotebookRow | None:
        """The notebook of this id, or None."""
        return _row((reader or self._db).one(f"SELECT {_COLUMNS} FROM notebook WHERE id = ?", (id,)))

    def add(self, tx: Transaction, id: str, path: str, copied_from: str | None = None) -> NotebookRow:
        """A new notebook at `path`; one that was there before has no path from now on."""
        self._vacate(tx, path)
        tx.execute(
            "INSERT INTO notebook (id, path, created, copied_from) VALUES (?, ?, ?, ?)",
            (id, path, now(), copied_from),
        )
        return NotebookRow(id, path, copied_from, 0, False, None)

    def move(self, tx: Transaction, id: str, path: str) -> None:
        """The notebook is at `path` now; one that was there before has no path from now on."""
        self._vacate(tx, path)
        tx.execute("UPDATE notebook SET path = ? WHERE id = ?", (path, id))

    def rename(self, tx: Transaction, old: str, new: str) -> None:
        """A file, or a directory with all that is below it, was renamed."""
        moved = tx.query(
            # A range, since LIKE would read the path's own % and _ as marks; '0' is the character after '/'.
            "SELECT id, path FROM notebook WHERE path = ? OR (path >= ? AND path < ?)",
            (old, old + "/", old + "0"),
        )
        for row in moved:
            self.move(tx, row["id"], new + row["path"][len(old) :])

    def observe(self, tx: Transaction, id: str, in_file: bool, file_state: str | None) -> None:
        """Note what the notebook's file was seen to be."""
        tx.execute("UPDATE notebook SET in_file = ?, file_state = ? WHERE id = ?", (int(in_file), file_state, id))

    def revise(self, tx: Transaction, id: str) -> int:
        """Count one change of the notebook's pins; returns the new revision."""
        tx.execute("UPDATE notebook SET revision = revision + 1 WHERE id = ?", (id,))
        row = tx.one("SELECT revision FROM notebook WHERE id = ?", (id,))
        assert row is not None
        return int(row["revision"])

    def editor_seen(self, tx: Transaction, id: str, client: str) -> None:
        """An editor, named by a random id of its browser tab, holds the notebook now."""
        tx.execute("DELETE FROM editor WHERE seen <= ?", (_expired(),))
        tx.execute(
            "INSERT INTO editor (notebook_id, client, seen) VALUES (?, ?, ?)"
            " ON CONFLICT (notebook_id, client) DO UPDATE SET seen = excluded.seen",
            (id, client, now()),
        )

    def editor_closed(self, tx: Transaction, id: str, client: str) -> None:
        """The editor let go."""
        tx.execute("DELETE FROM editor WHERE notebook_id = ? AND client = ?", (id, client))

    def bind(self, tx: Transaction, kernel: str, id: str, owner: str) -> None:
        """A kernel of the calling server runs the notebook."""
        tx.execute(
            "INSERT INTO binding (kernel_id, notebook_id, owner, server, bound) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (kernel_id) DO UPDATE SET notebook_id = excluded.notebook_id,"
            " owner = excluded.owner, server = excluded.server, bound = excluded.bound",
            (kernel, id, owner, this_process(), now()),
        )

    def binding(self, kernel: str) -> Binding | None:
        """What a kernel is bound to; None when it is not, or when its notebook has no place."""
        row = self._db.one(
            "SELECT n.id, n.path, b.owner FROM binding b JOIN notebook n ON n.id = b.notebook_id"
            " WHERE b.kernel_id = ? AND n.path IS NOT NULL",
            (kernel,),
        )
        return None if row is None else Binding(row["id"], row["path"], row["owner"])

    def unbind(self, tx: Transaction, kernel: str) -> None:
        """The kernel is gone."""
        tx.execute("DELETE FROM binding WHERE kernel_id = ?", (kernel,))

    def unbind_dead(self, tx: Transaction) -> None:
        """Forget the kernels of servers that are gone."""
        for row in tx.query("SELECT DISTINCT server FROM binding"):
            if not is_alive(row["server"]):
                tx.execute("DELETE FROM binding WHERE server = ?", (row["server"],))

    def kernels(self, id: str, reader: Reader | None = None) -> list[str]:
        """The kernels that run the notebook under a server that is alive."""
        rows = (reader or self._db).query("SELECT kernel_id, server FROM binding WHERE notebook_id = ?", (id,))
        return [row["kernel_id"] for row in rows if is_alive(row["server"])]

    def is_held(self, id: str, reader: Reader | None = None) -> bool:
        """Whether an editor or a kernel holds the notebook, so that its pins are the ledger's and not the
        file's.
        """
        editor = (reader or self._db).one(
            "SELECT client FROM editor WHERE notebook_id = ? AND seen > ?", (id, _expired())
        )
        return editor is not None or bool(self.kernels(id, reader))

    def _vacate(self, tx: Transaction, path: str) -> None:
        tx.execute("UPDATE notebook SET path = NULL WHERE path = ?", (path,))


def _row(row: Row | None) -> NotebookRow | None:
    if row is None:
        return None
    return NotebookRow(
        row["id"], row["path"], row["copied_from"], row["revision"], bool(row["in_file"]), row["file_state"]
    )


def _expired() -> str:
    return as_text(datetime.now(UTC) - timedelta(seconds=EDITOR_TIMEOUT_S))
