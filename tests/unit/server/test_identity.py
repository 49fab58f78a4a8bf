"""Who a save is told to be of: the request's user where there is one, else the owner of the session."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server import CallContext
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider, User

from jupyterlab_headwater.identity import Actor, actor_of, as_document, owner
from jupyterlab_headwater.saves import SaveHooks


class SiteProvider(IdentityProvider):
    """A provider of a site's own, as a hub has."""


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")


@pytest.mark.parametrize(
    ("user", "provider", "expected"),
    [
        (User("ada", "Ada L."), SiteProvider(), Actor("ada", "request", "analyst")),
        # A site may call its users what it likes.
        (User("7f3a", "Anonymous Io"), SiteProvider(), Actor("7f3a", "request", "analyst")),
        (User("7f3a", "Anonymous Io"), PasswordIdentityProvider(), Actor("grace", "os-account", "analyst")),
        (User("ada", "Ada L."), PasswordIdentityProvider(), Actor("ada", "request", "analyst")),
        (None, SiteProvider(), Actor("grace", "os-account", "analyst")),
    ],
)
def test_the_actor_of_a_request(user: User | None, provider: IdentityProvider, expected: Actor) -> None:
    assert actor_of(user, provider, "analyst") == expected


def test_the_owner_is_the_hubs_user_else_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    assert owner() == "grace"
    monkeypatch.delenv("JUPYTERHUB_USER")
    monkeypatch.setattr("getpass.getuser", lambda: "unix")
    assert owner() == "unix"


def test_the_host_takes_an_actor_as_a_document() -> None:
    document = as_document(Actor("ada", "request", "steward"))
    assert document == {"user": "ada", "source": "request", "role": "steward"}


class Stamps:
    """Notes who is said to save."""

    def __init__(self) -> None:
        self.actors: list[Actor] = []

    def embed(self, content: Any, path: Any, *, actor: Actor, bound_kernels: Any) -> None:
        self.actors.append(actor)


def saved_by(handler: Any) -> Actor:
    stamps = Stamps()
    hooks: Any = SaveHooks(
        SimpleNamespace(),  # type: ignore[arg-type]
        SimpleNamespace(stamps=stamps),  # type: ignore[arg-type]
        SimpleNamespace(file=lambda path: path),  # type: ignore[arg-type]
        SimpleNamespace(of=lambda path: []),  # type: ignore[arg-type]
        "admin",
    )
    CallContext.set(CallContext.JUPYTER_HANDLER, handler)
    try:
        hooks.before_save({"type": "notebook", "content": {}}, "n.ipynb")
    finally:
        CallContext.set(CallContext.JUPYTER_HANDLER, None)
    (actor,) = stamps.actors
    return actor


def handler(method: str) -> Any:
    return SimpleNamespace(
        request=SimpleNamespace(method=method), current_user=User("ada", "Ada L."), identity_provider=SiteProvider()
    )


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH"])
def test_a_save_by_a_request_is_of_its_user(method: str) -> None:
    assert saved_by(handler(method)) == Actor("ada", "request", "admin")


@pytest.mark.parametrize("source", [None, handler("GET")], ids=["no request", "the request that opened a room"])
def test_an_autosave_is_of_the_sessions_owner_and_said_to_be(source: Any) -> None:
    assert saved_by(source) == Actor("grace", "session-owner", "admin")
