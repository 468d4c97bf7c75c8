"""What the plan workflow does on a pull request."""

import time

import pytest

from tests.actions.stage import Run, Stage
from tests.github.hub import BOT, TOKEN, Answer, Fault, person, refusal

BROKEN = "nickname: x\ntrigger: {type: NOPE}\nsteps: []\n"


def test_one_comment_that_is_edited(stage: Stage) -> None:
    """A pull request has one comment, which each push edits; when nothing is left to change, it says so."""
    stage.branch()
    stage.rule("save", 20)
    stage.commit()
    first = stage.plan_pull()
    stage.rule("save", 25)
    head = stage.commit()
    second = stage.plan_pull()
    (changed,) = stage.hub.bodies(7)
    stage.git("rm", "-q", "rules/save.yaml")
    stage.commit()
    third = stage.plan_pull()
    (quiet,) = stage.hub.bodies(7)

    assert [0, 0, 0] == [run.code for run in (first, second, third)]
    assert ["true", "true", "false"] == [run.outputs["changes"] for run in (first, second, third)]
    assert f"commit={head} digest={second.json('plan.json')['digest']}" in changed.splitlines()[0]
    assert "send 25 % of the deposit" in changed
    assert "this very plan is carried out and no other" in changed
    assert "No changes." in quiet
    assert "When this is merged" not in quiet
    assert ["POST", "PATCH", "PATCH"] == [method for method, _ in stage.hub.writes()]
    assert [] == stage.writes()
    assert "Creates 1 rule." in first.summary


def test_no_comment_without_a_reason(stage: Stage) -> None:
    """A pull request that changes no rule gets no comment."""
    stage.branch()
    (stage.root / "README.md").write_text("words")
    stage.commit()

    run = stage.plan_pull()

    assert (0, [], []) == (run.code, stage.hub.bodies(7), stage.hub.writes())
    assert "not posted: there is nothing to say" in run.log


def test_findings_stand_at_their_lines(stage: Stage) -> None:
    """A mistake in a rule file is an annotation at its line, a comment, and the end of the job."""
    stage.branch()
    stage.rule("save", text=BROKEN)
    stage.commit()

    run = stage.plan_pull()

    assert (3, "3") == (run.code, run.outputs["exit-code"])
    assert [True] == [line.startswith("::error file=rules/save.yaml,line=2,col=") for line in run.annotations[:1]]
    assert "NOPE" in stage.hub.bodies(7)[0]


@pytest.mark.parametrize("actor", ["fork", "dependabot[bot]"])
def test_without_secrets(stage: Stage, actor: str) -> None:
    """A run that gets no secrets checks the files offline, says so, and writes nothing to GitHub."""
    stage.branch()
    stage.rule("save")
    stage.rule("odd", text=BROKEN)
    stage.commit()
    fork = "mallory/money" if actor == "fork" else None
    before = len(stage.box.log())

    run = stage.plan_pull(fork=fork, GITHUB_ACTOR=actor, ACTION_KEYS="SEQUENCE_API_KEY=\n")

    assert (3, before, []) == (run.code, len(stage.box.log()), stage.hub.asked)
    assert run.annotations[0].startswith("::error file=rules/odd.yaml,line=2,")
    assert run.summary.startswith("**Checked offline, without a plan.** The rule files have errors")
    assert "changes" not in run.outputs


def test_a_key_that_is_missing(stage: Stage) -> None:
    """Where a run should have the key and has not, it fails, and the comment does not keep an old plan."""
    stage.branch()
    stage.rule("save")
    stage.commit()
    stage.plan_pull()

    run = stage.plan_pull(ACTION_KEYS="SEQUENCE_FIRM_KEY=sk_other\n")

    assert (1, True) == (run.code, "SEQUENCE_API_KEY is not set" in run.log)
    (body,) = stage.hub.bodies(7)
    assert "digest=" not in body
    assert "send 20 %" not in body


def test_a_configuration_that_cannot_be_read(stage: Stage) -> None:
    """Where not even a plan that failed can be written, the comment says that there is none."""
    stage.branch()
    stage.rule("save")
    stage.commit()
    stage.plan_pull()
    (stage.root / "rulesync.yaml").write_text("scope: [\n")
    stage.commit()

    run = stage.plan_pull()

    assert 1 == run.code
    (body,) = stage.hub.bodies(7)
    assert "**The plan could not be made.**" in body
    assert "https://github.example/acme/money/actions/runs/4711" in body


def test_an_older_run(stage: Stage) -> None:
    """A run of a commit that the pull request has left behind does not overwrite the newer plan."""
    stage.branch()
    stage.rule("save")
    stage.commit()
    stage.plan_pull()
    pull = dict(stage.hub.pulls[7], head={"sha": "d" * 40, "repo": {"full_name": "acme/money"}})
    before = stage.hub.bodies(7)
    event = {"pull_request": pull, "repository": pull["base"]["repo"]}

    run = stage.run("plan", "pull_request", event, sha="d" * 40, ref="refs/pull/7/merge")

    assert (0, before) == (run.code, stage.hub.bodies(7))
    assert "has moved on" in run.log


