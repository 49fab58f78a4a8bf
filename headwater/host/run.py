"""Runs a host in this process."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import TYPE_CHECKING

from headwater.assembly import open_headwater
from headwater.errors import HeadwaterError
from headwater.host.leases import LeaseKeeper
from headwater.host.pruning import Pruner
from headwater.host.server import IDLE_S, HostServer, stop_with_input
from headwater.traces import log_threads_without_text

if TYPE_CHECKING:
    from headwater.home import Home


def run(home: Home | str | os.PathLike[str] | None, *, attached: bool = False, foreground: bool = False) -> bool:
    """Serve a home until the host has reason to end; False at once when another host of the home is alive.

    Parameters
    ----------
    attached:
        End when standard input does.
    foreground:
        Serve until a signal, however long nobody asks.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    log_threads_without_text()
    headwater = open_headwater(home)
    try:
        # First the commits: what an ended process left half done may become a version, of which the log then tells.
        headwater.commits.settle_all()
        headwater.audit.settle()
    except HeadwaterError as error:
        # A ledger that is busy for long is no reason not to serve; the next host settles it.
        logging.warning("headwater: unfinished lines of the audit log were left: %s", error.code)
    keeper, pruner = LeaseKeeper(headwater), Pruner(headwater)
    server = HostServer(
        headwater, idle_s=None if attached or foreground else IDLE_S, background=(keeper.keep, pruner.prune)
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    if attached:
        stop_with_input(server)
    try:
        return server.serve()
    finally:
        headwater.close()
