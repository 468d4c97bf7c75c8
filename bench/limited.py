"""An apply of 200 changes at 100 requests a minute, beside the time that the rate alone dictates. It takes minutes."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from bench import corpus
from bench.goals import Line
from rulesync.sandbox import Sandbox, serve

_CHANGES = 200
_PER_MINUTE = 100


def limited(rulesync: str) -> list[Line]:
    """Return what an apply of new rules takes, and how often it was told that it is too fast."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        corpus.rules(root, _CHANGES)
        box = Sandbox(requests_per_minute=_PER_MINUTE, household=False)
        for name in ("checking", "savings", "bills", "visa"):
            kind = {"checking": "income_source", "visa": "external_account"}.get(name, "pod")
            debt = {"external_account_type": "LIABILITY"} if kind == "external_account" else {}
            box.open_account({"id": f"acc_{name}", "name": name, "type": kind, **debt})
        with serve(box) as server:
            environ = {**os.environ, "SEQUENCE_API_KEY": box.key, "RULESYNC_BASE_URL": f"{server.url}/api/v1"}
            (root / "rulesync.yaml").write_text(
                corpus.CONFIG.replace("DIALECT", "v1").replace("100000", str(_PER_MINUTE))
            )
            begin = time.perf_counter()
            subprocess.run(
                [rulesync, "apply", "--auto-approve"],
                cwd=root,
                env={**environ, "RULESYNC_CACHE_DIR": str(root / "cache")},
                check=True,
                capture_output=True,
            )
            took = time.perf_counter() - begin
        log = box.log()
        box.close()
    least = max(0, len(log) - _PER_MINUTE) * 60 / _PER_MINUTE
    refused = sum(each["status"] == 429 for each in log)  # noqa: PLR2004  # too many requests
    return [
        Line(
            f"apply of {_CHANGES} at {_PER_MINUTE} a minute, {len(log)} requests",
            "the rate alone",
            took / least,
            1.05,
            None,
            (took, least),
        ),
        Line("of these, refused as too many", "", refused, 0),
    ]
