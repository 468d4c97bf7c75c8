"""Carrying a plan out: change by change, each looked at before and proved after."""

from rulesync.apply.attempts import Terms
from rulesync.apply.running import refuse, run

__all__ = ["Terms", "refuse", "run"]
