"""What the routes answer: data by the contract, errors in one shape, and never a 500 for the caller's fault."""

from __future__ import annotations

import time
from typing import Any

import pytest
from served import Served


def test_status_names_version_and_role(served: Served) -> None:
    status = served.api("GET", "/status").body
    assert status["role"] == "admin"
    assert status["version"]


@pytest.mark.parametrize("path", ["/datasets", "/datasets/no.such", "/datasets?limit=x"])
def test_every_answer_says_which_headwater_gives_it(served: Served, path: str) -> None:
    headers = served.api("GET", path, contract=False).headers
    status = served.api("GET", "/status").body
    assert headers["Headwater-Version"] == status["version"]
    assert headers["Headwater-Warnings"] == str(len(status["warnings"]))


def test_a_dataset_and_its_versions(served: Served) -> None:
    found = served.api("GET", "/datasets", query={"query": "ord"}).body
    assert [one["name"] for one in found["datasets"]] == ["sales.orders"]
    assert served.api("GET", "/datasets/sales.orders").body["newest"]["rows"] == 200
    versions = served.api("GET", "/datasets/sales.orders/versions").body["versions"]
    assert [one["version"]["version"] if isinstance(one["version"], dict) else one["version"] for one in versions] == [
        "v2",
        "v1",
    ]
    profile = served.api("GET", "/datasets/sales.orders/versions/v1/profile", query={"columns": "city"}).body
    assert profile["columns"][0]["distinct"] == 2
    rows = served.api("GET", "/datasets/sales.orders/versions/v1/rows", query={"where": "id > 97", "limit": 5}).body
    assert rows["total"] == 2


def test_a_description_and_a_tag(served: Served) -> None:
    text = "<script>alert(1)</script> & more"
    described = served.api("PATCH", "/datasets/sales.orders", {"description": text})
    assert described.body["description"] == text, described
    assert served.api("PUT", "/datasets/sales.orders/versions/v1/tags/golden").status == 200
    assert served.api("GET", "/datasets/sales.orders/versions/golden").body["version"] == "v1"
    assert served.api("DELETE", "/datasets/sales.orders/versions/v1/tags/golden").status == 200
    assert served.api("GET", "/datasets/sales.orders/versions/golden").status == 404


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status", "code"),
    [
        ("GET", "/datasets/no.such", None, None, 404, "dataset_not_found"),
        ("GET", "/datasets/bad%20name", None, None, 400, "bad_name"),
        ("GET", "/datasets/sales.orders/versions/v99", None, None, 404, "version_not_found"),
        ("GET", "/datasets/sales.orders/versions/v1/profile", {"columns": "nope"}, None, 404, "column_not_found"),
        ("GET", "/datasets/sales.orders/versions/v1/rows", {"where": "nope > 1"}, None, 404, "column_not_found"),
        ("GET", "/datasets/sales.orders/versions/v1/rows", {"where": "id >"}, None, 400, "bad_predicate"),
        ("GET", "/datasets/sales.orders/versions/v1/rows", {"limit": "many"}, None, 400, "usage"),
        ("GET", "/datasets", {"limit": 0}, None, 400, "usage"),
        ("GET", "/datasets", {"sort": "colour"}, None, 400, "usage"),
        ("GET", "/datasets", {"cursor": "AAAA"}, None, 400, "usage"),
        ("GET", "/datasets", {"offset": -1}, None, 400, "usage"),
        ("GET", "/datasets", {"offset": 1, "cursor": "AAAA"}, None, 400, "usage"),
        ("GET", "/datasets", {"quer": "x"}, None, 400, "usage"),
        ("PATCH", "/datasets/sales.orders", None, {"description": 7}, 400, "usage"),
        ("PATCH", "/datasets/sales.orders", None, {"descripton": "x"}, 400, "usage"),
        ("PATCH", "/datasets/sales.orders", None, [], 400, "usage"),
        ("PUT", "/datasets/sales.orders/versions/v1/tags/v7", None, None, 400, "bad_name"),
        ("POST", "/imports", None, {"path": "nowhere.csv", "name": "x.y"}, 404, "notebook_not_found"),
        ("POST", "/imports", None, {"path": "../../etc/passwd", "name": "x.y"}, 400, "usage"),
        ("GET", "/notebooks/pins", {"path": "nowhere.ipynb"}, None, 404, "notebook_not_found"),
        ("GET", "/notebooks/pins", None, None, 400, "usage"),
        ("GET", "/sources/none/tables", None, None, 404, "source_not_found"),
        ("GET", "/sources/prod/tables", None, None, 503, "source_unavailable"),
        ("POST", "/samples/plan", None, {"source": "prod", "table": "t"}, 503, "source_unavailable"),
        ("GET", "/recipes/none", None, None, 404, "recipe_not_found"),
        ("GET", "/recipes/..%2F%00%E2%80%AE", None, None, 404, "recipe_not_found"),
        ("DELETE", "/recipes/none", None, None, 404, "recipe_not_found"),
        ("PUT", "/recipes/a%2Fb", None, {"source": "prod", "table": "t"}, 400, "bad_name"),
        ("PUT", "/recipes/mine", None, {"source": "prod"}, 400, "usage"),
        ("PUT", "/recipes/mine", None, {"source": "prod", "table": "t", "password": "x"}, 400, "usage"),
        ("PUT", "/recipes/mine", None, {"source": "prod", "table": "t", "links": [{"child": "t"}]}, 400, "usage"),
        ("GET", "/jobs/none", None, None, 404, "job_not_found"),
    ],
)
def test_an_error_has_one_shape(
    served: Served, method: str, path: str, query: dict[str, Any] | None, body: Any, status: int, code: str
) -> None:
    answer = served.api(method, path, body, query=query)
    assert (answer.status, answer.body["error"]["code"]) == (status, code), answer.text
    assert answer.body["error"]["message"]
    for secret in ("sesame", "Traceback", str(served.home), ".py"):
        assert secret not in answer.text


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"null", b'{"description": "x", "description": "y"', b"[" * 5000])
def test_a_body_that_is_no_json(served: Served, raw: bytes) -> None:
    assert served.api("PATCH", "/datasets/sales.orders", raw=raw).status == 400


