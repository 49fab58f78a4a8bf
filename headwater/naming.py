"""Names of datasets, versions and tags, and the references that people type: ``sales.orders@v12``.

Kernels import this, so its records are named tuples: ``dataclasses`` would double the time of the import.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from headwater.errors import BadName

_PART = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,127}"
_DATASET = re.compile(rf"({_PART})\.({_PART})")
_VERSION = re.compile(r"v([1-9][0-9]{0,17})")
_TAG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VERSION_LIKE = re.compile(r"v\d+")
_DIGEST = re.compile(r"[0-9a-f]{6,64}")

MIN_DIGEST_PREFIX = 6
"""The fewest hexadecimal digits of a content digest that may name a version."""


class Spec(NamedTuple):
    """What follows the ``@``: a version number, a digest prefix or a tag."""

    kind: Literal["number", "digest", "tag"]
    text: str

    @property
    def number(self) -> int:
        """The version number of a spec of kind ``number``."""
        return int(self.text[1:])


class Ref(NamedTuple):
    """A dataset and, when one was given, which of its versions; ``spec`` None means the newest."""

    dataset: str
    spec: str | None = None

    def __str__(self) -> str:
        return self.dataset if self.spec is None else f"{self.dataset}@{self.spec}"


def check_dataset(name: str) -> str:
    """Return `name` when it is a dataset name, else raise `BadName` with a cleaned name as the hint."""
    if isinstance(name, str) and _DATASET.fullmatch(name):
        return name
    raise BadName(
        f"{_shown(name)} is not a dataset name.",
        hint=f"A name is namespace.name, of letters, digits, _ and -, for example {suggest(str(name))}.",
    )


def namespace_of(name: str) -> str:
    """The part before the dot of a valid dataset name."""
    return name.partition(".")[0]


def check_tag(tag: str) -> str:
    """Return `tag` when it may name a version; a tag must not read as a version number or a digest prefix."""
    if not isinstance(tag, str) or not _TAG.fullmatch(tag):
        raise BadName(
            f"{_shown(tag)} is not a tag.",
            hint="A tag has 1 to 64 of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit.",
        )
    if _VERSION_LIKE.fullmatch(tag) or _DIGEST.fullmatch(tag):
        looks = "a version number" if tag.startswith("v") else "a digest"
        raise BadName(f"{_shown(tag)} cannot be a tag: it reads as {looks}.", hint=f"Use for example release-{tag}.")
    return tag


def parse_ref(text: str) -> Ref:
    """Parse ``namespace.name`` or ``namespace.name@spec``; raises `BadName`."""
    dataset, at, spec = text.partition("@")
    check_dataset(dataset)
    if not at:
        return Ref(dataset)
    parse_spec(spec)
    return Ref(dataset, spec)


def parse_spec(spec: str) -> Spec:
    """Tell a version number (``v12``), a digest prefix (6 hexadecimal digits or more) and a tag apart."""
    if _VERSION.fullmatch(spec):
        return Spec("number", spec)
    if _DIGEST.fullmatch(spec):
        return Spec("digest", spec)
    if _TAG.fullmatch(spec) and not _VERSION_LIKE.fullmatch(spec):
        return Spec("tag", spec)
    raise BadName(
        f"{_shown(spec)} does not name a version.",
        hint=f"Write v12, a tag, or at least {MIN_DIGEST_PREFIX} hexadecimal digits of the content digest.",
    )


def version_name(number: int) -> str:
    """``v12`` for 12."""
    return f"v{number}"


def suggest(text: str) -> str:
    """The nearest valid dataset name to what somebody typed or to a file name."""
    words = [re.sub(r"[^A-Za-z0-9_-]+", "_", part).strip("_-")[:128] for part in text.split(".")]
    words = [word for word in words if word]
    if not words:
        return "main.data"
    if len(words) == 1:
        return f"main.{words[0]}"
    return f"{words[0]}.{'_'.join(words[1:])[:128]}"


def _shown(text: object) -> str:
    shown = str(text)
    return repr(shown if len(shown) <= 80 else shown[:77] + "...")
