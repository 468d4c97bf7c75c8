"""Static analysis of rules: one check, one function, one id, one entry in docs/checks.md."""

from rulesync.lint.looking import ACROSS, IDS, Surroundings, run

__all__ = ["ACROSS", "IDS", "Surroundings", "run"]
