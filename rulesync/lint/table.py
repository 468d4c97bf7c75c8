"""Every check there is: one table, in the order in which they are documented."""

from rulesync.lint import accounts, flow, twins
from rulesync.lint.check import Check

CHECKS: tuple[Check, ...] = (*flow.CHECKS, *twins.CHECKS, *accounts.CHECKS)
