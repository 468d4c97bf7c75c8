"""What was measured as a table, each line with the goal that it has and a verdict."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: of what, beside what, and the most that it may be, None where it is only shown.

    `between` are the least and the greatest of the rounds, `seconds` the medians of both.
    """

    ours: str
    theirs: str
    value: float
    most: float | None = None
    between: tuple[float, float] | None = None
    seconds: tuple[float, float] | None = None

    @property
    def verdict(self) -> str:
        """Whether the goal is met; nothing where there is none."""
        if self.most is None:
            return ""
        return "met" if self.value <= self.most else f"missed by {self.value / self.most:.2f}"


HEAD = "| ours | beside | figure | rounds | medians | goal | verdict |\n|---|---|--:|---|---|--:|---|"


def row(line: Line) -> str:
    """Return a line as a row of a table in Markdown."""
    value = f"{line.value:.0f}" if line.value >= 10 or line.value == int(line.value) else f"{line.value:.3f}"  # noqa: PLR2004
    rounds = f"{line.between[0]:.3f} to {line.between[1]:.3f}" if line.between else ""
    medians = f"{line.seconds[0]:.3f} s, {line.seconds[1]:.3f} s" if line.seconds else ""
    goal = "" if line.most is None else f"{line.most:g}"
    return f"| {line.ours} | {line.theirs} | {value} | {rounds} | {medians} | {goal} | {line.verdict} |"
