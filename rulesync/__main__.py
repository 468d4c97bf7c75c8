"""The command `rulesync`, also as `sequence-rulesync` and `python -m rulesync`."""

import sys

from rulesync import __version__


def main() -> None:
    """Run the command line and exit with its code; the version is told before anything else is imported."""
    if sys.argv[1:] == ["--version"] and sys.stdout:
        sys.stdout.write(f"rulesync {__version__}\n")
        return
    from rulesync.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
