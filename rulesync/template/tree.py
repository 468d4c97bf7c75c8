"""The syntax tree of a template: what may stand in it, and what is put into it before it is compiled.

Law: whatever repeats, calls or puts together is counted; nothing is reached that is not let in by name.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from rulesync.template.refusal import RefusedError

COUNTED, JOINED, BOUNDED, EXACT, WEIGHED = " counted", " joined", " bounded", " exact", " weighed"
"""Filters that only this module can name, since no template can spell a space in a name."""

_REFUSED: dict[type[nodes.Node], tuple[str, str | None]] = {
    nodes.Extends: ("a rule file extends no other", "put what they share into a macro in `rules/_NAME.yaml`"),
    nodes.Block: ("a rule file has no blocks", "put what files share into a macro in `rules/_NAME.yaml`"),
    nodes.Include: ("a rule file includes no other", "import a macro: `{% import '_NAME.yaml' as name %}`"),
    nodes.FilterBlock: ("`{% filter %}` hides where a line comes from", "filter the value: `{{ value | upper }}`"),
    nodes.AssignBlock: ("`{% set %}` without `=` hides where a line comes from", "write `{% set name = value %}`"),
}

Around = Callable[[int], tuple[int, int]]


class Mark(Protocol):
    """What gives the mark of a stretch of the template."""

    def __call__(self, first: int, last: int, *, verbatim: bool, shared: bool) -> str:
        """Return a new mark."""
        ...


def prepare(template: nodes.Template, mark: Mark, around: Around) -> nodes.Template:
    """Return a tree that is fit to be compiled.

    `mark` gives the mark of what is copied from one offset to another, or of the tag that stands there; it is `shared`
    in a macro. `around` gives the tag around an offset.

    Raises:
        RefusedError: something stands in it that may not.
    """
    for node in _all(template):
        if type(node) in _REFUSED:
            message, advice = _REFUSED[type(node)]
            raise RefusedError(message, advice, offset=node.lineno)
        if isinstance(node, nodes.For) and node.recursive:
            raise RefusedError("a loop cannot call itself", "use a macro", offset=node.lineno)
        if isinstance(node, nodes.Import | nodes.FromImport) and not isinstance(node.template, nodes.Const):
            advice = "write the name as it is: `{% import '_NAME.yaml' as name %}`"
            raise RefusedError("what is imported must be named", advice, offset=node.lineno)
    prepared = _Preparing(mark, around).visit(template)
    assert isinstance(prepared, nodes.Template)  # noqa: S101  # it visits the root and gives it back
    return prepared


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(here.iter_child_nodes())


class _Preparing(NodeTransformer):
    """Puts marks before all that is written, and counters around all that repeats or grows."""

    def __init__(self, mark: Mark, around: Around) -> None:
        self._mark = mark
        self._around = around
        self._shared = False

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        """Mark what stands in a macro as used from elsewhere."""
        before, self._shared = self._shared, True
        self.generic_visit(node)
        self._shared = before
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:
        """Put a mark before each piece of text and each value."""
        pieces: list[nodes.Expr] = []
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                mark = self._mark(child.lineno, child.lineno + len(child.data), verbatim=True, shared=self._shared)
                pieces.append(nodes.TemplateData(mark + child.data, lineno=child.lineno))
            else:
                mark = self._mark(*self._around(child.lineno), verbatim=False, shared=self._shared)
                pieces += [nodes.TemplateData(mark, lineno=child.lineno), self.visit(child)]
        node.nodes = pieces
        return node

    def visit_For(self, node: nodes.For) -> nodes.Node:
        """Count each round, and the text that stands in it."""
        text = sum(len(data.data) for each in node.body for data in each.find_all(nodes.TemplateData))
        self.generic_visit(node)
        node.iter = _filtered(cast("nodes.Expr", node.iter), COUNTED, nodes.Const(text))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        """Join texts by a filter that knows how long they may become."""
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), JOINED)

    def visit_List(self, node: nodes.List) -> nodes.Node:
        """Bound what a list holds, all in all."""
        self.generic_visit(node)
        return _filtered(node, BOUNDED)

    visit_Dict = visit_List

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:
        """Bound a tuple of values; one of names to be assigned to stays as it is."""
        self.generic_visit(node)
        return _filtered(node, BOUNDED) if node.ctx == "load" else node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        """Count what is compared, which may be long."""
        self.generic_visit(node)
        node.expr = _filtered(node.expr, WEIGHED)
        for operand in node.ops:
            operand.expr = _filtered(operand.expr, WEIGHED)
        return node

    def visit_Const(self, node: nodes.Const) -> nodes.Node:
        """Take a decimal as it was written, not as the nearest fraction of a power of two."""
        if isinstance(node.value, float):
            return _filtered(nodes.Const(str(node.value), lineno=node.lineno), EXACT)
        return node


def _filtered(node: nodes.Expr, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(arguments), [], None, None, lineno=node.lineno)
