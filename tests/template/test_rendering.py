"""Templates as their writers see them: what comes out, and where an error points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.document import TEMPLATE_PAIRS, Text
from rulesync.findings import Finding
from rulesync.template import RefusedError, Templates

VALUES = {
    "rent": "$1,850.00",
    "share": 33.3,
    "names": ["rent", "bills"],
    "envelopes": {"rent": "$900.00", "bills": "$650.00"},
    "nothing": None,
}
MACROS = """\
{% macro fill(to, amount) %}
- type: top_up
  amount: {{ amount }}
  destination: {{ to }}
{% endmacro %}
{% macro wrong() %}
a: {{ boom }}
{% endmacro %}
{% macro framed() %}<{{ caller() }}>{% endmacro %}
"""


def macros(name: str) -> Text:
    if name != "_m.yaml":
        raise RefusedError("no such file", "there is `_m.yaml`")
    return Text("rules/_m.yaml", MACROS)


def rendered(source: str) -> str:
    result = Templates(VALUES, macros).render(Text("rules/a.yaml", source))
    assert isinstance(result, Text), result
    return result.content


def wrong(source: str) -> tuple[str, str, str | None, str]:
    """Return check, message, help, and what is underlined where."""
    result = Templates(VALUES, macros).render(Text("rules/a.yaml", source))
    assert isinstance(result, Finding), result
    place = result.location
    assert place is not None
    assert place.text is not None
    marked = place.text[place.column - 1 : place.column - 1 + place.width]
    return result.check, result.message, result.help, f"{place.file}:{place.line} {marked}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a: {{ rent }}", "a: $1850.00"),
        ("a: {{ rent / 2 }}", "a: $925.00"),
        ("a: {{ (rent / 3) | round('down') }}", "a: $616.66"),
        ("a: {{ split(rent, 3) | join(' ') }}", "a: $616.67 $616.67 $616.66"),
        ("a: {{ rent | commas }}", "a: $1,850.00"),
        ("a: {{ share * 2 }}", "a: 66.6"),
        ("a: {{ 0.1 + 0.2 }}", "a: 0.3"),
        ("a: {{ nothing }} {{ -5 }} {{ +5 }} {{ 1 < 2 }}", "a: null -5 5 true"),
        ("a: {{ x | default('y') }} {{ x is defined }}", "a: y false"),
        ("{% set total = envelopes.values() | sum %}a: {{ total }}", "a: $1550.00"),
        ("{% for n in names %}\n- {{ n }} {{ loop.index }}{{ ',' if not loop.last }}\n{% endfor %}\n", "- rent 1,\n- bills 2\n"),
        ("  {% if rent > '$5.00' %}\n  a: 1\n  {% endif %}\nb: 2\n", "  a: 1\nb: 2\n"),
        ("a: {% raw %}{{ x }}{% endraw %}", "a: {{ x }}"),
        ("{# not said #}a: 1", "a: 1"),
        ("{% import '_m.yaml' as m %}\n  {{ m.fill('rent', rent) | indent(2) }}", "  - type: top_up\n    amount: $1850.00\n    destination: rent\n  "),
        ("{% from '_m.yaml' import fill %}{{ fill('x', '$5.00') | upper }}", "- TYPE: TOP_UP\n  AMOUNT: $5.00\n  DESTINATION: X\n"),
        ("{% from '_m.yaml' import framed %}{% call framed() %}a{% endcall %}", "<a>"),
        ("{% set s = namespace(n=0) %}{% for n in names %}{% set s.n = s.n + 1 %}{% endfor %}{{ s.n }}", "2"),
        ("{{ envelopes['rent'] }} {{ names[0] }} {{ names[-1][0:2] }} {{ envelopes.get('x') }}", "$900.00 rent bi null"),
        ("{% for n in names %}{{ loop.cycle('a', 'b') }}{% endfor %}", "ab"),
        ("{% for to, amount in envelopes.items() if amount > '$700.00' %}{{ to }}{% endfor %}", "rent"),
        ("{{ names | map('upper') | join('-') }} {{ 'a' ~ 1 ~ rent }}", "RENT-BILLS a1$1850.00"),
        ("a: 1\r\nb: {{ rent }}\r\n", "a: 1\nb: $1850.00\n"),
        ("{{ {1: 'a'}[1] }} {{ rent in ['$1.00', '$1,850.00'] }} {{ 1 < 2 < 3 }}", "a true true"),
        ("{{ names | tojson }}", '["rent", "bills"]'),
    ],
)  # fmt: skip
def test_templates(source: str, expected: str) -> None:
    """A template becomes the text that its writer means."""
    assert expected == rendered(source)


@pytest.mark.parametrize(
    ("source", "message", "place"),
    [
        ("a: 1\nb: {{ rent / 3 }}", "$616.666… is not whole cents", "rules/a.yaml:2 {{ rent / 3 }}"),
        ("a: {{ share / 7 }}", "4.757143… has no end as a decimal", "rules/a.yaml:1 {{ share / 7 }}"),
        ("a:\n  - {{ rnt }}", "`rnt` is not defined", "rules/a.yaml:2 {{ rnt }}"),
        ("a: {{ envelopes.rnt }}", "there is no `rnt` in this mapping", "rules/a.yaml:1 {{ envelopes.rnt }}"),
        ("a: {{ rent + 5 }}", "$1,850.00 and 5 cannot be used with `+`", "rules/a.yaml:1 {{ rent + 5 }}"),
        ("{% if rent > 5 %}{% endif %}", "$1,850.00 and 5 cannot be compared", "rules/a.yaml:1 {% if rent > 5 %}"),
        ("a: {{ names }}", "a list or mapping cannot be written as it is", "rules/a.yaml:1 {{ names }}"),
        ("a: {{ split }}", "a macro or function is called to be written", "rules/a.yaml:1 {{ split }}"),
        ("a: {{ rent() }}", "$1,850.00 is no function", "rules/a.yaml:1 {{ rent() }}"),
        ("a: {{ x() }}", "`x` is not defined", "rules/a.yaml:1 {{ x() }}"),
        ("a: {{ x + 1 }}", "`x` is not defined", "rules/a.yaml:1 {{ x + 1 }}"),
        ("a: {{ -x }}", "`x` is not defined", "rules/a.yaml:1 {{ -x }}"),
        ("a: {{ x.y }}", "`x` is not defined", "rules/a.yaml:1 {{ x.y }}"),
        ("{% for n in x %}{% endfor %}", "`x` is not defined", "rules/a.yaml:1 {% for n in x %}"),
        ("{% for n in rent %}{% endfor %}", "a loop goes through a list, not $1,850.00", "rules/a.yaml:1 {% for n in rent %}"),
        ("a: {{ rent | uper }}", "there is no filter `uper`", "rules/a.yaml:1 {{ rent | uper }}"),
        ("a: {{ rent is mony }}", "there is no test `mony`", "rules/a.yaml:1 {{ rent is mony }}"),
        ("a: {{ names[0] < 5 }}", "this cannot be done with these values", "rules/a.yaml:1 {{ names[0] < 5 }}"),
        ("a: {{ names['x'] }}", "there is no `x` in a list", "rules/a.yaml:1 {{ names['x'] }}"),
        ("a: {{ envelopes[names] }}", "this cannot be done with these values", "rules/a.yaml:1 {{ envelopes[names] }}"),
        ("b: 1\n{% if rent %}", "the file ends before its `if` does", "rules/a.yaml:2 {% if rent %}"),
        ("b: 1\na: {{ rent", "a tag that opens here is never closed", "rules/a.yaml:2 {{ r"),
        ("a: {{ ? }}", "unexpected char `?`", "rules/a.yaml:1 {{ ?"),
        ("{% import '_m.yaml' as m %}\n{{ m.fill(1, 2, 3) }}", "macro `fill` takes not more than 2 argument(s)", "rules/a.yaml:2 {{ m.fill(1, 2, 3) }}"),
        ("{% import '_m.yaml' as m %}\n{{ m.nope() }}", "there is no `nope` in it", "rules/a.yaml:2 {{ m.nope() }}"),
        ("a: 1\n{% import '_n.yaml' as m %}", "no such file", "rules/a.yaml:2 {% import '_n.yaml' as m %}"),
        ("{% from '_m.yaml' import x %}{{ x() }}", "`x` is not in what it is imported from", "rules/a.yaml:1 {{ x() }}"),
        ("{% for %}", "expected an expression, got `%}`", "rules/a.yaml:1 {% for %}"),
        ("{% extends 'x' %}", "a rule file extends no other", "rules/a.yaml:1 {% extends 'x' %}"),
        ("{% set rent.x = 5 %}", "cannot assign attribute on non-namespace object", "rules/a.yaml:1 {% set rent.x = 5 %}"),
    ],
)  # fmt: skip
def test_errors_point_into_the_template(source: str, message: str, place: str) -> None:
    """What is wrong is said once, at the tag that a person wrote."""
    _, said, _, where = wrong(source)
    assert (message, place) == (said, where)


def test_a_way_out_is_shown() -> None:
    """A name that is nearly right, or a value that is missing, comes with what to write."""
    assert ("unknown-variable", "did you mean `rent`?") == wrong("{{ rnt }}")[::2]
    assert "give it a value under `vars:` in rulesync.yaml, or by `--var`" == wrong("{{ qqqq }}")[2]
    assert "did you mean `rent`?" == wrong("{{ envelopes.rnt }}")[2]
    assert "it has `rent`, `bills`" == wrong("{{ envelopes.qqqq }}")[2]
    assert "did you mean `upper`?" == wrong("{{ names | uper }}")[2]
    assert "write `{% endif %}` where it ends" == wrong("{% if rent %}")[2]


def test_an_error_in_a_macro_is_told_at_the_macro() -> None:
    """What goes wrong in a macro is shown there, with where it was called."""
    _, message, advice, place = wrong("a: 1\n{% import '_m.yaml' as m %}\n{{ m.wrong() }}\n")
    assert ("`boom` is not defined", "rules/_m.yaml:7 {{ boom }}") == (message, place)
    assert (advice or "").endswith("it is used at rules/a.yaml:3:1")
    _, message, advice, place = wrong("{% macro m() %}\n{{ boom }}\n{% endmacro %}\na: 1\n{{ m() }}\n")
    assert ("`boom` is not defined", "rules/a.yaml:2 {{ boom }}") == (message, place)
    assert (advice or "").endswith("it is used at rules/a.yaml:5:1")


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}text {{ a }}{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(50) }}",
        "{% macro f() %}" + "x" * 100_000 + "{% endmacro %}{% for a in range(9999) %}{{ f() }}{% endfor %}",
        "{% set s = namespace(x='abc') %}{% for i in range(99) %}{% set s.x = s.x ~ s.x %}{% endfor %}",
        "{% set s = namespace(x=[1]) %}{% for i in range(99) %}{% set s.x = [s.x, s.x] %}{% endfor %}",
        "{% set s = namespace(x=[1]) %}{% for i in range(99) %}{% set s.x = s.x + s.x %}{% endfor %}",
        "{% set s = namespace(x='a') %}{% for i in range(99) %}{% set s.x = s.x | replace('a', 'aa') %}{% endfor %}",
        "{% set s = namespace(x=2) %}{% for i in range(99) %}{% set s.x = s.x * s.x %}{% endfor %}",
        "{% set big = range(9999) %}{% for a in range(9999) %}{% if big == range(9999) %}{% endif %}{% endfor %}",
        "{% set big = range(9999) %}{% for a in range(9999) %}{% if -1 in big %}{% endif %}{% endfor %}",
        "{% set big = range(9999) %}{% for a in range(9999) %}{% set b = big | sort %}{% endfor %}",
        "{% set big = range(9999) | join(' ') %}{% for a in range(9999) %}{% set b = big | title %}{% endfor %}",
        "{% set big = range(9999) %}{% for a in range(9999) %}{% if 1 is in big %}{% endif %}{% endfor %}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ range(10 ** 9) }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ 'a' | center(10 ** 9) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ " + "(" * 50_000,
        "{{ 1" + " + 1" * 200_000 + " }}",
        "{{ a" + ".b" * 20_000 + " }}",
        "{{ " + "not " * 20_000 + "a }}",
        "{{ [" * 5_000,
        "{{ " + "9" * 10_000 + " }}",
        "{{ 1e999 }}",
        "{% for i in range(9999) %}" + "y" * 1000 + "{% endfor %}",
    ],
    ids=lambda source: source[:40],
)
def test_nothing_goes_on_for_ever(source: str) -> None:
    """Loops, recursion, powers and texts without end are refused by what they cost, at once and everywhere alike."""
    assert wrong(source)[0] in {"template", "unknown-variable"}


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ rent.__class__ }}",
        "{{ rent.cents }}",
        "{{ split.__globals__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ namespace().__class__ }}",
        "{{ namespace()['_Namespace__attrs'] }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self._TemplateReference__context }}",
        "{{ self.__init__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ [] | attr('__class__') }}",
        "{{ [''] | map(attribute='__class__') | list }}",
        "{{ [''] | map('attr', '__class__') | list }}",
        "{{ [rent] | selectattr('__class__') | list | length }}",
        "{{ '{0.__class__}'.format(rent) }}",
        "{{ 'x'.join([1]) }}",
        "{% for n in names %}{{ loop._iterable }}{% endfor %}",
        "{% for n in names %}{{ loop.__class__ }}{% endfor %}",
        "{% import '_m.yaml' as m %}{{ m.__dict__ }}",
        "{% import '_m.yaml' as m %}{{ m.fill._environment }}",
        "{% import '_m.yaml' as m %}{{ m.fill.name }}",
        "{{ envelopes.pop('rent') }}",
        "{{ envelopes.update({}) }}",
        "{{ names.append(1) }}",
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as p %}",
        "{% import '../rulesync.yaml' as p %}",
    ],
)
def test_nothing_of_python_can_be_reached(source: str) -> None:
    """No attribute, method, class or file is there for a template, whichever way it asks."""
    check, message, _, _ = wrong(source)
    assert check in {"template", "unknown-variable"}
    assert not {"object at", "class '", "Traceback"} & set(message.split())


def test_what_came_out_knows_where_it_came_from() -> None:
    """A place in the rendered text is one in the template, in a macro the macro's own."""
    source = "{% import '_m.yaml' as m %}\na: {{ rent }}\n{{ m.fill('x', rent) }}\nend: 1\n"
    text = Templates(VALUES, macros).render(Text("rules/a.yaml", source))
    assert isinstance(text, Text)

    def where(word: str) -> str:
        start = text.content.index(word)
        return str(text.location(start, start + len(word)))

    places = ["a:", "$1850.00", "top_up", "  amount", "destination: x", "end"]
    assert [
        "rules/a.yaml:2:1",
        "rules/a.yaml:2:4",
        "rules/_m.yaml:2:9",
        "rules/_m.yaml:3:1",
        "rules/_m.yaml:4:3",
        "rules/a.yaml:4:1",
    ] == [where(word) for word in places]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n{}%#- ")))
