"""A Jupyter server for browser tests: on this machine alone, without a token, as Galata expects it."""

import os
from pathlib import Path

import jupyterlab

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - given by traitlets
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port_retries = 0
c.ServerApp.open_browser = False
c.ServerApp.allow_root = os.geteuid() == 0
c.IdentityProvider.token = ""
c.ServerApp.disable_check_xsrf = True
c.LabApp.expose_app_in_browser = True
c.LabServerApp.extra_labextensions_path = str(Path(jupyterlab.__file__).parent / "galata")
