"""What is known of rule files makes a plan cheaper, and never another one."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rulesync
from rulesync.accounts import AccountBook, AccountEntry, ListedAccount
from rulesync.cache import Bodies
from rulesync.cli import knowing
from rulesync.cli.planning import Planned, make_plan
from rulesync.config import Caching, Config, load
from rulesync.errors import ConfigError
from rulesync.plan import Options
from rulesync.planjson import PlanJson
from rulesync.recall import text_digest
from rulesync.remote import Reader, client
from rulesync.render import terminal
from rulesync.sandbox import Sandbox
from rulesync.wire import v1
from tests.clocks import FakeClock

URL = "http://127.0.0.1/api/v1"
ACCOUNTS = """{
    checking: {id: acc_01HABC4567, type: income_source}, savings: {SAVINGS},
    unseen: {id: acc_elsewhere}, far: {id: acc_far, type: pod},
  }"""
CONFIG = f"""\
scope: home
accounts: {ACCOUNTS}
checks: {{nameless: SEVERITY}}
vars: {{share: SHARE}}
cosmetic: COSMETIC
workspaces:
  other:
    api: {{key_env: SEQUENCE_OTHER_KEY}}
    accounts: {ACCOUNTS}
"""
ACTION = "{type: fixed_amount, amount: $AMOUNT.00, source: checking, destination: savings}"
RULE = f"""\
id: ID
nickname: NAME
status: STATUS
trigger: {{type: ON_FUNDS_TRANSFERRED, account: checking}}
steps: [{{actions: [{ACTION}]}}]
"""
TEMPLATE = RULE.replace("$AMOUNT.00", "{{ share }}")
NAMELESS = RULE.replace("nickname: NAME\n", "")
EXCUSED = RULE + "suppress: {two-deposit-rules: {reason: both are meant, until: 2026-03-02}}\n"
ONCE = RULE.replace(
    "type: ON_FUNDS_TRANSFERRED", "type: SCHEDULED, schedule_type: ONE_TIME, start_date: 2026-03-02T12:02:00Z"
)
UNSEEN = RULE.replace("FERRED, account: checking", "FERRED, account: unseen").replace("id: ID\n", "")
WRONG = RULE.replace("checking, destination", "chequing, destination")
TWO = f"key: two-a\n{RULE.replace('ID', 'OTHER')}---\nkey: two-b\n{RULE}"
UNPINNED = TEMPLATE.replace("id: ID\n", "").replace("NAME", "Save, {{ loop.index }}")
EACH = f"{{% for name, share in share.items() %}}\n---\nkey: {{{{ name }}}}\n{UNPINNED}{{% endfor %}}\n"
FAR = RULE.replace("destination: savings", "destination: far")
MACRO = f"{{% macro move() %}}{ACTION}{{% endmacro %}}\n"
IMPORTING = "{% import '_m.yaml' as m %}\n" + RULE.replace(ACTION, "{{ m.move() }}")
ONE_IN_TWO = f"key: two-a\n{RULE.replace('ID', 'OTHER')}---\nkey: two-b\n{ONCE}"
SHAPES = (
    RULE, TEMPLATE, NAMELESS, EXCUSED, ONCE, WRONG, TWO, "nonsense: [", "", EACH, UNSEEN, FAR, IMPORTING, ONE_IN_TWO
)  # fmt: skip


class Place:
    """A directory of rules and an organisation in the sandbox, planned with what is known and without."""

    def __init__(self, root: Path) -> None:
        self.root, self.time = root, FakeClock()
        self.box = Sandbox(clock=self.time.clock.now, requests_per_minute=None, household=False)
        for name, kind in (("acc_01HABC4567", "income_source"), ("acc_s1", "pod"), ("acc_s2", "pod")):
            self.box.open_account({"id": name, "name": name, "type": kind})
        action = {
            "type": "fixed_amount", "amount_in_cents": 2500, "group_index": 0, "up_to_enabled": False,
            "source": {"id": "acc_01HABC4567", "type": "income_source"}, "destination": {"id": "acc_s1", "type": "pod"},
        }  # fmt: skip
        trigger = {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_01HABC4567"}
        rule = {"nickname": "Save 25", "status": "enabled", "trigger": trigger, "steps": [{"actions": [action]}]}
        self.ids = [self.box.create_in_app(rule) for _ in range(4)]
        self.settings = {
            "SAVINGS": "id: acc_s1, type: pod", "SEVERITY": "info", "SHARE": "$25.00", "COSMETIC": "apply"
        }  # fmt: skip
        self.workspace: str | None = None
        (root / "rules").mkdir()
        self.write_macro(25)
        for at in range(3):
            self.write(at, RULE, 25)
        self.configure()

    def configure(self) -> None:
        """Write rulesync.yaml as it is to be now."""
        text = CONFIG
        for word, value in self.settings.items():
            text = text.replace(word, value)
        (self.root / "rulesync.yaml").write_text(text)

    def write(self, at: int, shape: str, amount: int, status: str = "enabled") -> None:
        """Write a rule file anew."""
        text = shape.replace("ID", self.ids[at]).replace("OTHER", self.ids[3])
        text = text.replace("NAME", f"Save {amount}").replace("AMOUNT", str(amount)).replace("STATUS", status)
        (self.root / "rules" / f"rule-{at}.yaml").write_text(text)

    def write_macro(self, amount: int) -> None:
        """Write the file of the macro anew."""
        (self.root / "rules" / "_m.yaml").write_text(MACRO.replace("AMOUNT", str(amount)))

    def config(self) -> Config:
        """Return the configuration as it is now."""
        name = "SEQUENCE_OTHER_KEY" if self.workspace else "SEQUENCE_API_KEY"
        found = load(self.root, None, self.workspace, {name: self.box.key, "RULESYNC_BASE_URL": URL})
        return replace(found, caching=Caching(self.root / "cache", named=True, bodies=True))

    def plan(self, *, known: bool) -> Planned:
        """Plan, as a run of its own does."""
        config, transport, clock = self.config(), httpx.WSGITransport(app=self.box.wsgi), self.time.clock
        opened = client(
            URL, self.box.key, v1, per_minute=10**6, transport=transport, clock=clock, random=Random(1)
        )  # fmt: skip
        bodies = Bodies(self.root / "cache", URL, self.box.key, "v1") if known else None
        with opened as http:
            made = make_plan(
                config, Reader(http, v1, cache=bodies), Options(), clock=clock,
                known=knowing.opened(config, "plan", secret=self.box.key) if known else None,
            )  # fmt: skip
        if bodies:
            bodies.close()
        return made


def told(planned: Planned, *, whole: bool = True) -> PlanJson:
    """Return a plan without when it was made, and where it came from."""
    value = planned.json(whole=whole)
    value["timestamp"] = ""
    value.pop("refresh", None)
    return value


@contextmanager
def a_place(root: Path) -> Iterator[Place]:
    place = Place(root)
    try:
        yield place
    finally:
        place.box.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with a_place(tmp_path) as made:
        made.time.seconds += 60
        yield made


def agree(place: Place) -> None:
    """Hold a plan from what is known against one from everything, as JSON and as text."""
    plain, known = place.plan(known=False), place.plan(known=True)
    text = terminal.plan(told(known, whole=False), color=False)
    assert told(plain) == told(known)
    assert terminal.plan(told(plain), color=False) == text


numbers = st.integers(min_value=0, max_value=2)
steps = st.one_of(
    st.tuples(st.just("write"), numbers, st.sampled_from(SHAPES), st.sampled_from([25, 30])),
    st.tuples(st.just("off"), numbers),
    st.tuples(st.just("remove"), numbers),
    st.tuples(st.just("edit"), numbers, st.sampled_from(["Save 25", "Save 30"])),
    st.tuples(st.just("switch"), numbers),
    st.tuples(st.just("later"), st.sampled_from([1, 90, 90_000])),
    st.tuples(st.just("damage"), st.integers(0, 10**6)),
    st.tuples(
        st.just("set"),
        st.sampled_from(
            [
                ("SAVINGS", "id: acc_s2, type: pod"),
                ("SEVERITY", "error"),
                ("SHARE", "$30.00"),
                ("SAVINGS", "id: acc_s1, type: pod"),
                ("COSMETIC", "defer"),
            ]
        ),
    ),
    st.tuples(st.just("workspace"), st.sampled_from([None, "other"])),
    st.tuples(st.just("macro"), st.sampled_from([25, 30])),
    st.just(("plan",)),
)


@given(st.lists(steps, max_size=8))
def test_what_is_known_never_changes_a_plan(
    tmp_path_factory: pytest.TempPathFactory, taken: list[tuple[Any, ...]]
) -> None:
    """Whatever happens to files, configuration, rules in the app and the memory itself: both plans are the same."""
    with a_place(tmp_path_factory.mktemp("law")) as place:
        place.time.seconds += 60
        for step in [("plan",), ("plan",), *taken, ("plan",), ("plan",)]:
            take(place, step)


STORIES: dict[str, list[tuple[Any, ...]]] = {
    "a check gets another weight": [("write", 0, NAMELESS, 25), ("plan",), ("set", ("SEVERITY", "error"))],
    "a name stands for another account": [("set", ("SAVINGS", "id: acc_s2, type: pod"))],
    "a value of templates changes": [("write", 0, TEMPLATE, 25), ("plan",), ("plan",), ("set", ("SHARE", "$30.00"))],
    "a start passes": [("write", 0, ONCE, 25), ("plan",), ("later", 90)],
    "an excuse runs out": [("write", 0, EXCUSED, 25), ("plan",), ("later", 90_000)],
    "a rule that is to be off is on again": [
        ("quirk", "app_leaves_updated_at"), ("off", 0), ("switch", 0), ("plan",), ("plan",), ("switch", 0)
    ],
    "a rule is edited in the app": [("edit", 0, "Save 30"), ("plan",), ("edit", 0, "Save 25")],
    "a document of two is taken away": [("write", 0, TWO, 25), ("plan",), ("plan",), ("remove", 0)],
    "a second account has the name": [
        ("set", ("SAVINGS", "name: acc_s1")), ("plan",), ("plan",), ("open", "acc_s9", "acc_s1")
    ],
    "the order of values changes": [
        ("set", ("SHARE", "{a: $25.00, b: $30.00}")), ("write", 0, EACH, 25), ("plan",), ("plan",),
        ("edit", 0, "Save 30"), ("set", ("SHARE", "{b: $30.00, a: $25.00}")),
    ],
    "a macro is edited": [("write", 0, IMPORTING, 25), ("plan",), ("plan",), ("macro", 30)],
    "it is another workspace's, in which no `id:` counts": [("workspace", "other")],
    "one of its documents is read each time": [("write", 0, ONE_IN_TWO, 25), ("plan",), ("plan",), ("later", 90)],
    "the accounts are looked at, where another rule changes": [("close", "acc_s1"), ("plan",), ("write", 2, RULE, 30)],
    "an account is listed that was not": [("write", 0, FAR, 25), ("plan",), ("plan",), ("open", "acc_far", "Far")],
    "words alone differ, and wait": [("set", ("COSMETIC", "defer")), ("edit", 0, "Save 30")],
    "another file claims its key": [("remove", 1), ("plan",), ("write", 1, TWO, 25), ("write", 2, TWO, 25)],
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_what_was_known_is_not_believed_when(place: Place, story: str) -> None:
    """All that decides what a text means, besides the text, makes it be read again: the plan is that of everything."""
    *before, last = STORIES[story]
    for step in [("plan",), *before, ("plan",), ("plan",)]:
        take(place, step)
    known = told(place.plan(known=True))
    for step in [last, ("plan",), ("later", 60), ("plan",), ("plan",), ("plan",)]:
        take(place, step)
    assert known != told(place.plan(known=True))


def test_an_account_that_the_api_does_not_list(place: Place) -> None:
    """A rule that speaks of an account that is not listed is planned alike, as often as it is."""
    for at in range(3):
        take(place, ("remove", at))
    place.write(0, UNSEEN, 25)
    for _ in range(3):
        agree(place)


def take(place: Place, step: tuple[Any, ...]) -> None:
    match step:
        case ("write", at, shape, amount):
            place.write(at, shape, amount)
        case ("off", at):
            place.write(at, RULE, 25, "disabled")
        case ("remove", at):
            (place.root / "rules" / f"rule-{at}.yaml").unlink(missing_ok=True)
        case ("later", seconds):
            place.time.seconds += seconds
        case ("set", (word, value)):
            place.settings[word] = value
            place.configure()
        case ("workspace", name):
            place.workspace = name
        case ("macro", amount):
            place.write_macro(amount)
        case ("damage", seed):
            damage(place, Random(seed))
        case ("plan",):
            agree(place)
        case _:
            take_in_app(place, step)


def take_in_app(place: Place, step: tuple[Any, ...]) -> None:
    there = {str(rule["id"]): rule for rule in place.box.rules()}
    match step:
        case ("edit", at, nickname):
            place.box.edit(place.ids[at], nickname=nickname)
        case ("switch", at):
            change = place.box.pause if there[place.ids[at]]["status"] == "enabled" else place.box.activate
            change(place.ids[at])
        case ("open", account, name):
            place.box.open_account({"id": account, "name": name, "type": "pod"})
        case ("close", account):
            place.box.delete_account(account)
        case ("quirk", name):
            setattr(place.box.quirks, name, True)


def damage(place: Place, random: Random) -> None:
    for file in (place.root / "cache" / "files").glob("*"):
        content = bytearray(file.read_bytes())
        if random.random() < 0.5 and content:
            content[random.randrange(len(content))] ^= random.randrange(1, 256)
        else:
            del content[random.randrange(len(content) + 1) :]
        file.write_bytes(content)


def test_a_rule_that_did_not_change_is_not_read_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third plan of what stays as it is reads no YAML, understands no body, and imports nothing that could."""
    place.plan(known=True)
    place.time.seconds += 60
    place.plan(known=True)
    for module in ("rulesync.source.drafts", "rulesync.source.rulefile"):
        monkeypatch.setitem(sys.modules, module, None)
    made = place.plan(known=True)
    assert ["no-op"] * 3 == [change.operation.value for change in made.plan.changes]
    assert 3 == told(made, whole=False)["summary"]["no-op"]