def test_any_text_gives_a_text_or_a_finding(source: str) -> None:
    """Whatever stands in a file, rendering it ends with a text or with something wrong at a place."""
    result = Templates(VALUES, macros).render(Text("rules/a.yaml", source))
    assert isinstance(result, Text) or result.location is not None
    if not any(pair in source for pair in TEMPLATE_PAIRS):
        assert isinstance(result, Text)
        assert source.replace("\r\n", "\n").replace("\r", "\n") == result.content


PARTS = st.sampled_from(
    ["{{ rent }}", "{{ names[0] }}", "{% if rent %}", "{% endif %}", "{% for n in names %}", "{% endfor %}", "{{ n }}",
     "{# c #}", "a: ", "\n", "  ", "x", "{{ rent / 3 }}", "{{ boom }}", "{% set z = 1 %}", "{%- if z -%}"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12).map("".join))
def test_copied_text_keeps_its_place(source: str) -> None:
    """What is copied from a template into the text stands in the template where the text says that it does."""
    result = Templates(VALUES, macros).render(Text("rules/a.yaml", source))
    if isinstance(result, Text):
        for offset, letter in enumerate(result.content):
            if letter == "x":
                place = result.location(offset, offset + 1)
                assert "x" == (place.text or "")[place.column - 1]


