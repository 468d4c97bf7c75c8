"""Every check there is: one table, in the order in which they are documented."""

from rulesync.lint import accounts, amounts, conditions, flow, schedules, texts, together, twins
from rulesync.lint.check import Check

CHECKS: tuple[Check, ...] = (
    *conditions.CHECKS,
    *amounts.CHECKS,
    *together.CHECKS,
    *schedules.CHECKS,
    *texts.CHECKS,
    *flow.CHECKS,
    *twins.CHECKS,
    *accounts.CHECKS,
)