def test_a_run_that_reads_everything_again_believes_nothing(place: Place) -> None:
    """With `--refresh`, which trusts bodies for no hour, nothing is known of rule files, and all of it is kept anew."""
    for _ in range(2):
        place.plan(known=True)
    config = place.config()
    at = replace(config, caching=Caching(place.root / "cache", bodies=True, hours=0.0))
    nowhere = replace(config, caching=Caching())
    texts = [text_digest(f"rules/{file.name}", file.read_text()) for file in (place.root / "rules").glob("rule-*")]
    known = [knowing.opened(each, "plan", secret=place.box.key) for each in (config, at)]

    assert [[True] * 3, [False] * 3] == [[bool(one and one.find(text)) for text in texts] for one in known]
    assert knowing.opened(nowhere, "plan") is None


def test_each_command_knows_by_itself(place: Place) -> None:
    """What `plan` knows takes its key to find; `validate`, which has none, neither finds nor loses it."""
    for _ in range(2):
        place.plan(known=True)
    config, text = place.config(), (place.root / "rules" / "rule-0.yaml").read_text()
    name = text_digest("rules/rule-0.yaml", text)
    asked = [("plan", place.box.key), ("plan", ""), ("validate", "")]
    known = [knowing.opened(config, command, secret=secret) for command, secret in asked]

    assert [True, False, False] == [bool(one and one.find(name)) for one in known]


