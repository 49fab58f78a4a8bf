"""Every subcommand: where it is, and its line in the help. Nothing is imported until a command is run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A subcommand: the `module` below ``headwater.cli`` and the `attribute` in it, and a line of help."""

    module: str
    attribute: str
    help: str


COMMANDS: dict[str, Entry] = {
    "demo": Entry("demo", "demo", "Open JupyterLab on a home with real data and a production database."),
    "init": Entry("data", "init", "Make a home."),
    "doctor": Entry("doctor", "doctor", "Say what is wrong with a home, and rebuild a lost ledger."),
    "import": Entry("transfer", "import_", "Make a version from CSV, Parquet, Arrow or JSON lines."),
    "export": Entry("transfer", "export", "Write a version to a file."),
    "ls": Entry("data", "ls", "List or find datasets."),
    "show": Entry("data", "show", "Show a dataset and one of its versions."),
    "versions": Entry("data", "versions", "List the versions of a dataset, newest first."),
    "pin": Entry("pins", "pin", "Hold a notebook to a version."),
    "unpin": Entry("pins", "unpin", "Let a notebook go from a dataset."),
    "pins": Entry("pins", "pins", "List what a notebook is pinned to."),
    "upgrade": Entry("pins", "upgrade", "Move a pin to a newer version."),
    "sources": Entry("samples", "sources", "List the production sources."),
    "tables": Entry("samples", "tables", "List the tables of a source."),
    "sample": Entry("sample", "sample", "Draw a masked sample from a source."),
    "refresh": Entry("sample", "refresh", "Draw a sample again by its own recipe."),
    "recipes": Entry("recipes", "recipes", "List, print and delete saved recipes."),
    "masks": Entry("masks", "masks", "Show and decide the masks of columns, and rotate their keys."),
    "erase": Entry("retention", "erase", "Remove a version's rows for ever, and say why."),
    "gc": Entry("retention", "gc", "Erase the samples whose time is over."),
    "proof": Entry("proof", "proof", "Show the proof sheet of a sample."),
    "audit": Entry("samples", "audit", "Show or verify the audit log."),
    "run": Entry("stamps", "run", "Run a notebook with its pins, and stamp it."),
    "stamp": Entry("stamps", "stamp", "Stamp a notebook that was run elsewhere."),
    "verify": Entry("stamps", "verify", "Say whether notebooks are what their stamps say."),
    "host": Entry("host", "host", "Serve a home to its kernels."),
}