DEEP = [
    ("a: 1\nb: {{ " + "(" * 900 + "rent" + ")" * 900 + " }}\n", "2:4"),
    ("a: 1\nb: {{ rent" + " | abs" * 3000 + " }}\n", "2:4"),
    ("a: 1\n" + "{% if rent %}\n" * 400 + "x\n" + "{% endif %}\n" * 400, "401:1"),
    ("a: 1\n{% macro again() %}{{ again() }}{% endmacro %}\n{{ again() }}\n", "2:20"),
]


@pytest.mark.parametrize(("source", "place"), DEEP, ids=["brackets", "a chain", "blocks", "a macro"])
def test_a_template_that_is_too_deep(source: str, place: str) -> None:
    """What goes too deep is pointed at, where it is the deepest."""
    finding = Templates(VALUES, macros).render(Text("rules/a.yaml", source))
    assert isinstance(finding, Finding)
    assert ("the template goes deeper than it can be followed", f"rules/a.yaml:{place}") == (
        finding.message,
        str(finding.location),
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("# the {{ boom }}\na: 1\n", True),
        ("a: 1  # it's {{ rent / }}\n", True),
        ("a: {{ boom }}  # why\n", False),
        ('a: "no # {{ boom }}"\n', False),
    ],
)
def test_a_comment_is_a_template_too(source: str, told: bool) -> None:  # noqa: FBT001  # a column of the table
    """Where what fails stands in a comment of YAML, the comment of templates is advised."""
    finding = Templates(VALUES, macros).render(Text("rules/a.yaml", source))
    assert isinstance(finding, Finding)
    assert told is ("comments are templates too: write this one as `{# … #}`" in (finding.help or ""))
