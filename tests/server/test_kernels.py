"""Kernels that a server starts: bound to their notebooks, whatever else lies in the folder."""

from __future__ import annotations

import json
import time
from typing import Any

from served import Served
from test_saves import NOTEBOOK, loaded, save


def pins(served: Served, name: str) -> dict[str, Any]:
    found = served.api("GET", "/notebooks/pins", query={"path": name}).body["pins"]
    return {one["dataset"]: one["pin"] for one in found}


def test_a_bad_notebook_keeps_no_other_kernel_from_its_notebook(served: Served) -> None:
    outside = served.root.parent / "outside.ipynb"
    outside.write_text(json.dumps(NOTEBOOK))
    (served.root / "link.ipynb").symlink_to(outside)
    (served.root / "damaged.ipynb").write_text("not json")
    (served.root / "list.ipynb").write_text("[]")
    save(served, "good.ipynb", NOTEBOOK)
    kernels = [served.session(name) for name in ("link.ipynb", "damaged.ipynb", "list.ipynb", "good.ipynb")]
    code = "import headwater as hw; hw.pin('sales.orders', 'v1'); print(hw.pins()[0]['pinned_by'])"
    served.run(kernels[-1], code)
    # Of a notebook that no kernel was bound to, a pin stays in the process.
    assert pins(served, "good.ipynb")["sales.orders"]["version"] == "v1"
    deadline = time.monotonic() + 30
    while "damaged.ipynb is not bound" not in served.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(3)
    log = served.log.read_text()
    for name in ("link.ipynb", "damaged.ipynb", "list.ipynb"):
        assert log.count(f"the kernel of {name} is not bound to it") == 1, log
    for kernel in kernels:
        served.call("DELETE", f"/api/kernels/{kernel}")


def test_a_pin_of_the_first_cell_is_there_before_any_save(served: Served) -> None:
    save(served, "early.ipynb", NOTEBOOK)
    kernel = served.session("early.ipynb")
    served.run(kernel, "import headwater as hw; hw.load('sales.orders@v1'); hw.pin('sales.orders', 'v1')")
    assert pins(served, "early.ipynb")["sales.orders"]["version"] == "v1"
    assert served.run(kernel, "print(len(hw.load('sales.orders')))").strip() == "100"
    save(served, "early.ipynb", loaded(served, "early.ipynb"))
    assert served.notebook("early.ipynb")["metadata"]["headwater"]["pins"]["sales.orders"]["version"] == "v1"
    served.call("DELETE", f"/api/kernels/{kernel}")


def test_a_notebook_outside_the_root_is_saved_and_its_missing_stamp_is_told_once(served: Served) -> None:
    outside = served.root.parent / "unstamped.ipynb"
    outside.write_text(json.dumps(NOTEBOOK))
    (served.root / "unstamped.ipynb").symlink_to(outside)
    for _ in range(2):
        save(served, "unstamped.ipynb", NOTEBOOK)
    assert "headwater" not in served.notebook("unstamped.ipynb")["metadata"]
    assert served.log.read_text().count("unstamped.ipynb is saved without pins and stamp") == 1
    for path in ("/notebooks/passport", "/notebooks/pins"):
        told = served.api("GET", path, query={"path": "unstamped.ipynb"})
        assert (told.status, told.body["error"]["code"]) == (400, "outside_root")
        assert "without pins and stamp" in told.body["error"]["message"]
        assert "below the root" in told.body["error"]["hint"]
        assert str(outside) not in told.text
