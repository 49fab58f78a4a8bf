"""What a filter says, as written: the syntax tree and the parser that makes it.

Grammar (recursive descent, one method a rule)::

    predicate   := conjunction (OR conjunction)*
    conjunction := negation (AND negation)*
    negation    := NOT negation | condition
    condition   := "(" predicate ")" | operand [test]
    test        := ("=" | "!=" | "<>" | "<" | "<=" | ">" | ">=") operand
                 | [NOT] IN "(" [literal ("," literal)*] ")"
                 | [NOT] BETWEEN operand AND operand
                 | [NOT] LIKE string [ESCAPE string]
                 | IS [NOT] NULL
    operand     := column | literal | "(" operand ")"
    literal     := [+-] number | string | TRUE | FALSE | NULL | DATE string | TIMESTAMP string
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from headwater.errors import BadPredicate
from headwater.predicate.tokens import Token, refusal, tokenize

Operator = Literal["=", "<>", "<", "<=", ">", ">="]
LiteralKind = Literal["number", "string", "boolean", "null", "date", "timestamp"]

MAX_DEPTH = 100
"""Nested parentheses and NOTs; far more than a person writes, far less than the interpreter's stack."""

_OPERATORS: dict[str, Operator] = {
    "=": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_RESERVED = {"AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ESCAPE", "BETWEEN", "TRUE", "FALSE"}


@dataclass(frozen=True, slots=True)
class ColumnName:
    name: str
    position: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: `value` is a Decimal, str, bool or None; dates and timestamps are still text."""

    kind: LiteralKind
    value: Decimal | str | bool | None
    position: int


Operand = ColumnName | Value


@dataclass(frozen=True, slots=True)
class Truth:
    """An operand that stands alone: a boolean column, TRUE, FALSE or NULL."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Operand
    operator: Operator
    right: Operand
    position: int


@dataclass(frozen=True, slots=True)
class Membership:
    operand: Operand
    values: tuple[Value, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Likeness:
    operand: Operand
    pattern: str
    escape: str | None
    position: int


@dataclass(frozen=True, slots=True)
class NullTest:
    operand: Operand
    position: int


@dataclass(frozen=True, slots=True)
class Negation:
    term: Tree


@dataclass(frozen=True, slots=True)
class Conjunction:
    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    terms: tuple[Tree, ...]


Tree = Truth | Comparison | Membership | Likeness | NullTest | Negation | Conjunction | Disjunction


def parse(text: str) -> Tree:
    """The syntax tree of a filter text.

    Raises
    ------
    BadPredicate
        With the place of the first word that does not fit.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Tree:
        if len(self._tokens) == 1:
            raise refusal(self._text, 0, "it is empty", "Leave where= out to take every row.")
        tree = self._predicate()
        if self._peek.kind != "end":
            raise self._refuse_next("the filter should end here, or go on with AND or OR")
        return tree

    @property
    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        if token.kind != "end":
            self._at += 1
        return token

    def _take_word(self, *words: str) -> bool:
        if self._peek.is_word(*words):
            self._at += 1
            return True
        return False

    def _expect_operator(self, operator: str, reason: str) -> None:
        if not self._peek.is_operator(operator):
            raise self._refuse_next(reason)
        self._at += 1

    def _refuse_next(self, reason: str) -> BadPredicate:
        token = self._peek
        before = self._tokens[self._at - 1] if self._at else token
        if token.is_operator("==") or before.is_operator("=="):
            place = token if token.is_operator("==") else before
            return refusal(self._text, place.position, "== is not an operator here", "Write = for equality.")
        if token.is_operator("(") and before.kind == "name" and before.text.upper() not in _RESERVED:
            return refusal(
                self._text, before.position,
                f"functions such as {before.text}() are not part of the language",
                "Load the rows and compute on the frame.",
            )  # fmt: skip
        if token.is_word("ILIKE"):
            return refusal(self._text, token.position, "ILIKE is not part of the language; LIKE minds the case")
        if token.is_operator("+", "-") or token.is_word("COLLATE", "CAST", "CASE", "EXISTS", "SELECT"):
            return refusal(self._text, token.position, "arithmetic and expressions are not part of the language")
        return refusal(self._text, token.position, reason)

    def _predicate(self) -> Tree:
        terms = [self._conjunction()]
        while self._take_word("OR"):
            terms.append(self._conjunction())
        return terms[0] if len(terms) == 1 else Disjunction(tuple(terms))

    def _conjunction(self) -> Tree:
        terms = [self._negation()]
        while self._take_word("AND"):
            terms.append(self._negation())
        return terms[0] if len(terms) == 1 else Conjunction(tuple(terms))

    def _negation(self) -> Tree:
        if self._peek.is_word("NOT"):
            self._deeper()
            self._at += 1
            term = self._negation()
            self._depth -= 1
            return Negation(term)
        return self._condition()

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise refusal(self._text, self._peek.position, f"it is nested more than {MAX_DEPTH} deep")

    def _condition(self) -> Tree:
        operand: Operand
        if self._peek.is_operator("("):
            self._deeper()
            self._at += 1
            inner = self._predicate()
            self._expect_operator(")", "a closing parenthesis is missing")
            self._depth -= 1
            # ``(a) > 1``: parentheses around an operand, told from those around a predicate by what follows.
            if not (isinstance(inner, Truth) and self._test_follows()):
                return inner
            operand = inner.operand
        else:
            operand = self._operand()
        return self._test(operand)

    def _test_follows(self) -> bool:
        token = self._peek
        return token.is_operator(*_OPERATORS, "==") or token.is_word("NOT", "IN", "BETWEEN", "LIKE", "IS")

    def _test(self, operand: Operand) -> Tree:
        token = self._peek
        if token.is_operator(*_OPERATORS):
            self._at += 1
            return Comparison(operand, _OPERATORS[token.text], self._operand(), token.position)
        if self._take_word("IS"):
            negated = self._take_word("NOT")
            if not self._take_word("NULL"):
                raise self._refuse_next("IS goes with NULL or NOT NULL only")
            return _negated(NullTest(operand, token.position), negated)
        negated = self._take_word("NOT")
        place = self._peek.position
        if self._take_word("IN"):
            return _negated(Membership(operand, self._values(), place), negated)
        if self._take_word("BETWEEN"):
            low = self._operand()
            if not self._take_word("AND"):
                raise self._refuse_next("BETWEEN needs AND and a second value")
            high = self._operand()
            bounds = (Comparison(operand, ">=", low, place), Comparison(operand, "<=", high, place))
            return _negated(Conjunction(bounds), negated)
        if self._take_word("LIKE"):
            return _negated(self._likeness(operand, place), negated)
        if negated:
            raise self._refuse_next("NOT goes before IN, BETWEEN, LIKE or a whole condition")
        if self._peek.is_operator("==", "(", "+", "-") or self._peek.is_word("ILIKE"):
            raise self._refuse_next("a comparison is expected here")
        return Truth(operand)

    def _values(self) -> tuple[Value, ...]:
        self._expect_operator("(", "IN needs a list in parentheses")
        values: list[Value] = []
        while not self._peek.is_operator(")"):
            if values:
                self._expect_operator(",", "values of a list are separated by commas")
            operand = self._operand()
            if isinstance(operand, ColumnName):
                raise refusal(
                    self._text, operand.position, "a list after IN holds values, not columns",
                    f"Write text in single quotes: '{operand.name}'.",
                )  # fmt: skip
            values.append(operand)
        self._at += 1
        return tuple(values)

    def _likeness(self, operand: Operand, position: int) -> Likeness:
        pattern = self._next()
        if pattern.kind != "string":
            raise refusal(self._text, pattern.position, "LIKE needs a pattern in single quotes")
        escape = None
        if self._take_word("ESCAPE"):
            token = self._next()
            if token.kind != "string" or len(token.text) != 1:
                raise refusal(self._text, token.position, "ESCAPE needs one character in single quotes")
            escape = token.text
        return Likeness(operand, pattern.text, escape, pattern.position)

    def _operand(self) -> Operand:
        token = self._peek
        if token.is_operator("("):
            self._deeper()
            self._at += 1
            operand = self._operand()
            self._expect_operator(")", "a closing parenthesis is missing")
            self._depth -= 1
            return operand
        if token.is_operator("+", "-"):
            self._at += 1
            if self._peek.kind != "number":
                raise refusal(self._text, token.position, "a sign goes before a number only")
            return self._number(negative=token.text == "-", position=token.position)
        if token.kind == "number":
            return self._number(negative=False, position=token.position)
        if token.kind == "string":
            self._at += 1
            return Value("string", token.text, token.position)
        if token.kind == "quoted":
            self._at += 1
            return ColumnName(token.text, token.position, quoted=True)
        if token.kind == "name":
            return self._word()
        raise self._refuse_next("a column or a value is expected here")

    def _word(self) -> Operand:
        token = self._peek
        if token.is_word("TRUE", "FALSE"):
            self._at += 1
            return Value("boolean", token.text.upper() == "TRUE", token.position)
        if token.is_word("NULL"):
            self._at += 1
            return Value("null", None, token.position)
        if token.text.upper() in _RESERVED:
            raise self._refuse_next("a column or a value is expected here")
        self._at += 1
        # DATE and TIMESTAMP are common column names: they begin a literal only before a string.
        if token.is_word("DATE", "TIMESTAMP") and self._peek.kind == "string":
            kind: LiteralKind = "date" if token.is_word("DATE") else "timestamp"
            return Value(kind, self._next().text, token.position)
        return ColumnName(token.text, token.position)

    def _number(self, *, negative: bool, position: int) -> Value:
        token = self._next()
        value = Decimal(token.text)
        # A float's range and 400 digits bound the exact integers that binding makes of a literal.
        if len(token.text) > 400 or (value and abs(value.adjusted()) > 307):
            raise refusal(self._text, token.position, "this number is too large or too long")
        return Value("number", value.copy_negate() if negative else value, position)


def _negated(tree: Tree, negated: bool) -> Tree:
    return Negation(tree) if negated else tree
