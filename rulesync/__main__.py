"""The command `rulesync`, also as `sequence-rulesync` and `python -m rulesync`."""

import gc
import sys

from rulesync import __version__

_COLLECT_AFTER = 500_000  # objects; rules are many small ones that stay, and looking for lost ones costs more


def main() -> None:
    """Run the command line and exit with its code; the version is told before anything else is imported."""
    if sys.argv[1:] == ["--version"] and sys.stdout:
        _tell(f"rulesync {__version__}\n")
    gc.set_threshold(_COLLECT_AFTER)
    from rulesync.cli.main import run

    sys.exit(run(sys.argv[1:]))


def _tell(text: str) -> None:
    """Print, and exit; a reader that went away is no failure, a full disk is."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as problem:
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0 if isinstance(problem, BrokenPipeError) else 1)
    sys.exit(0)


if __name__ == "__main__":
    main()
