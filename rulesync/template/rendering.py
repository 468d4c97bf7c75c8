"""A rule file with variables -> YAML text, whose places are those of the template that a person wrote.

Laws: any text gives a text or a finding; the same text and variables give the same result on every machine, in bounded
time; nothing is read but the variables and the macros that are handed in.
"""

import re
from collections.abc import Callable, Mapping
from traceback import walk_tb
from types import TracebackType

from jinja2 import Template, TemplateError, TemplateSyntaxError, UndefinedError

from rulesync.document import Text, one_line
from rulesync.findings import Finding, Location, did_you_mean, error
from rulesync.template.environment import TemplateEnvironment
from rulesync.template.meter import Meter
from rulesync.template.refusal import RefusedError

MOST_TEXT = 1024 * 1024  # characters of what comes out
_MISFITS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_TOO_DEEP = (RecursionError, MemoryError, SyntaxError)
_LESS_DEEP = "does a macro call itself? if not, put less into one another, or take `{% set %}` for a part of it"
_COMMENT = re.compile(r"(?:^|\s)#")
_IN_A_COMMENT = "comments are templates too: write this one as `{# … #}`"
_UNCLOSED = re.compile(
    r"Unexpected end of template\..* innermost block that needs to be closed is '(\w+)'\.", re.DOTALL
)
_UNKNOWN = re.compile(r"No (filter|test) named '(.*)'\.", re.DOTALL)
_RULE_FILE = None  # the name of what is rendered, where what it imports has one


class Templates:
    """The templates of one workspace: its variables, and the macros that files share.

    `macros` returns the text of an imported file by its name, or raises `RefusedError`.
    """

    def __init__(self, variables: Mapping[str, object], macros: Callable[[str], Text]) -> None:
        self._environment = TemplateEnvironment(variables, lambda name: _lined(macros(name)))

    def render(self, text: Text) -> Text | Finding:
        """Return what a template becomes, or what is wrong with it and where."""
        environment, source = self._environment, _lined(text)
        environment.meter = Meter()
        environment.texts[_RULE_FILE] = source
        try:
            template = environment.from_string(source.content)
            return environment.trail.followed(self._written(template), text.file)
        except RefusedError as problem:
            return self._finding(problem, problem.message, problem.help)
        except UndefinedError as problem:
            message, _, advice = (problem.message or "a name is not defined").partition("\n")
            return self._finding(problem, message, advice or None)
        except TemplateSyntaxError as problem:
            return self._finding(problem, *self._explained(problem.message or "this is no template"))
        except TemplateError as problem:
            return self._finding(problem, _as_ours(problem.message or "this is no template"), None)
        except _TOO_DEEP as problem:
            return self._finding(problem, "the template goes deeper than it can be followed", _LESS_DEEP)
        except _MISFITS as problem:
            said = str(problem) if isinstance(problem, TypeError) and str(problem).startswith("macro ") else None
            message = _as_ours(said) if said else "this cannot be done with these values"
            return self._finding(problem, message, None)

    def _written(self, template: Template) -> str:
        written: list[str] = []
        length = 0
        for piece in template.root_render_func(template.new_context()):
            written.append(piece)
            length += len(piece)
            if length > MOST_TEXT:
                raise RefusedError(f"the template writes more than {MOST_TEXT // 1024 // 1024} MiB", "split the file")
        return "".join(written)

    def _explained(self, message: str) -> tuple[str, str | None]:
        unclosed, unknown = _UNCLOSED.fullmatch(message), _UNKNOWN.fullmatch(message)
        if unclosed is not None:
            return f"the file ends before its `{unclosed[1]}` does", f"write `{{% end{unclosed[1]} %}}` where it ends"
        if message.startswith("unexpected end of template"):
            return "a tag that opens here is never closed", "close it with `}}`, `%}` or `#}`"
        if unknown is None:
            return _as_ours(message), None
        kind, name = unknown[1], unknown[2]
        known = self._environment.filters if kind == "filter" else self._environment.tests
        named = sorted(each for each in known if not each.startswith(" "))
        return f"there is no {kind} `{name}`", did_you_mean(name, named) or f"there are {', '.join(named)}"

    def _finding(self, problem: BaseException, message: str, advice: str | None) -> Finding:
        places = self._places(problem)
        if len(places) > 1 and str(places[0]) != str(places[-1]):
            advice = "; ".join(filter(None, [advice, f"it is used at {places[0]}"]))
        if any(map(_in_a_comment, places)):
            advice = "; ".join(filter(None, [_IN_A_COMMENT, advice]))
        said, place = one_line(message), places[-1]
        if isinstance(problem, UndefinedError):
            return error("unknown-variable", said, help=advice and one_line(advice), location=place)
        return error("template", said, help=advice and one_line(advice), location=place)

    def _places(self, problem: BaseException) -> list[Location]:
        """Return where it happened, the rule file first and the innermost macro last."""
        found = [(name, offset) for name, offset in _frames(problem.__traceback__)]
        if isinstance(problem, TemplateSyntaxError):
            found.append((problem.name, problem.lineno))
        elif isinstance(problem, RefusedError) and problem.offset is not None:
            found.append((problem.name, problem.offset))
        if not found and isinstance(problem, _TOO_DEEP):
            found.append((_RULE_FILE, self._environment.offsets.deepest(self._environment.texts[_RULE_FILE].content)))
        return [self._place(name, offset) for name, offset in found] or [self._place(_RULE_FILE, 0)]

    def _place(self, name: str | None, offset: int) -> Location:
        text, tags = self._environment.texts[name], self._environment.offsets.tags.get(name)
        return text.location(*(tags.around(offset) if tags else (offset, offset + 1)))


def _in_a_comment(place: Location) -> bool:
    """Tell whether a tag stands in what YAML takes for a comment."""
    before = (place.text or "")[: place.column - 1]
    found = _COMMENT.search(before)
    return found is not None and not any(before[: found.start()].count(quote) % 2 for quote in "\"'")


def _frames(traceback: TracebackType | None) -> list[tuple[str | None, int]]:
    """Return the templates that an exception came through, and the offset in each."""
    found = []
    for frame, line in walk_tb(traceback):
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            found.append((template.name, template.get_corresponding_lineno(line)))
    return found


def _lined(text: Text) -> Text:
    """Return a text with one kind of line end, so that offsets in it are those that Jinja has."""
    return Text(text.file, re.sub(r"\r\n|\r", "\n", text.content))


def _as_ours(message: str) -> str:
    """Return a sentence of Jinja's as one of ours."""
    sentence = re.sub(r" You probably made a typo.*| at \d+$", "", message, flags=re.DOTALL).rstrip(".")
    for theirs, ours in {"'end of print statement'": "`}}`", "'end of statement block'": "`%}`", "'": "`"}.items():
        sentence = sentence.replace(theirs, ours)
    return sentence[:1].lower() + sentence[1:]
