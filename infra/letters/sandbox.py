"""Where the sources of letters are carried out: nothing to reach, and nothing that swells in one stroke.

What is bounded: every text that is put together (`MOST_CHARACTERS`), every `range` (`MOST_RANGE`), and every single
operation: those that pad, repeat or format to a width do not exist here. What is not bounded is time, nor how many
texts of that length are kept at once: loops within loops take as long as they take. Templates come from whoever may
publish policies, and are tried before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_CHARACTERS = 8_000_000
MOST_RANGE = 1000
LONGEST_JOINT = 100

_FILTERS = """
    abs capitalize count d default dictsort e escape first float forceescape groupby int items join last
    length list lower map max min reject rejectattr reverse round safe select selectattr sort string
    striptags sum title trim truncate unique upper urlencode wordcount
"""
FILTERS = frozenset(_FILTERS.split())
"""Filters whose result is no larger than what goes in."""

_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset({"endswith", "lower", "lstrip", "rstrip", "split", "startswith", "strip", "title", "upper"}),
    dict: frozenset({"get", "items", "keys", "values"}),
    LoopContext: frozenset({"changed", "cycle"}),
}
_GLOBALS = ("dict", "namespace")


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, in which no text of gigabytes is made in one stroke."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, *, is_html: bool) -> None:
        """Take whether what is put in is escaped."""
        super().__init__(undefined=StrictUndefined, autoescape=is_html, trim_blocks=True, lstrip_blocks=True)
        self.filters = {name: one for name, one in self.filters.items() if name in FILTERS} | {"join": self._join()}
        self.globals = {name: self.globals[name] for name in _GLOBALS} | {"range": _range}

    def call_binop(self, context: object, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401, ARG002 - Jinja's
        """Return the result of an operator that may swell.

        Raises:
            SecurityError: It would.
        """
        is_number = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "%" and is_number:
            return left % right
        if operator == "+" and (is_number or len(left) + len(right) <= MOST_CHARACTERS):
            return left + right
        raise SecurityError(f"the operator {operator} is not available")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 - Jinja's
        """Whether a source may read an attribute: what is no method, and the few methods that do not swell."""
        if callable(value) and not any(isinstance(obj, kind) and attr in known for kind, known in _METHODS.items()):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ANN401, ARG002 - Jinja's
        """Return None: texts are not formatted to a width."""
        return None

    def concat(self, texts: Iterable[str]) -> str:
        """Put a text together; macros and blocks do so too.

        Raises:
            SecurityError: It gets too long.
        """
        kept, count = [], 0
        for text in texts:
            kept.append(text)
            count += len(text)
            if count > MOST_CHARACTERS:
                raise SecurityError(f"more than {MOST_CHARACTERS} characters")
        return "".join(kept)

    def check(self, source: str) -> None:
        """Pass when a source has no operator that joins texts past `concat`.

        Raises:
            TemplateSyntaxError: It has.
        """
        if (found := self.parse(source).find(nodes.Concat)) is not None:
            raise TemplateSyntaxError("the operator ~ is not available; write one after the other", found.lineno)

    def _join(self) -> Callable[..., str]:
        usual = self.filters["join"]

        def join(context: object, value: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
            values = list(value)
            if len(d) > LONGEST_JOINT or sum(len(str(one)) for one in values) > MOST_CHARACTERS:
                raise SecurityError("what is joined gets too long")
            return usual(context, values, d, attribute)  # type: ignore[no-any-return] # a filter of Jinja

        join.jinja_pass_arg = usual.jinja_pass_arg  # type: ignore[attr-defined] # the mark of pass_eval_context
        return join


def _range(*bounds: int) -> range:
    """Return a range that is not too long.

    Raises:
        SecurityError: It is.
    """
    found = range(*bounds)
    if len(found) > MOST_RANGE:
        raise SecurityError(f"range: more than {MOST_RANGE}")
    return found
