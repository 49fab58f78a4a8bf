"""What all subcommands share: ``--json`` and ``--home`` on either side of the name, and the session they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from headwater.assembly import Headwater


class Session:
    """One run of the command line: how to print, and which home."""

    def __init__(self) -> None:
        self.json = False
        self.home: str | None = None
        self._headwater: Headwater | None = None

    @property
    def headwater(self) -> Headwater:
        """The parts of the home, which is created on first use."""
        if self._headwater is None:
            from headwater.assembly import open_headwater

            self._headwater = open_headwater(self.home)
        return self._headwater

    def close(self) -> None:
        """Close what was opened."""
        if self._headwater is not None:
            self._headwater.close()


def session() -> Session:
    """The session of the command that is running."""
    found = click.get_current_context().find_object(Session)
    assert found is not None
    return found


def shared_options() -> list[click.Option]:
    """``--json`` and ``--home``, for the group and for each command alike."""

    def set_json(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.ensure_object(Session).json |= value

    def set_home(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            context.ensure_object(Session).home = value

    return [
        click.Option(["--json"], is_flag=True, expose_value=False, callback=set_json, help="Print one JSON document."),
        click.Option(
            ["--home"],
            metavar="DIR",
            expose_value=False,
            callback=set_home,
            help="The Headwater home; else HEADWATER_HOME, else ~/.headwater.",
        ),
    ]


class HeadwaterCommand(click.Command):
    """A subcommand that takes the shared options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(shared_options())


def command(name: str, **settings: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Decorator for a subcommand::

        @command("pins")
        @click.argument("notebook")
        @click.pass_obj
        def pins(session: Session, notebook: str) -> None:
            emit(document, text)

    A bad verdict ends with ``click.get_current_context().exit(1)``; everything else that fails raises.
    """
    return click.command(name, cls=HeadwaterCommand, **settings)