def test_an_import_is_a_job(served: Served) -> None:
    (served.root / "three.csv").write_text("a\n1\n2\n3\n")
    answer = served.api("POST", "/imports", {"path": "three.csv", "name": "in.three", "message": "by hand"})
    assert answer.status == 202
    job = _ended(served, answer.body["id"])
    assert (job["state"], job["done"]) == ("done", 3)
    assert served.api("GET", "/datasets/in.three").body["newest"]["message"] == "by hand"


def test_an_import_that_fails_says_where(served: Served) -> None:
    (served.root / "broken.csv").write_text("a,b\n1,2\n1,2,3\n")
    job = _ended(served, served.api("POST", "/imports", {"path": "broken.csv", "name": "in.broken"}).body["id"])
    assert job["state"] == "failed"
    assert "line 3" in job["error"]["message"]
    assert served.api("GET", "/datasets/in.broken").status == 404


def test_a_draw_that_cannot_start_fails_as_a_job_without_the_password(served: Served) -> None:
    job = _ended(served, served.api("POST", "/samples", {"source": "prod", "table": "t"}).body["id"])
    assert (job["state"], job["error"]["code"]) == ("failed", "source_unavailable")
    assert "sesame" not in str(job) + served.log.read_text()


def test_a_recipe_is_saved_shown_and_brought_back(served: Served) -> None:
    path, evil = "/recipes/Gold%20customers%20%3Cb%3E", "<img src=x onerror=alert(1)>"
    link = {
        "child": "public.a", "columns": ["b_id"], "parent": "public.b", "parent_columns": ["id"],
        "nullable": True, "declared": False,
    }  # fmt: skip
    asked = {"source": "prod", "table": "public.t", "rows": 5, "where": f"note = '{evil}'", "links": [link]}
    saved = served.api("PUT", path, asked).body
    assert saved["name"] == "Gold customers <b>"
    assert {name: saved["request"][name] for name in asked} == asked
    assert served.api("GET", path).body == saved
    assert saved in served.api("GET", "/recipes").body["recipes"]
    gone = served.api("DELETE", path).body
    assert (gone, served.api("GET", path).status) == (saved, 404)
    assert served.api("PUT", path, gone["request"]).body["request"] == saved["request"]
    assert served.api("DELETE", path).status == 200


def _ended(served: Served, id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (job := served.api("GET", f"/jobs/{id}").body)["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return dict(job)