def test_others_are_not_believed(stage: Stage) -> None:
    """A comment with our marker that a person wrote is left alone."""
    forged = "<!-- rulesync:plan place=.: -->\nAll is well."
    stage.hub.comment(7, person("mallory"), forged)
    stage.branch()
    stage.rule("save")
    stage.commit()

    stage.plan_pull()

    assert (forged, 2) == (stage.hub.bodies(7)[0], len(stage.hub.bodies(7)))


def test_rights_that_are_missing(stage: Stage) -> None:
    """Where the comment may not be written, the job fails with the right to give, after the summary was written."""
    stage.hub.rights = {"contents": "read"}
    stage.branch()
    stage.rule("save")
    stage.commit()

    run = stage.plan_pull()

    assert (1, True) == (run.code, "Creates 1 rule." in run.summary)
    assert "403: Resource not accessible by integration" in run.log
    assert "`pull-requests: write` for comments" in run.log
    assert TOKEN not in run.log


def test_a_github_that_stumbles(stage: Stage) -> None:
    """A few failures of GitHub on the way cost a moment, and a lost answer makes no second comment."""
    stage.hub.faults = [
        Fault("GET", Answer(502, b"")),
        Fault("POST", Answer(502, b""), late=True),
        Fault("GET", refusal(403, "You have exceeded a secondary rate limit", Retry_After="0")),
    ]
    stage.branch()
    stage.rule("save")
    stage.commit()

    assert (0, 1) == (stage.plan_pull().code, len(stage.hub.bodies(7)))


def test_a_github_that_is_down(stage: Stage) -> None:
    """A GitHub that does not answer fails the job; the plan stands in the log and in the summary."""
    stage.branch()
    stage.rule("save")
    stage.commit()

    run = stage.plan_pull(GITHUB_API_URL="http://127.0.0.1:9")

    assert (1, True) == (run.code, "Creates 1 rule." in run.summary)
    assert "`127.0.0.1:9` could not be reached" in run.log


def test_what_git_protects(stage: Stage) -> None:
    """What is protected at the tip of the other branch is protected from the pull request that takes that away."""
    stage.rule("save", text="protect: true\n" + "nickname: save\n" + _body())
    stage.commit()
    before, now = stage.push()
    stage.apply_push(before, now, ACTION_REQUIRE_REVIEW="false")
    stage.branch()
    stage.rule("save", text="nickname: other\n" + _body())
    stage.commit()

    run = stage.plan_pull()

    assert (3, True) == (run.code, "--allow-protected" in stage.hub.bodies(7)[-1])


def _body() -> str:
    return (
        "trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}\nsteps:\n"
        "  - actions: [{type: fixed_amount, amount: $5.00, source: checking, destination: savings}]\n"
    )


def test_words_that_would_be_obeyed(stage: Stage) -> None:
    """A rule's name orders nothing: no command of the runner, no mention, no end of a fold."""
    stage.branch()
    name = '"</details>@here ::error::x `|-<script>"'
    stage.rule("save", text="nickname: " + name + "\n" + _body())
    stage.commit()

    run = stage.plan_pull()

    (body,) = stage.hub.bodies(7)
    assert (0, []) == (run.code, run.annotations)
    assert body.count("<details>") == body.count("</details>")
    assert "@here" not in body


def test_of_the_bot_alone(stage: Stage) -> None:
    """A token of another app keeps the comments of that app, and leaves those of others."""
    theirs = stage.hub.comment(7, {**BOT, "login": "money[bot]"}, "<!-- rulesync:plan place=.: -->\nold")
    stage.branch()
    stage.rule("save")
    stage.commit()

    stage.plan_pull(ACTION_BOT="money[bot]")

    assert 1 == len(stage.hub.bodies(7))
    assert "Creates 1 rule." in str(theirs["body"])


def test_a_plan_reads_what_moved(stage: Stage) -> None:
    """What an earlier run read is not read again, what it kept names no key, and an edit in the app is seen."""
    stage.rule("save")
    stage.rule("more")
    stage.commit()
    assert 0 == stage.apply_push(*stage.push(), ACTION_REQUIRE_REVIEW="false").code
    time.sleep(3)  # until what was written counts as settled, by the API's own clock
    first = stage.by_hand("plan")
    stage.box.edit(stage.managed()["save"]["id"], nickname="Somebody was here")
    second = stage.by_hand("plan")

    assert {"read": 2, "cached": 0} == _took(first)
    assert {"read": 1, "cached": 1} == _took(second)
    assert "Somebody was here" in second.summary
    assert stage.kept is not None
    assert 0 == sum(stage.box.key in file.read_text() for file in stage.kept.iterdir())


def _took(run: Run) -> dict[str, int]:
    told = run.json("plan.json")["refresh"]
    return {"read": told["read"], "cached": told["cached"]}