def test_each_workspace_knows_by_itself(place: Place) -> None:
    """What one workspace knows is nothing to another that has the same files, and is still there after that one ran."""
    for workspace in (None, "other"):
        place.workspace = workspace
        assert not is_known(place, place.config())
        for _ in range(2):
            place.plan(known=True)

    place.workspace = None
    assert is_known(place, place.config())


def is_known(place: Place, config: Config) -> bool:
    """Tell whether anything is known of the first rule file by a plan of this configuration."""
    text = (place.root / "rules" / "rule-0.yaml").read_text()
    known = knowing.opened(config, "plan", secret=place.box.key)
    return bool(known and known.find(text_digest("rules/rule-0.yaml", text)))


@pytest.mark.parametrize(
    "other",
    [
        {"ids": {"rule-0": "rule_1"}},
        {"vars": {"share": "$30.00"}},
        {"accounts": {"checking": AccountEntry(id="acc_01HABC4567", type="pod")}},
        {"accounts": {"checking": AccountEntry(name="acc_01HABC4567")}},
        {"checks": {"nameless": None}},
    ],
    ids=str,
)
def test_in_other_surroundings_nothing_is_known(place: Place, other: dict[str, Any]) -> None:
    """Another pin, value of templates, account or weight of a check, and no file is known; as it was, each one is."""
    for _ in range(2):
        place.plan(known=True)
    config = place.config()

    assert [False, True] == [is_known(place, each) for each in (replace(config, **other), config)]


