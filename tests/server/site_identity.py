"""An identity provider of a site: it knows its users by their tokens, as a hub does."""

from __future__ import annotations

from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler

USERS = {"served": "site", "token-of-ada": "ada", "token-of-bo": "bo"}


class SiteIdentity(IdentityProvider):
    """Who a request is of stands in its header; without a token that the site gave it is nobody's."""

    def get_user(self, handler: JupyterHandler) -> User | None:
        name = USERS.get(handler.request.headers.get("Authorization", "").removeprefix("token "))
        return None if name is None else User(username=name, name=name.title())

    def is_token_authenticated(self, handler: JupyterHandler) -> bool:
        return self.get_user(handler) is not None
