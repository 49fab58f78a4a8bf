"""Say what to do when this Python is too old to build Headwater, before anything else fails for it."""

import shutil
import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file is what says so
    sys.exit(f"Headwater needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12")
node = shutil.which("node")
version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout if node else ""
if not version or int(version.lstrip("v").split(".")[0]) < 20:
    sys.exit(f"Headwater needs Node 20 or newer; this is {version.strip() or 'none'}.")
