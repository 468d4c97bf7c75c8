"""Renderers: a value in, a text out; they print nothing, read nothing, and do not know each other."""

from typing import TYPE_CHECKING

from rulesync.lazily import door

if TYPE_CHECKING:
    from rulesync.render import checklist_view as checklist_view
    from rulesync.render import github as github
    from rulesync.render import gitlab as gitlab
    from rulesync.render import html as html
    from rulesync.render import import_view as import_view
    from rulesync.render import json as json
    from rulesync.render import junit as junit
    from rulesync.render import markdown as markdown
    from rulesync.render import sarif as sarif
    from rulesync.render import several_view as several_view
    from rulesync.render import terminal as terminal

_WHOLE = (
    "checklist_view", "github", "gitlab", "html", "import_view", "json", "junit", "markdown", "sarif", "several_view",
    "terminal"
)  # fmt: skip
__getattr__ = door(__name__, {name: name for name in _WHOLE})
