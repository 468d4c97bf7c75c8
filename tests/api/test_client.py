import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rulesync.cli.main import run
from rulesync.sandbox import Sandbox, serve
from tests.api.judge import judge
from tests.api.watched import Watched

EXAMPLES = Path(__file__).parents[2] / "examples"
READS = {("GET", "/rules"), ("GET", "/rules/{}"), ("GET", "/accounts")}


class Place:
    """The example directory and a sandbox that is watched, and commands between them in either dialect."""

    def __init__(self, root: Path, box: Sandbox, url: str, watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.box, self._url, self._watched, self._monkeypatch = root, box, url, watched, monkeypatch

    def run(self, dialect: str, *arguments: str, code: int = 0) -> None:
        """Run a command that ends with a code, having said and heard what is described."""
        text = (EXAMPLES / "rulesync.yaml").read_text(encoding="utf-8")
        (self.root / "rulesync.yaml").write_text(text.replace("dialect: v1", f"dialect: {dialect}"), encoding="utf-8")
        self._monkeypatch.setenv("RULESYNC_BASE_URL", f"{self._url}{judge(dialect).base}")
        assert code == run(["-C", str(self.root), *arguments])
        assert [] == self._watched.said

    def asked(self) -> set[tuple[str, str]]:
        """Return the operations that were asked for since this was last called."""
        seen, self._watched.seen = self._watched.seen, set()
        return seen

    def change(self) -> None:
        """Change one rule file, and remove another."""
        file = self.root / "rules" / "auto-save.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("20", "21"), encoding="utf-8")
        (self.root / "rules" / "goals.yaml").unlink()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    shutil.copytree(EXAMPLES / "rules", tmp_path / "rules")
    with Sandbox(requests_per_minute=100_000) as box:
        watched = Watched(box.wsgi, (judge("v1"), judge("platform")))
        box.wsgi = watched
        monkeypatch.setenv("SEQUENCE_API_KEY", box.key)
        with serve(box) as server:
            yield Place(tmp_path, box, server.url, watched, monkeypatch)


def test_what_v1_is_asked(place: Place) -> None:
    """Everything that the commands send to v1, and are answered, is as described, writes among it."""
    for arguments in (["doctor"], ["plan"], ["apply", "--auto-approve"]):
        place.run("v1", *arguments)
    for rule in place.box.rules():
        place.box.activate(str(rule["id"]))
    place.change()
    place.run("v1", "apply", "--auto-approve", "--prune")
    for arguments in (["drift"], ["status"], ["pause", "--all", "--auto-approve"], ["import", "--all", "--dry-run"]):
        place.run("v1", *arguments)
    assert judge("v1").operations() - {("GET", "/rule-executions/{}")} == place.asked()


def test_what_the_platform_is_asked(place: Place) -> None:
    """Everything that the commands send to the platform, and are answered, is as described; none of it writes."""
    place.run("v1", "apply", "--auto-approve")
    for rule in place.box.rules()[:5]:
        place.box.activate(str(rule["id"]))
    place.box.create_in_app({"trigger": {"type": "REMOTE_API"}, "steps": [{"actions": [{"type": "snowball"}]}]})
    place.asked()
    for arguments in (["doctor"], ["plan"], ["drift"], ["status"], ["import", "--all", "--dry-run"]):
        place.run("platform", *arguments)
    assert READS | {("GET", "/rules/{}/executions")} == place.asked()


def test_one_directory_in_both(place: Place) -> None:
    """One directory has one plan in both dialects: what to make, to change and to leave alone."""
    place.run("v1", "apply", "--auto-approve")
    place.change()
    for rule in place.box.rules()[3:5]:
        place.box.activate(str(rule["id"]))
        place.box.edit(str(rule["id"]), nickname="Otherwise")
    plans = []
    for dialect in ("v1", "platform"):
        place.run(dialect, "plan", "--prune", "--out", str(place.root / "plan.json"))
        plan = json.loads((place.root / "plan.json").read_text(encoding="utf-8"))
        # The key of a write is of the place that it is sent to, and where nothing is written no write pauses anything.
        own = {"idempotency_key": None, "pauses": None}
        changes, drift = ([{**each, **own} for each in plan[name]] for name in ("resource_changes", "resource_drift"))
        plans.append((plan["summary"], plan["findings"], changes, drift))
    assert plans[0] == plans[1]
    assert 9 == len(plans[0][2])
