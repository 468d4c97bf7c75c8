"""What a check is: a function that looks at a scene and remarks on fields; where they stand is not its business."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rulesync.accounts import ListedAccount
from rulesync.findings import Severity
from rulesync.ruleset import DesiredRule

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the checks look at: every rule of a workspace, and what is known besides.

    `accounts` is the API's list by id, deleted ones too, None where it is not at hand; `names` are names of accounts
    for people, by id. The id of an account whose name was not looked up begins with `?`, and its type is `?`. `now` is
    in UTC. `written` gives the text of a field as it stands in its file, by the key of the rule and the path of the
    field in its plain body; it is empty where nobody knows. `memo` is for what is dear, and wanted by several checks.
    """

    rules: Sequence[DesiredRule]
    accounts: Mapping[str, ListedAccount] | None
    names: Mapping[str, str]
    now: datetime
    written: Callable[[str, Path], str]
    memo: dict[object, object] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about a field of a rule, which `path` names in its plain body, as `("steps", 0, "actions", 1)`."""

    key: str
    message: str
    path: Path = ()
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its id, how much its findings weigh where nobody chose otherwise, and the function that looks.

    One that looks `across` rules looks at their outlines, of all of them; any other looks at each rule alone.
    """

    id: str
    severity: Severity
    look: Callable[[Scene], Iterator[Remark]]
    across: bool = False
