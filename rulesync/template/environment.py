"""A Jinja environment in which a template can read its variables, compute, and import macros, and nothing else.

Law: no attribute of a Python object can be reached, no file but the macros that are handed in, and nothing goes on for
ever: what repeats or grows is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial, wraps
from typing import Any, NoReturn

from jinja2 import StrictUndefined, nodes
from jinja2.environment import TemplateModule
from jinja2.loaders import FunctionLoader
from jinja2.runtime import Context, LoopContext, Macro, Undefined
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Namespace, missing

from rulesync.document import Text
from rulesync.findings import did_you_mean
from rulesync.template import exact, tree, words
from rulesync.template.exact import shown
from rulesync.template.meter import Meter, bounded
from rulesync.template.offsets import OffsetLexer
from rulesync.template.refusal import RefusedError
from rulesync.template.trail import Chunk, Marked, Trail

_OF_A_LOOP = {
    "index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem", "depth", "depth0",
    "cycle", "changed",
}  # fmt: skip
_OF_A_MAPPING = {"items", "keys", "values", "get"}


class Missing(StrictUndefined):
    """A name that nothing stands for: used in any way but `is defined` and `default`, it says so."""

    names: tuple[str, ...] = ()

    @property
    def _undefined_message(self) -> str:
        """Return what is wrong and, behind a line break, what may have been meant."""
        name = str(self._undefined_name)
        if self._undefined_hint:
            return f"`{name}` is not in what it is imported from\nit has its macros and what is set there"
        if self._undefined_obj is missing:
            near = did_you_mean(name, self.names) or "give it a value under `vars:` in rulesync.yaml, or by `--var`"
            return f"`{name}` is not defined\n{near}"
        held = self._undefined_obj
        if isinstance(held, Namespace | TemplateModule):
            return f"there is no `{name}` in it\nit has what `{{% macro %}}` and `{{% set %}}` put there"
        if isinstance(held, Mapping):
            near = did_you_mean(name, map(str, held)) or "it has " + (", ".join(f"`{each}`" for each in held) or "none")
            return f"there is no `{name}` in this mapping\n{near}"
        return f"there is no `{name}` in {shown(held)}\nwhat a template can use is in the reference of templates"


class Method:
    """Something that a mapping or a loop can do, let in by name."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *arguments: object) -> object:
        """Do it."""
        return self.function(*arguments)


class TemplateEnvironment(SandboxedEnvironment):
    """The environment of one run, whose macros are compiled once; `meter` is of the rendering that goes on."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self, variables: Mapping[str, object], macros: Callable[[str], Text]) -> None:
        self.meter = Meter()
        self.trail = Trail()
        self.texts: dict[str | None, Text] = {}
        self._macros = macros
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,
            autoescape=False,
            finalize=self._written,
            loader=FunctionLoader(self._load),
            auto_reload=False,
        )
        self.offsets = OffsetLexer(self)
        self.filters = {name: self._metered(word) for name, word in words.FILTERS_BY_NAME.items()}
        self.filters |= {
            tree.WEIGHED: self._weighed,
            tree.COUNTED: self._counted,
            tree.JOINED: words.joined,
            tree.BOUNDED: bounded,
            tree.EXACT: exact.decimal,
        }
        self.tests = {name: self._metered(word) for name, word in words.TESTS_BY_NAME.items()}
        self.globals = {**words.FUNCTIONS, **{name: exact.known(value) for name, value in variables.items()}}
        self.undefined = type("Missing", (Missing,), {"names": tuple(self.globals)})

    @property
    def lexer(self) -> OffsetLexer:
        """The lexer that counts characters."""
        return self.offsets

    # Reading

    def _load(self, name: str) -> str:
        self.texts[name] = self._macros(name)
        return self.texts[name].content

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        text, tags = self.texts[name], self.offsets.tags[name]

        try:
            prepared = tree.prepare(source, partial(self._mark, text), tags.around)
        except RefusedError as problem:
            problem.name = name
            raise
        return super()._generate(prepared, name, filename, defer_init)

    def _mark(self, text: Text, first: int, last: int, *, verbatim: bool, shared: bool) -> str:
        return self.trail.mark(Chunk(text, first, last, verbatim, shared))

    def handle_exception(self, source: str | None = None) -> NoReturn:
        """Let an exception go its way as it is; whoever catches it knows how to read it."""
        raise  # noqa: PLE0704  # Jinja calls this while it handles the exception

    # Running

    def _written(self, value: object) -> str:
        """Return what is put into the file for a value."""
        if isinstance(value, Undefined):  # one that is no `Missing` is what an `if` without `else` leaves: nothing
            return str(value)
        written = value.marked if isinstance(value, Marked) else words.text(value)
        self.meter.step(len(written))
        return written

    def _metered(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter or a test that costs as much as it is given to go through."""

        @wraps(function)
        def metered(*arguments: object, **named: object) -> object:
            self.meter.weigh(*arguments)
            return function(*arguments, **named)

        return metered

    def _weighed(self, value: object) -> object:
        self.meter.weigh(value)
        return value

    def _counted(self, items: object, text: int = 0) -> Iterator[object]:
        if isinstance(items, Undefined):
            iter(items)
        if isinstance(items, str) or not isinstance(items, Iterable):
            raise RefusedError(f"a loop goes through a list, not {shown(items)}")
        return self.meter.counted(items, text)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator makes of two values, exactly."""
        self.meter.weigh(left, right)
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
        return bounded(exact.operate(operator, left, right))

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        """Return a number or an amount with its sign."""
        if isinstance(arg, Undefined):
            str(arg)
        return exact.negative(arg) if operator == "-" else exact.exact(arg)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what stands behind `obj.attribute`: a field, or one of the few things that a loop or mapping has."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return what stands behind `obj[argument]`; of a Python object, nothing."""
        if isinstance(obj, Undefined):
            str(obj)
        if isinstance(obj, Mapping):
            return self._of_mapping(obj, argument)
        if isinstance(obj, list | tuple | str) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        if isinstance(obj, LoopContext) and argument in _OF_A_LOOP:
            found = getattr(obj, argument)
            return Method(found) if callable(found) else found
        if isinstance(obj, Namespace | TemplateModule) and isinstance(argument, str) and not argument.startswith("_"):
            found = getattr(obj, str(argument), missing)
            return self.undefined(obj=obj, name=argument) if found is missing else found
        return self.undefined(obj=obj, name=argument)

    def _of_mapping(self, mapping: Mapping[str, object], name: object) -> object:
        try:
            if name in mapping:
                return mapping[name]  # type: ignore[index]  # it is in there
        except TypeError:
            pass
        if name in _OF_A_MAPPING:
            return Method(getattr(mapping, str(name)))
        return self.undefined(obj=mapping, name=str(name))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  # as Jinja has it
        """Call a macro, or a function that was let in."""
        __self.meter.step()
        if isinstance(__obj, Undefined):
            str(__obj)
        if isinstance(__obj, Macro):
            result = str(__context.call(__obj, *args, **kwargs))
            __self.meter.step(len(result))
            return Marked.of(result)
        if isinstance(__obj, Method) or any(__obj is each for each in words.FUNCTIONS.values()):
            return bounded(__context.call(__obj, *args, **kwargs))
        raise RefusedError(f"{shown(__obj)} is no function")
