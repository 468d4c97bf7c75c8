"""The switches of the sandbox: where the vendor's server may well differ from what the reference says or shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from rulesync.sandbox import shape

_STATUSES = ("enabled",)


@dataclass(slots=True)
class Quirks:
    """How the server behaves until it is told otherwise; attributes are set at any time, one by one.

    A value that is none raises Refusal (400), a name that is none AttributeError. They live in the memory of this
    process, not in the state.

    - `replays_on_mismatch`: a key used with another request is answered with its first answer, in the place of 400.
    - `own_request_ids`: request ids are the server's own; the caller's `X-Request-ID` is not echoed.
    - `no_request_ids`: answers have neither `request_id` nor `X-Request-ID`.
    - `status_in_answers`: `enabled` is what the answer to a create or PUT then says, although the rule is disabled.
    - `no_updated_at_in_list`, `no_status_in_list`: rows of the list of rules lack these.
    - `create_answers_200`: a create is answered 200 instead of 201.
    - `delete_answers_200`: a delete is answered 200 with JSON instead of 204.
    - `app_leaves_updated_at`: it stays as it was when a person enables or pauses a rule.
    - `rules_page_size`: how many rules a page of v1's list has; None is one page without `page_info`.
    - `nulls_in_v1`: a rule that v1 shows has null for what is unused, as in the platform's dialect.
    - `newest_first`: the platform's list of rules begins with the newest, so that one more shifts every page.
    - `lists_unreadable_rules`: the platform's list of rules has those too that the key may not read by id.
    - `lists_deleted_rules`: the platform's list of rules has the deleted ones too, with their `deletedAt`.
    - `no_has_next_page`, `no_node_names`, `no_nulls`: the platform's answers lack `hasNextPage`, the names of accounts
      in rules (null), every field that is null.
    """

    replays_on_mismatch: bool = False
    own_request_ids: bool = False
    no_request_ids: bool = False
    status_in_answers: str | None = None
    no_updated_at_in_list: bool = False
    no_status_in_list: bool = False
    create_answers_200: bool = False
    delete_answers_200: bool = False
    app_leaves_updated_at: bool = False
    rules_page_size: int | None = None
    nulls_in_v1: bool = False
    newest_first: bool = False
    lists_unreadable_rules: bool = False
    lists_deleted_rules: bool = False
    no_has_next_page: bool = False
    no_node_names: bool = False
    no_nulls: bool = False

    def __setattr__(self, name: str, value: object) -> None:
        if name == "status_in_answers" and value is not None:
            shape.choice(name, value, _STATUSES)
        elif name == "rules_page_size" and value is not None:
            shape.integer(name, value, 1)
        elif name in _FLAGS:
            shape.flag(name, value)
        object.__setattr__(self, name, value)

    def document(self) -> dict[str, object]:
        """All of them by name."""
        return asdict(self)

    def become(self, document: Mapping[str, object]) -> None:
        """Be as the document says, and as at the start where it says nothing; refuses (400) what is no quirk."""
        names = [field.name for field in fields(self)]
        for name in document:
            if name not in names:
                shape.refuse(name, f"is no quirk; there are {', '.join(names)}")
        wanted = Quirks()
        for name, value in document.items():
            setattr(wanted, name, value)
        for name in names:
            setattr(self, name, getattr(wanted, name))


_FLAGS = frozenset(field.name for field in fields(Quirks)) - {"status_in_answers", "rules_page_size"}
