"""What the apply workflow does with what was merged."""

import pytest

from tests.actions.stage import Stage
from tests.github.hub import BOT, person


def reviewed(stage: Stage, percent: int = 20) -> None:
    """Open a pull request that writes a rule, and plan it."""
    stage.branch(f"topic-{percent}")
    stage.rule("save", percent)
    stage.commit()
    assert 0 == stage.plan_pull().code


def opened(stage: Stage) -> None:
    """Open a pull request that writes a rule, without planning it."""
    stage.branch("topic-20")
    stage.rule("save")
    stage.hub.open_pull(7, stage.commit())


def told(stage: Stage, user: dict[str, object], commit: str) -> None:
    """Write a comment like that of a plan."""
    marker = f"<!-- rulesync:plan place=.: commit={commit} digest={'d' * 64} -->"
    stage.hub.comment(7, user, f"{marker}\nCreates 1 rule.")


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_what_was_reviewed_is_applied(stage: Stage, how: str) -> None:
    """Whichever way a pull request is merged, its plan is carried out, and the pull request says what was done."""
    reviewed(stage)

    run = stage.apply_push(*stage.merge(how=how))

    assert (0, ["POST"]) == (run.code, stage.writes())
    plan, report = stage.hub.bodies(7)
    assert plan.startswith("<!-- rulesync:plan")
    assert report.startswith("<!-- rulesync:apply place=.: -->\n## Done.")
    assert f"{stage.app}/map/rules/{stage.managed()['save']['id']}?action=activateRule" in report
    assert report.partition("\n")[2].strip() in run.summary
    assert run.json("report.json")["plan_digest"] in plan


def test_a_second_run(stage: Stage) -> None:
    """The same run once more has nothing to do, changes nothing, and is no failure."""
    reviewed(stage)
    pushed = stage.merge()
    stage.apply_push(*pushed)
    before = stage.hub.bodies(7)

    again = stage.apply_push(*pushed)

    assert (0, ["POST"], before) == (again.code, stage.writes(), stage.hub.bodies(7))
    assert "No changes." in again.summary


def test_last_weeks_run(stage: Stage) -> None:
    """A run of a commit that is not the tip of its branch any more writes nothing, whatever was reviewed."""
    opened(stage)
    pushed = stage.merge()
    stage.git("checkout", "-q", "main")
    stage.commit("something else")
    stage.push()

    run = stage.apply_push(*pushed)

    assert (4, []) == (run.code, stage.writes())
    assert "is not the tip of `main` any more" in run.log


