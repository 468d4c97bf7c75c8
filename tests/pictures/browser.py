"""A Chromium without a window, and what it says of a page: what it logs, what it asks for, what is too wide."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = "CHROMIUM IS NOT HERE: no page was opened in a browser (`apt-get install chromium`)"
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-features=NetworkTimeServiceQuerying",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_BY_THE_BROWSER = "not an origin"
_LOOK = """<!doctype html><meta charset="utf-8"><body><script>
const pages = PAGES, widths = WIDTHS, found = [];
function look(frame, page, width) {
  const inside = frame.contentDocument, root = inside.documentElement;
  const end = text => Number(text.getAttribute("x")) + text.getComputedTextLength();
  const words = [...inside.querySelectorAll("svg.money svg text")].filter(text =>
    end(text) > Number(text.ownerSVGElement.getAttribute("width")) - 4);
  const boxes = [...inside.querySelectorAll("body *")].filter(each =>
    !each.closest(".scroll") && each.checkVisibility() && each.getBoundingClientRect().right > width + 1);
  found.push({page, width, scroll: root.scrollWidth, tags: [...new Set([...inside.querySelectorAll("*")].map(each =>
    each.localName))].sort(), title: inside.title, text: inside.body.innerText, too_wide: boxes.map(each =>
    each.outerHTML.slice(0, 200)), cut_off: words.map(each => each.textContent)});
  if (found.length === pages.length * widths.length) {
    const told = document.createElement("pre");
    told.id = "told";
    told.textContent = JSON.stringify(found);
    document.body.append(told);
  }
}
for (const page of pages) for (const width of widths) {
  const frame = document.createElement("iframe");
  frame.style.width = width + "px";
  frame.onload = () => look(frame, page, width);
  frame.src = page;
  document.body.append(frame);
}
</script>"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What was seen: `looks` are of each page at each width, `logged` the lines of the console, `asked` addresses."""

    looks: tuple[dict[str, Any], ...]
    logged: tuple[str, ...]
    asked: tuple[str, ...]


def visit(pages: Mapping[str, str], widths: Sequence[int], folder: Path) -> Visit:
    """Open pages as they are, each at some widths, in one run of the browser."""
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    look = _LOOK.replace("PAGES", json.dumps(list(pages))).replace("WIDTHS", json.dumps(list(widths)))
    (folder / "look.html").write_text(look, encoding="utf-8")
    done = _run(
        folder,
        "--allow-file-access-from-files",
        "--enable-logging=stderr",
        f"--log-net-log={folder / 'net.json'}",
        "--virtual-time-budget=20000",
        "--dump-dom",
        (folder / "look.html").as_uri(),
    )
    (told,) = re.findall(r'<pre id="told">(.*?)</pre>', done.stdout, re.DOTALL)
    logged = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return Visit(tuple(json.loads(unescape(told))), tuple(logged), tuple(_asked(folder / "net.json")))


def screenshot(page: str, file: Path, folder: Path, *, width: int, height: int, dark: bool) -> None:
    """Write a picture of a page."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    _run(
        folder,
        f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        f"--window-size={width},{height}",
        f"--screenshot={file.resolve()}",
        (folder / "page.html").as_uri(),
    )


def _run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    assert CHROMIUM, MISSING
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return subprocess.run(  # the browser of this machine, with pages that were just made
        [CHROMIUM, *_QUIET, *root, f"--user-data-dir={folder / 'profile'}", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


def _asked(log: Path) -> list[str]:
    """Return the addresses that a page asked for; files are left aside, and what the browser wants for itself."""
    events = json.loads(log.read_text(encoding="utf-8", errors="replace"))["events"]
    found = [each["params"] for each in events if "initiator" in each.get("params", {})]
    return sorted(
        {
            str(each["url"])
            for each in found
            if each["initiator"] != _BY_THE_BROWSER and not str(each["url"]).startswith("file:")
        }
    )
