"""What the demo's JupyterLab needs in a browser test: this machine alone, no token, and Galata's own extension."""

from pathlib import Path

import jupyterlab

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - given by traitlets
c.ServerApp.ip = "127.0.0.1"
c.IdentityProvider.token = ""
c.ServerApp.disable_check_xsrf = True
c.LabApp.expose_app_in_browser = True
c.LabServerApp.extra_labextensions_path = str(Path(jupyterlab.__file__).parent / "galata")