def test_what_moved_since(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the app moved after the review, nothing is written, and the plan of now is shown with the way on."""
    stage.rule("save")
    stage.commit()
    stage.push()
    stage.apply(monkeypatch)
    reviewed(stage, 25)
    rule = stage.managed()["save"]["id"]
    stage.box.edit(rule, nickname="Somebody was here")
    pushed = stage.merge()

    run = stage.apply_push(*pushed)

    assert (4, ["POST"]) == (run.code, stage.writes())
    assert "**Nothing was applied.** The plan of now is not the one that was reviewed" in run.summary
    assert "Somebody was here" in run.summary
    digest = run.json("plan.json")["digest"]
    assert f"`{digest}`" in run.summary or digest in run.summary
    assert "not the one that was reviewed" in stage.hub.bodies(7)[-1]

    by_hand = stage.by_hand("apply", ACTION_DIGEST=digest)
    assert (0, ["POST", "PUT"]) == (by_hand.code, stage.writes())
    assert "## Done." in stage.hub.bodies(7)[-1]


@pytest.mark.parametrize("digest", ["d" * 63, "the plan", "D" * 64])
def test_a_digest_that_is_none(stage: Stage, digest: str) -> None:
    """What can be no digest is refused before anything is asked for, and nothing is told on the pull request."""
    reviewed(stage)
    stage.merge()
    told = stage.hub.bodies(7)

    run = stage.by_hand("apply", ACTION_DIGEST=digest)

    assert (64, [], told) == (run.code, stage.writes(), stage.hub.bodies(7))
    assert "nothing was applied: the digest of a plan has 64 characters" in run.annotations[-1]


def test_a_digest_as_people_paste_it(stage: Stage) -> None:
    """Blanks around a digest are none of it."""
    reviewed(stage)
    stage.merge()
    digest = stage.by_hand("plan").json("plan.json")["digest"]

    assert 0 == stage.by_hand("apply", ACTION_DIGEST=f" {digest}\n").code


def test_two_merges_at_once(stage: Stage) -> None:
    """Of two merges the run of the first is left behind, and that of the second does not carry out both unseen."""
    reviewed(stage)
    stage.branch("second")
    stage.rule("fun", 5)
    stage.commit()
    stage.plan_pull(8)
    first, second = stage.merge(7), stage.merge(8)

    runs = [stage.apply_push(*first), stage.apply_push(*second)]

    assert ([4, 4], []) == ([run.code for run in runs], stage.writes())
    assert "Creates 2 rules." in runs[1].summary


def test_a_push_without_a_review(stage: Stage) -> None:
    """What was pushed past review is refused and shown, and applied once somebody gives the digest of that plan."""
    stage.rule("save")
    stage.commit()

    run = stage.apply_push(*stage.push())

    assert (3, []) == (run.code, stage.writes())
    assert "**Nothing was applied.** Nobody saw this plan on a pull request." in run.summary
    assert "it was pushed to `main`" in run.log
    assert 0 == stage.by_hand("apply", ACTION_DIGEST=run.json("plan.json")["digest"]).code
    assert ["POST"] == stage.writes()


def test_a_push_where_no_review_is_asked_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a review asked for, a push is applied, and edits that were made in the app are left alone."""
    stage.rule("save")
    stage.rule("fun")
    stage.commit()
    stage.push()
    stage.apply(monkeypatch)
    stage.box.edit(stage.managed()["save"]["id"], nickname="Somebody was here")
    stage.rule("fun", 10)
    stage.commit()

    run = stage.apply_push(*stage.push(), ACTION_REQUIRE_REVIEW="false")

    assert (5, "PUT") == (run.code, stage.writes()[-1])
    assert "Somebody was here" == stage.managed()["save"]["nickname"]
    assert {} == stage.hub.comments


def test_a_push_without_changes(stage: Stage) -> None:
    """A push that changes no rule needs no review."""
    (stage.root / "README.md").write_text("words")
    stage.commit()

    run = stage.apply_push(*stage.push())

    assert (0, []) == (run.code, stage.writes())


def test_a_plan_that_was_never_remade(stage: Stage) -> None:
    """A comment about an older commit of the pull request is no review of what was merged."""
    opened(stage)
    told(stage, BOT, stage.git("rev-parse", "HEAD"))
    stage.rule("save", 90)
    stage.hub.pulls[7]["head"]["sha"] = stage.commit()

    run = stage.apply_push(*stage.merge())

    assert (3, []) == (run.code, stage.writes())
    assert "is not of the last commit" in run.log


def test_a_forged_review(stage: Stage) -> None:
    """A comment that a person wrote approves nothing, also where its marker is right in all."""
    opened(stage)
    told(stage, person("mallory"), stage.git("rev-parse", "HEAD"))

    run = stage.apply_push(*stage.merge())

    assert (3, []) == (run.code, stage.writes())
    assert "has no comment with a plan" in run.log


def test_another_branch(stage: Stage) -> None:
    """A workflow that is started by hand on another branch applies nothing."""
    opened(stage)
    sha = stage.git("rev-parse", "HEAD")
    event = {"repository": {"full_name": "acme/money", "default_branch": "main"}}
    stage.hub.branches["topic-20"] = sha

    run = stage.run("apply", "workflow_dispatch", event, sha=sha, ref="refs/heads/topic-20", ACTION_DIGEST="d" * 64)

    assert (4, []) == (run.code, stage.writes())
    assert "this run is for `topic-20`" in run.log


def test_a_branch_of_ones_own_choice(stage: Stage) -> None:
    """The branch that is applied can be named, and then no other is, the default one included."""
    opened(stage)

    run = stage.apply_push(*stage.merge(), ACTION_BRANCH="production")

    assert (4, []) == (run.code, stage.writes())


def test_a_forced_push(stage: Stage) -> None:
    """After a forced push nobody can tell what the branch protected, so that nothing is written."""
    stage.rule("save")
    now = stage.commit()
    stage.hub.branches["main"] = now

    run = stage.apply_push("f" * 40, now, ACTION_REQUIRE_REVIEW="false")

    assert (1, []) == (run.code, stage.writes())
    assert "a force push, or a shallow clone" in run.annotations[-1]


def test_a_new_branch(stage: Stage) -> None:
    """The first push of a branch follows nothing that could be compared with."""
    stage.rule("save")
    now = stage.commit()
    stage.hub.branches["main"] = now

    assert 0 == stage.apply_push("0" * 40, now, ACTION_REQUIRE_REVIEW="false").code


def test_rights_that_are_missing(stage: Stage) -> None:
    """What was applied and cannot be told on the pull request is a failure that wrote all the same."""
    reviewed(stage)
    pushed = stage.merge()
    stage.hub.rights = {"contents": "read"}

    run = stage.apply_push(*pushed)

    assert (1, "0", ["POST"]) == (run.code, run.outputs["exit-code"], stage.writes())
    assert "`pull-requests: write` for comments" in run.log


def test_a_github_that_is_down(stage: Stage) -> None:
    """Where GitHub cannot be asked what the tip is and what was reviewed, nothing is written."""
    opened(stage)

    run = stage.apply_push(*stage.merge(), GITHUB_API_URL="http://127.0.0.1:9")

    assert (1, []) == (run.code, stage.writes())


def test_a_plan_that_is_refused(stage: Stage) -> None:
    """What validation refuses is not written, and the job says so."""
    stage.rule("save", text="nickname: x\ntrigger: {type: NOPE}\nsteps: []\n")
    stage.commit()

    run = stage.apply_push(*stage.push())

    assert (3, []) == (run.code, stage.writes())


def test_a_key_that_is_missing(stage: Stage) -> None:
    """Where the environment gave no key, nothing is written, and the pull request says why nothing was applied."""
    opened(stage)
    told(stage, BOT, stage.git("rev-parse", "HEAD"))

    run = stage.apply_push(*stage.merge(), ACTION_KEYS="SEQUENCE_API_KEY=\n")

    assert (1, []) == (run.code, stage.writes())
    assert "SEQUENCE_API_KEY is not set" in stage.hub.bodies(7)[-1]
