"""Every check there is: one table, in the order in which they are documented."""

from rulesync.lint import amounts, conditions, schedules, texts
from rulesync.lint.check import Check

CHECKS: tuple[Check, ...] = (*conditions.CHECKS, *amounts.CHECKS, *schedules.CHECKS, *texts.CHECKS)