ENTRIES = {"checking": AccountEntry(id="acc_1"), "far": AccountEntry(id="acc_2")}
LISTED = ListedAccount("acc_1", "Checking", "income_source", can_be_source=True)


@pytest.mark.parametrize(
    "other",
    [
        AccountBook(ENTRIES),
        AccountBook({**ENTRIES, "far": AccountEntry(id="acc_3")}, (LISTED,)),
        AccountBook({"checking": AccountEntry(id="acc_1"), "away": AccountEntry(id="acc_2")}, (LISTED,)),
        AccountBook(ENTRIES, ()),
        AccountBook(ENTRIES, (replace(LISTED, can_be_source=False),)),
        AccountBook(ENTRIES, (replace(LISTED, deleted=True),)),
    ],
)
def test_what_is_around_is_told_apart(other: AccountBook) -> None:
    """An account that is listed otherwise, or goes by another name, makes other surroundings for the checks."""
    assert knowing.around(AccountBook(ENTRIES, (LISTED,))) != knowing.around(other)


OURS = Path(rulesync.__file__).parent


def test_other_code_finds_out_by_itself(tmp_path: Path) -> None:
    """What one code said of a rule is never said by another: not after an edit, and not in another version.

    Where all files bear one and the same time, as some installers have it, the version alone tells.
    """
    code, home = tmp_path / "code", tmp_path / "home"
    shutil.copytree(OURS, code / "rulesync", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "rules").mkdir(parents=True)
    accounts = "checking: {id: acc_1, type: income_source}, savings: {id: acc_2, type: pod}"
    (home / "rulesync.yaml").write_text(f"accounts: {{{accounts}}}\n")
    action = ACTION.replace("AMOUNT", "25")
    rule = f"trigger: {{type: MANUAL, account: checking}}\nsteps: [{{actions: [{action}]}}]\n"
    (home / "rules" / "a.yaml").write_text(rule)
    check, version = code / "rulesync" / "lint" / "texts.py", code / "rulesync" / "__init__.py"

    def said() -> str:
        words = [sys.executable, "-B", "-m", "rulesync", "-C", str(home), "validate"]
        kept = {**os.environ, "RULESYNC_CACHE_DIR": str(tmp_path / "kept")}
        done = subprocess.run(words, cwd=code, env=kept, capture_output=True, text=True, check=False)
        return str(re.findall(r"this rule [a-z ]+", done.stdout)[0])

    def edit(file: Path, old: str, new: str, *, unseen: bool = False) -> None:
        times, text = file.stat(), file.read_text()
        assert 1 == text.count(old)
        file.write_text(text.replace(old, new))
        if unseen:
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    first, again = said(), said()
    edit(check, first, "this rule goes by no name")
    edited = said()
    edit(check, edited, "this rule has no name yet", unseen=True)
    unseen = said()
    edit(version, f'"{rulesync.__version__}"', re.sub(r"\d", "9", f'"{rulesync.__version__}"'), unseen=True)

    assert first == again
    assert ("this rule goes by no name", edited) == (edited, unseen)
    assert "this rule has no name yet" == said()


def test_a_memory_that_does_not_fit_its_text(place: Place) -> None:
    """Where a document that is read again is not the one that is known, the run ends: nothing is shown of either."""
    place.write(0, TWO, 25)
    for _ in range(2):
        place.plan(known=True)
    text = (place.root / "rules" / "rule-0.yaml").read_text()
    memory = knowing.opened(place.config(), "plan", secret=place.box.key)
    assert memory
    digest = text_digest("rules/rule-0.yaml", text)
    one, other = memory.find(digest) or ()
    for wrong in ([other, one], [one], [replace(one, protect=True), other]):
        memory.keep(digest, wrong)
        memory.save()
        place.box.edit(place.ids[0], nickname="Edited")
        place.box.edit(place.ids[3], nickname="Edited")
        with pytest.raises(ConfigError, match="is not what it says"):
            told(place.plan(known=True))
