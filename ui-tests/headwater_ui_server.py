"""JupyterLab on a fresh demo home with a real production, for the browser tests."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from headwater.assembly import open_headwater
from headwater.demo.home import DSN_VARIABLE, DemoHome
from headwater.demo.production import Production


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    shutil.rmtree(options.home, ignore_errors=True)
    demo = DemoHome(options.home)
    demo.configure()
    # Its million bookings are kept from run to run: they are the same each time.
    with Production(Path(tempfile.gettempdir()) / f"headwater-ui-production-{os.geteuid()}") as production:
        os.environ[DSN_VARIABLE] = production.dsn
        headwater = open_headwater(options.home)
        demo.fill(headwater, lambda text: print(text, flush=True))
        headwater.close()
        config = Path(__file__).with_name("server_config.py")
        arguments = [
            sys.executable, "-m", "jupyterlab", "--no-browser", f"--config={config}",
            f"--ServerApp.root_dir={demo.notebooks}", f"--LabApp.app_settings_dir={demo.settings}",
            f"--ServerApp.port={options.port}",
        ]  # fmt: skip
        process = subprocess.Popen(arguments, env={**os.environ, "HEADWATER_HOME": str(demo.home.path)})
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: process.terminate())
        process.wait()


if __name__ == "__main__":
    main()
