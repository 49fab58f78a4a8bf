"""Decode, authorize, call one service, encode. Every route goes through here; none does its own."""

from __future__ import annotations

import asyncio
import importlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web

from headwater.errors import HeadwaterError, Refused, UsageError
from headwater.policy import ACTIONS, Action, Role, allows
from headwater.traces import trace
from headwater.version import headwater_version
from jupyterlab_headwater.contents import ContentsPaths
from jupyterlab_headwater.feed import EventFeed
from jupyterlab_headwater.identity import Actor, actor_of
from jupyterlab_headwater.routes import PREFIX, ROUTES, Parameter, Route
from jupyterlab_headwater.wire import decode, encode

if TYPE_CHECKING:
    from headwater.assembly import Headwater
    from headwater.host.client import HostClient

SETTING = "headwater_context"

VERSION_HEADER = "Headwater-Version"
"""Every answer says which Headwater gives it, so that the front end needs no request for the handshake."""

WARNINGS_HEADER = "Headwater-Warnings"
"""How many warnings ``/status`` would give."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the extension built and handlers borrow."""

    headwater: Headwater
    host: HostClient
    paths: ContentsPaths
    pool: ThreadPoolExecutor
    feed: EventFeed
    role: Role
    version: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A decoded request: path segments, typed query, validated body, and who asks.

    `gone` says whether the caller has hung up: work that takes long and changes nothing may then be left.
    """

    context: Context
    actor: Actor
    segments: dict[str, str]
    query: dict[str, Any]
    body: Any
    gone: Callable[[], bool]

    @property
    def headwater(self) -> Headwater:
        return self.context.headwater

    @property
    def host(self) -> HostClient:
        return self.context.host


def jupyter_action(action: Action) -> str:
    """The word that a site's Jupyter authorizer knows (read, write, execute) for one of our actions."""
    return {"read": "read", "sample": "execute"}.get(action, "write")


_JUPYTER = frozenset({"token", "_", "_xsrf"})


def parse_query(parameters: tuple[Parameter, ...], arguments: dict[str, list[bytes]]) -> dict[str, Any]:
    """Parse query arguments by their declaration.

    Raises
    ------
    UsageError
        An argument is unknown, missing, or not of its type or choices.
    """
    known = {parameter.name: parameter for parameter in parameters}
    # JupyterLab puts the time, as a name of its own, behind what it does not want from a cache.
    unknown = sorted(name for name in arguments if name not in known and name not in _JUPYTER and not name.isdecimal())
    if unknown:
        raise UsageError(
            f"Unknown query parameter: {', '.join(unknown)}.",
            hint=f"This route takes: {', '.join(sorted(known)) or 'none'}.",
        )
    return {name: _parse(parameter, arguments.get(name)) for name, parameter in known.items()}


def _parse(parameter: Parameter, raw: list[bytes] | None) -> Any:
    if not raw:
        if parameter.required:
            raise UsageError(f"The query parameter {parameter.name} is missing.", hint=parameter.description)
        return parameter.default
    text = raw[-1].decode("utf-8", "replace")
    if parameter.type is int:
        if not text.removeprefix("-").isdecimal() or len(text) > 18:
            raise UsageError(f"The query parameter {parameter.name} must be a whole number.")
        return int(text)
    if parameter.type is bool:
        if text not in ("true", "false", "1", "0"):
            raise UsageError(f"The query parameter {parameter.name} must be true or false.")
        return text in ("true", "1")
    if parameter.choices and text not in parameter.choices:
        raise UsageError(
            f"The query parameter {parameter.name} is not one of {', '.join(parameter.choices)}.",
        )
    return text


