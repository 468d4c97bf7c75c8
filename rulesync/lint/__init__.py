"""Static analysis of rules: one check, one function, one id, one entry in docs/checks.md."""

from rulesync.lint.looking import IDS, Surroundings, run

__all__ = ["IDS", "Surroundings", "run"]
