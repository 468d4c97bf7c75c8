"""Every check there is: one table, in the order in which they are documented."""

from rulesync.lint import accounts, amounts, conditions, flow, schedules, texts, twins
from rulesync.lint.check import Check

CHECKS: tuple[Check, ...] = (
    *conditions.CHECKS,
    *amounts.CHECKS,
    *schedules.CHECKS,
    *texts.CHECKS,
    *flow.CHECKS,
    *twins.CHECKS,
    *accounts.CHECKS,
)
