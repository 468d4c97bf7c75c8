"""`rulesync github` as a command: what it takes, refuses and prints; what workflows make of it is in tests/actions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rulesync.cli.main import run
from tests.cli.conftest import Done
from tests.github.hub import BOT, REPOSITORY, TOKEN, Answer, Fault, Hub, serve_hub

HEAD, MERGED, DIGEST = "a" * 40, "b" * 40, "d" * 64
PLAN = {"digest": DIGEST, "errored": False, "findings": [], "summary": {"create": 1, "update": 0, "delete": 0}}
DRIFTED = {"resource_drift": [{"name": "save", "id": "rule_1", "fields": []}]}


class Desk:
    """A directory with files to post, the environment of a runner, and the command."""

    def __init__(self, root: Path, hub: Hub, patched: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.hub, self._patched, self._capsys = root, hub, patched, capsys
        for name, value in {
            "GITHUB_API_URL": hub.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_EVENT_PATH": "",
            "GITHUB_SHA": MERGED,
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_RUN_ID": "1",
            "GITHUB_ACTOR": "ann",
        }.items():
            patched.setenv(name, value)
        self.file("body.md", "some words\n")

    def event(self, value: object, **environ: str) -> None:
        """Set the event that set the run off."""
        self._patched.setenv("GITHUB_EVENT_PATH", self.file("event.json", json.dumps(value)))
        for name, given in environ.items():
            self._patched.setenv(name, given)

    def pull(self) -> None:
        """Let a pull request set the run off."""
        pull = self.hub.open_pull(7, HEAD)
        self.event({"pull_request": pull, "repository": pull["base"]["repo"]}, GITHUB_EVENT_NAME="pull_request")

    def file(self, name: str, text: str) -> str:
        """Write a file, and return its path."""
        (self.root / name).write_text(text)
        return str(self.root / name)

    def run(self, *arguments: str) -> Done:
        """Run `rulesync github` here."""
        self._capsys.readouterr()
        code = run(["-C", ".", "github", *arguments])
        captured = self._capsys.readouterr()
        assert TOKEN not in captured.out + captured.err
        return Done(code, captured.out, captured.err)

    def comment(self, value: object, *more: str) -> Done:
        """Post a plan or a report."""
        file = self.file("plan.json", value if isinstance(value, str) else json.dumps(value))
        return self.run("comment", file, "--body", str(self.root / "body.md"), *more)

    def issue(self, value: object) -> Done:
        """Keep the issue about a drift."""
        file = self.file("drift.json", json.dumps(value))
        return self.run("issue", file, "--body", str(self.root / "body.md"))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """A run of a workflow on a push to main."""
    with serve_hub() as hub:
        desk = Desk(tmp_path, hub, monkeypatch, capsys)
        desk.event({"before": HEAD, "repository": {"full_name": REPOSITORY, "default_branch": "main"}})
        yield desk


def test_the_event(desk: Desk) -> None:
    """A script is told what set the run off, each on a line, with nothing for what there is none of."""
    pushed = desk.run("event").out
    desk.pull()

    assert "event=push\npull=\nhead=\n" + f"base={HEAD}\nforeign=no\n" == pushed.partition("url=")[0]
    told = dict(line.split("=", 1) for line in desk.run("event").out.splitlines())
    assert ("7", HEAD, "no") == (told["pull"], told["head"], told["foreign"])


@pytest.mark.parametrize(
    ("named", "code", "words"),
    [
        ("GITHUB_TOKEN=", 1, "GITHUB_TOKEN is not set"),
        ("GITHUB_REPOSITORY=", 1, "no run of GitHub Actions"),
        ("GITHUB_SHA=", 1, "names no commit"),
        ("GITHUB_REF=refs/heads/topic", 4, "this run is for `topic`, and what is applied is `main`"),
        ("GITHUB_REF=refs/tags/v1", 4, "this run is for `push`"),
        ("GITHUB_TOKEN=ghs_wrong01234567", 1, "401: Bad credentials"),
    ],
)
@pytest.mark.parametrize("command", ["tip", "digest"])
def test_what_forbids_an_apply(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str, named: str, code: int, words: str
) -> None:
    """Where nobody can tell whether this may be applied, the command says why and fails."""
    monkeypatch.setenv(*named.split("=", 1))

    done = desk.run(command)

    assert (code, True) == (done.code, words in done.err)


def test_the_tip(desk: Desk) -> None:
    """The tip passes, of the branch that is named as well; anything else is stale."""
    desk.hub.branches = {"main": MERGED, "production": HEAD}

    assert [0, 4] == [desk.run("tip").code, desk.run("tip", "--branch", "production").code]
    desk.hub.branches["main"] = HEAD
    stale = desk.run("tip")
    assert (4, True) == (stale.code, f"`{MERGED}` is not the tip of `main` any more: that is `{HEAD}`" in stale.err)


def test_the_digest(desk: Desk) -> None:
    """The digest that was reviewed is printed alone; where there is none, nothing is, and the code is 3."""
    desk.hub.open_pull(7, HEAD)
    desk.hub.merge(7, MERGED)
    without = desk.run("digest")
    desk.hub.comment(7, BOT, f"<!-- rulesync:plan place=.: commit={HEAD} digest={DIGEST} -->\nwords")

    assert (3, "", True) == (without.code, without.out, "no plan of this commit was reviewed" in without.err)
    assert (0, f"{DIGEST}\n") == (desk.run("digest").code, desk.run("digest").out)


def test_a_plan(desk: Desk) -> None:
    """A plan is posted with its commit and digest, and words about what merging does."""
    desk.pull()

    assert "comment on #7: posted\n" == desk.comment(PLAN).out
    (body,) = desk.hub.bodies(7)
    assert (
        f"<!-- rulesync:plan place=.: commit={HEAD} digest={DIGEST} -->\nsome words\n\nWhen"
        == body.partition(" this")[0]
    )


@pytest.mark.parametrize(
    ("value", "posted", "digest"),
    [
        ({**PLAN, "summary": {"create": 0}}, False, False),
        ({**PLAN, "summary": {}, "findings": [{"severity": "warning"}]}, False, False),
        ({**PLAN, "summary": {}, "findings": [{"severity": "error"}]}, True, True),
        ({**PLAN, "summary": {}, "errored": True}, True, False),
        ({"digest": 7, "findings": 7, "summary": 7}, False, False),
    ],
)
def test_what_is_worth_a_comment(desk: Desk, value: dict[str, Any], posted: object, digest: object) -> None:
    """Writes, errors and plans that failed are worth a comment; only a plan that can be carried out has a digest."""
    desk.pull()

    assert 0 == desk.comment(value).code

    bodies = desk.hub.bodies(7)
    assert (posted, digest) == (bool(bodies), any("digest=" in body for body in bodies))


def test_what_merging_means(desk: Desk) -> None:
    """A comment says what merging does: this plan; or nothing, where the plan is refused or would write nothing."""
    refused = {**PLAN, "findings": [{"severity": "error"}]}
    nothing = {**PLAN, "summary": {}}
    desk.pull()

    said = []
    for value in (PLAN, refused, {**refused, "errored": True}, nothing):
        desk.comment(value)
        said.append(desk.hub.bodies(7)[-1].rpartition("\n\n")[2].split(",")[0].strip())

    assert said[0].startswith("When this is merged at ")
    assert ["As it is", "As it is"] == said[1:3]
    assert said[3].endswith("some words")


def test_a_report(desk: Desk) -> None:
    """A report goes to the pull request that made the commit, if it did anything, and to none where there is none."""
    nowhere = desk.comment({"outcomes": [{}]}, "--report")
    desk.hub.open_pull(7, HEAD)
    desk.hub.merge(7, MERGED)
    quiet = desk.comment({"outcomes": [], "error": None}, "--report")
    done = desk.comment({"outcomes": [{}], "error": None}, "--report")

    assert (0, "") == (nowhere.code, nowhere.out)
    assert ["comment on #7: not posted: there is nothing to say\n", "comment on #7: posted\n"] == [quiet.out, done.out]
    assert ["<!-- rulesync:apply place=.: -->\nsome words\n"] == desk.hub.bodies(7)


@pytest.mark.parametrize("report", [False, True])
def test_a_file_that_is_not_there(desk: Desk, report: bool) -> None:  # noqa: FBT001 - one of two
    """Where there is no plan or report, the comment says so rather than keep an old one."""
    desk.pull()
    if report:
        desk.hub.merge(7, MERGED)
        desk.event({"repository": {"default_branch": "main"}})

    done = desk.run("comment", "no.json", "--body", "no.md", *["--report"] * report)

    (body,) = desk.hub.bodies(7)
    assert (0, "digest=" in body) == (done.code, False)
    assert ("could not be applied" if report else "The plan could not be made") in body


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("plan.json", "{", "holds no JSON of rulesync"), ("plan.json", "[]", "holds no JSON of rulesync")],
)
def test_a_file_that_is_no_plan(desk: Desk, name: str, text: str, words: str) -> None:
    """What is no JSON of ours is refused, and nothing is posted."""
    desk.pull()

    done = desk.comment(text)

    assert (1, True, [], name) == (done.code, words in done.err, desk.hub.writes(), "plan.json")


def test_a_directory_is_no_file(desk: Desk) -> None:
    """What cannot be read is refused in a sentence."""
    desk.pull()

    done = desk.run("comment", str(desk.root), "--body", str(desk.root / "body.md"))

    assert (1, True) == (done.code, "cannot read" in done.err)


def test_no_pull_request(desk: Desk) -> None:
    """A plan of a push is nowhere to comment on, which is no failure."""
    done = desk.comment(PLAN)

    assert (0, [], True) == (done.code, desk.hub.asked, "no pull request set this run off" in done.err)


def test_one_workspace(desk: Desk) -> None:
    """A comment is of one workspace, which stands in its marker."""
    desk.pull()
    file = desk.file("plan.json", json.dumps(PLAN))

    assert 64 == run(["--all-workspaces", "github", "comment", file, "--body", file])
    assert 64 == run(["--workspace", "a", "--workspace", "b", "github", "comment", file, "--body", file])
    assert 0 == run(["-C", "money/", "--workspace", "firm", "github", "comment", file, "--body", file])
    assert desk.hub.bodies(7)[0].startswith("<!-- rulesync:plan place=money:firm ")


def test_the_issue(desk: Desk) -> None:
    """Drift opens an issue with a title that says how many, and none closes it."""
    found = [desk.issue(DRIFTED).out, desk.issue(DRIFTED).out, desk.issue({"resource_drift": []}).out]

    assert ["issue: posted\n", "issue: left as it is\n", "issue: closed\n"] == found
    (issue,) = desk.hub.issues
    assert ("closed", "Rules: nothing drifts any more") == (issue["state"], issue["title"])


@pytest.mark.parametrize("value", [{}, {"resource_drift": 7}, {"resource_drift": None}])
def test_what_is_no_drift(desk: Desk, value: object) -> None:
    """A file that lists no drift at all closes no issue."""
    desk.issue(DRIFTED)

    done = desk.issue(value)

    assert (1, "open") == (done.code, desk.hub.issues[0]["state"])


def test_titles(desk: Desk) -> None:
    """The title names the workspace, and counts."""
    file = desk.file("drift.json", json.dumps({"resource_drift": [*DRIFTED["resource_drift"] * 2, "odd"]}))
    code = run(["--workspace", "firm", "github", "issue", file, "--body", file])

    assert (0, "Rules of `firm`: 3 rules are not what Git wants") == (code, desk.hub.issues[0]["title"])


def test_words_of_github(desk: Desk) -> None:
    """What GitHub says is shown on one line, and orders nothing."""
    desk.hub.faults = [Fault("GET", Answer(422, {"message": "x\n::error::y \x1b[31m"}))]

    done = desk.run("tip")

    assert (1, []) == (done.code, [line for line in done.err.splitlines() if line.strip().startswith("::")])
    assert "\x1b" not in done.err


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["nope"], 64), (["tip", "--nope"], 64), (["comment"], 64)])
def test_help(desk: Desk, arguments: list[str], code: int) -> None:
    """Alone it shows what it has, and what makes no sense is wrong use, in one line and where to read on."""
    done = desk.run(*arguments)

    assert (code, True) == (done.code, ("digest" in done.out) if code == 0 else ("--help`" in done.err))
