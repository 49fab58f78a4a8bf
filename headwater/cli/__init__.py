"""The ``headwater`` command.

Exit codes: 0 done, or a good verdict; 1 a bad verdict; 2 wrong usage; 3 refused by policy; 4 something is unavailable.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from headwater.cli.command import Session, shared_options
from headwater.cli.output import print_document
from headwater.cli.registry import COMMANDS
from headwater.errors import Cancelled, HeadwaterError, Unavailable, UsageError

__all__ = ["cli", "main"]


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run, and listed from the registry."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        found: click.Command = getattr(import_module(f"headwater.cli.{entry.module}"), entry.attribute)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            raise click.UsageError(
                f"There is no command {args[0]!r}." + (f" Did you mean {near[0]}?" if near else ""), ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _print_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        from headwater.version import headwater_version

        click.echo(f"headwater {headwater_version()}")
        context.exit()


@click.group(
    cls=LazyGroup,
    params=[
        *shared_options(),
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
            help="Print the version.",
        ),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)  # fmt: skip
def cli() -> None:
    """Headwater: know which data every number in a notebook came from."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    arguments = list(sys.argv[1:] if args is None else args)
    sys.exit(run(arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code."""
    current = Session()
    try:
        # Not `cli.main`: it ends a broken pipe with 1, which is here a bad verdict.
        with cli.make_context("headwater", list(arguments), obj=current) as context:
            cli.invoke(context)
        sys.stdout.flush()
        return 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except BrokenPipeError:
        # The reader went away (`headwater ls | head`); keep the interpreter from complaining about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("HEADWATER_DEBUG"):
            import traceback

            traceback.print_exc()
        return _report(error, as_document=_wants_document(arguments))
    except KeyboardInterrupt:
        return _report(Cancelled("Stopped; nothing was kept."), as_document=_wants_document(arguments))
    finally:
        current.close()


def _report(error: Exception, *, as_document: bool) -> int:
    """Print `error`; returns its exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and not as_document:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return 2
    known = _as_headwater_error(error)
    if as_document:
        print_document(known.to_wire())
    else:
        click.echo(f"{click.style('Error:', fg='red')} {known.message}", err=True)
        if known.hint:
            click.echo(known.hint, err=True)
    return known.exit_code


def _as_headwater_error(error: Exception) -> HeadwaterError:
    if isinstance(error, HeadwaterError):
        return error
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return UsageError("No command was given.", hint="List the commands with: headwater --help")
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "headwater"
        return UsageError(error.format_message(), hint=f"See: {path} --help")
    if isinstance(error, click.ClickException):
        return UsageError(error.format_message())
    if isinstance(error, click.Abort):
        return Cancelled("Stopped; nothing was kept.")
    # The text of an unforeseen error can hold anything, a row or a credential included: only its type is told.
    return Unavailable(
        f"Headwater failed in a way that it did not foresee ({type(error).__name__}).",
        hint="Run it again with HEADWATER_DEBUG=1 to see where, and report that.",
    )


def _wants_document(arguments: Sequence[Any]) -> bool:
    """Whether ``--json`` was given, also when the rest of the line could not be parsed."""
    for argument in arguments:
        if argument == "--":
            return False
        if argument == "--json":
            return True
    return False
