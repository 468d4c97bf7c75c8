"""`python -m tests.pictures FOLDER`: the page of the example plan as pictures for the documentation, light and dark."""

import sys
import tempfile
from itertools import product
from pathlib import Path

from rulesync.render import html
from tests.pictures.browser import CHROMIUM, MISSING, screenshot
from tests.pictures.example import example

_WIDTH = 1120
_PARTS = {  # a part of the page: how high it is, and the style that leaves the others out
    "plan": (1120, ""),
    "map": (1268, ".top, main > :not(.map), footer { display: none } main > .map { margin: 0 }"),
}


def main() -> int:
    """Write the pictures; return 1 where there is no browser to take them."""
    if CHROMIUM is None:
        print(MISSING, file=sys.stderr)
        return 1
    page, target = html.plan(example()), Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for (part, (height, style)), (name, dark) in product(_PARTS.items(), (("light", False), ("dark", True))):
        with tempfile.TemporaryDirectory() as folder:
            file, shown = target / f"{part}-{name}.png", page.replace("</style>", f"{style}</style>")
            screenshot(shown, file, Path(folder), width=_WIDTH, height=height, dark=dark)
        print(f"{file}: {file.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
