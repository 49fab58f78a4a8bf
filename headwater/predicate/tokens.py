"""The words of a filter text: names, numbers, strings and operators, each with its place."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from headwater.errors import BadPredicate

MAX_TEXT = 1_000_000
"""Characters of a filter. Room for an IN list of 100,000 keys; beyond it a join is the right tool."""

TokenKind = Literal["name", "quoted", "number", "string", "operator", "end"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<name>[^\W\d]\w*)
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<string>'(?:[^']|'')*')
  | (?P<operator><>|!=|<=|>=|==|[=<>(),+\-])
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """One word. `text` is what it means (quotes removed), `position` its first character, from 0."""

    kind: TokenKind
    text: str
    position: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of the keywords `words` (upper case), in any case and not quoted."""
        return self.kind == "name" and self.text.upper() in words

    def is_operator(self, *operators: str) -> bool:
        return self.kind == "operator" and self.text in operators


def refusal(text: str, position: int, reason: str, hint: str = "") -> BadPredicate:
    """The error for a filter that is wrong at `position`; it shows the words around that place."""
    rest = text[position : position + 24].split("\n")[0]
    where = f"at character {position + 1} ({rest!r})" if rest else "at its end"
    return BadPredicate(
        f"The filter is wrong {where}: {reason}.",
        hint=hint or "The filter language is described in the users' guide under Filters.",
        details={"position": position, "where": text[:2_000]},
    )


def tokenize(text: str) -> list[Token]:
    """Split a filter into tokens, closed by an ``end`` token.

    Raises
    ------
    BadPredicate
        A character that begins no token, a quote that is not closed, or a text over `MAX_TEXT` characters.
    """
    if len(text) > MAX_TEXT:
        raise refusal(text, 0, f"it has {len(text):,} characters, and {MAX_TEXT:,} is the most")
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        kind, word = match.lastgroup, match.group()
        if kind == "quoted":
            tokens.append(Token("quoted", word[1:-1].replace('""', '"'), position))
        elif kind == "string":
            tokens.append(Token("string", word[1:-1].replace("''", "'"), position))
        elif kind == "name":
            tokens.append(Token("name", word, position))
        elif kind == "number":
            tokens.append(Token("number", word, position))
        elif kind == "operator":
            tokens.append(Token("operator", word, position))
        position = match.end()
    tokens.append(Token("end", "", len(text)))
    return tokens


def _unreadable(text: str, position: int) -> BadPredicate:
    character = text[position]
    if character == "'":
        return refusal(text, position, "the text that begins here has no closing quote", "Write a ' inside as ''.")
    if character == '"':
        return refusal(text, position, "the column name that begins here has no closing quote")
    if character in "&|":
        return refusal(text, position, f"{character} is not an operator here", "Write AND or OR.")
    if character == "~":
        return refusal(text, position, "~ is not an operator here", "Write NOT or LIKE.")
    if character == ".":
        return refusal(
            text,
            position,
            "a field inside a column cannot be filtered",
            "Load the column and filter it afterwards.",
        )
    return refusal(text, position, f"the character {character!r} has no meaning here")