class Answering(JupyterHandler):
    """What every handler has: the context, or what kept Headwater from starting, and the one shape of errors."""

    auth_resource = "headwater"

    @property
    def context(self) -> Context:
        found: Context | HeadwaterError = self.settings[SETTING]
        if isinstance(found, HeadwaterError):
            # What kept Headwater from starting; without the frames that the last request left on it.
            raise found.with_traceback(None)
        return found

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer every failure in the one error shape."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, HeadwaterError):
            self.set_status(error.status)
            document = error.to_wire()
        else:
            document = _plain_error(status_code, error)
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.finish(json.dumps(document))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log our own errors as one line; they are answers, not faults of the server."""
        if isinstance(value, HeadwaterError):
            self.log.info("headwater: %s %s: %s", self.request.method, self.request.path, value.code)
            return
        if isinstance(value, web.HTTPError):
            super().log_exception(typ, value, tb)
            return
        self.log.error("headwater: %s %s failed unforeseen\n%s", self.request.method, self.request.path, trace(value))


class RouteHandler(Answering, APIHandler):
    """Base of the handlers that `build` makes, one class a path."""

    def initialize(self) -> None:
        self._gone = threading.Event()

    def on_connection_close(self) -> None:
        """The caller hung up before the answer."""
        self._gone.set()
        super().on_connection_close()

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header(VERSION_HEADER, headwater_version())
        context = self.settings.get(SETTING)
        if isinstance(context, Context):
            self.set_header(WARNINGS_HEADER, str(len(context.warnings)))

    async def answer(self, route: Route, segments: dict[str, str]) -> None:
        """Serve one request of `route`."""
        context = self.context
        run = partial(asyncio.get_running_loop().run_in_executor, context.pool)
        actor = actor_of(self.current_user, self.identity_provider, context.role)
        if not allows(actor.role, route.action):
            if route.action == "sample":
                await run(_note_forbidden, context, actor, route, self.request.body)
            raise Refused(
                f"The role {actor.role} may not {ACTIONS[route.action]}.",
                hint="Ask an administrator of this server for a wider role.",
                details={"action": route.action},
            )
        query = parse_query(route.query, self.request.query_arguments)
        body = decode(route.request, self.request.body) if route.request is not None else None
        request = Request(context, actor, segments, query, body, self._gone.is_set)
        value = await run(handler_function(route), request)
        self.set_status(route.status)
        if route.response is None:
            self.finish()
            return
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.finish(encode(route.response, value))


def _note_forbidden(context: Context, actor: Actor, route: Route, body: bytes) -> None:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    context.headwater.audit.forbid(actor.user, actor.role, route.handler, asked)


def _plain_error(status_code: int, error: BaseException | None) -> dict[str, Any]:
    # Only an HTTPError's message was written for a client; any other exception's text may hold anything.
    message = (error.log_message or error.reason) if isinstance(error, web.HTTPError) else None
    hints = {
        401: "Sign in again.",
        403: "Sign in, or ask for the right to do this.",
        404: "The path is not one of Headwater's; see api/openapi.json.",
        405: "See api/openapi.json for the methods of this path.",
    }
    codes = {401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}
    return {
        "error": {
            "code": codes.get(status_code, "usage" if status_code < 500 else "internal"),
            "message": message or ("The server failed." if status_code >= 500 else "The request was refused."),
            "hint": hints.get(status_code, "The server's log has the details." if status_code >= 500 else ""),
            "details": {},
        }
    }


def handler_function(route: Route) -> Callable[[Request], Any]:
    """The function that a route names, as ``module.function`` below this package."""
    module, name = route.handler.split(".")
    function: Callable[[Request], Any] = getattr(importlib.import_module(f"{__package__}.{module}"), name)
    return function


def pattern(path: str) -> str:
    """The regular expression of a route's path below the base URL."""
    import re

    return PREFIX + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)


def _verb(route: Route) -> Callable[..., Any]:
    async def verb(self: RouteHandler, **segments: str) -> None:
        await self.answer(route, segments)

    verb.__name__ = route.method.lower()
    verb.__doc__ = route.summary
    guarded: Callable[..., Any] = authorized(action=jupyter_action(route.action), resource="headwater")(verb)
    decorated: Callable[..., Any] = web.authenticated(guarded)
    return decorated


def build() -> list[tuple[str, type[RouteHandler]]]:
    """One handler class for each path of the table, streams excepted."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        if not route.stream:
            paths.setdefault(route.path, {})[route.method.lower()] = _verb(route)
    return [
        (pattern(path), type(f"Handler{number}", (RouteHandler,), verbs))
        for number, (path, verbs) in enumerate(paths.items())
    ]
