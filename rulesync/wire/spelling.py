"""How a dialect spells what a rule says: names of fields, case of enumerations, names of action types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rulesync.rule import Amount


@dataclass(frozen=True)
class Spelling:
    """What differs between dialects in the body of a rule.

    `field` turns a field's snake_case name into the dialect's; `action_types` names the type of each amount;
    `lower` and `account_type` give the case of statuses and of account types (everything else is upper case);
    `response_only` are the fields that the server adds to a rule and that say nothing about what it does. `nulls` says
    that a field without a value is sent as null, and one at its default as that, where other dialects leave it out.
    """

    field: Callable[[str], str]
    action_types: Mapping[type[Amount], str]
    status: Callable[[str], str]
    account_type: Callable[[str], str]
    response_only: frozenset[str]
    nulls: bool = False

    @cached_property
    def amounts(self) -> Mapping[str, type[Amount]]:
        """The amounts by the names of their action types, in upper case."""
        return {name.upper(): kind for kind, name in self.action_types.items()}
