"""The entry: which commands there are, and what becomes of everything that can go wrong."""

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING

import click

from rulesync import __version__
from rulesync.config import help_width

if TYPE_CHECKING:  # help does without them
    from rulesync.errors import RulesyncError

COMMANDS: Mapping[str, str] = {
    "init": "Start a directory of rules: a commented rulesync.yaml and a first rule.",
    "validate": "Check the rule files offline: no network, no key.",
    "render": "Show what rule files become after templates and names.",
    "import": "Write rule files for rules that the app holds already.",
    "plan": "Show what apply would do, and why. Writes nothing.",
    "apply": "Carry a plan out, after asking.",
    "checklist": "Show the plan as steps for a person in the app. Writes nothing.",
    "undo": "Put back what an apply replaced, from its report, after asking.",
    "pause": "The emergency brake: switch live rules off, the most money first.",
    "adopt": "Bind a rule file to a rule that exists.",
    "drift": "Show what the app holds that nobody put into Git.",
    "status": "Show every managed rule: enabled, waiting for a person, disabled.",
    "wait": "Wait until the rules that wait for a person are enabled.",
    "workspaces": "List the organisations of rulesync.yaml, also as a matrix for CI.",
    "doctor": "Check configuration, key, scopes and clock before the first write.",
    "github": "What the workflows do on GitHub: one comment, one issue, and what to ask before an apply.",
    "schema": "Print the JSON Schema of rule files or of rulesync.yaml, for editors.",
    "sandbox": "Serve the Sequence API on this machine, with play money.",
    "demo": "Show the whole story on a sandbox, in half a minute.",
}
_MODULES = {"import": "importing"}  # `import` is no name for a module
_BUG = "https://pypi.org/project/sequence-rulesync/"
_USAGE = 64
_CANNOT_PRINT = {errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF}
_SOFTWARE = 70
_INTERRUPTED = 130


class _Commands(click.Group):
    """Commands that are imported when they are run, so that help costs next to nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"rulesync.cli.{_MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from rulesync.findings import did_you_mean

            near = did_you_mean(args[0], COMMANDS)
            raise click.UsageError(f"no command `{args[0]}`" + (f"; {near}" if near else ""), ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Terraform for the rules that move people's money: keep Sequence rules in Git, plan, apply, notice drift.",
    epilog="Exit codes: 0 done, 1 could not run, 2 changes or drift, 3 refused, 4 stale, 5 partial, 6 still waiting, "
    "64 usage, 70 bug, 130 ^C.",
)
@click.option("-C", "directory", type=click.Path(), default=".", help="Work in this directory.")
@click.option("--config", "config_file", type=click.Path(), help="Use this file, not DIR/rulesync.yaml.")
@click.option("--workspace", "workspaces", multiple=True, help="An organisation of rulesync.yaml. Repeatable.")
@click.option("--all-workspaces", "every_workspace", is_flag=True, help="Work on every organisation, side by side.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to use colour.")
@click.option("--debug", is_flag=True, help="Show a traceback for a bug.")
@click.version_option(__version__, message="rulesync %(version)s")
@click.pass_context
def _cli(
    ctx: click.Context,
    directory: str,
    config_file: str | None,
    workspaces: tuple[str, ...],
    every_workspace: bool,
    color: str,
    debug: bool,
) -> None:
    from pathlib import Path

    from rulesync.cli.given import Globals  # help does without it

    file = Path(config_file) if config_file is not None else None
    ctx.obj = Globals(Path(directory), file, workspaces, color, debug, every_workspace)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; nothing is raised, and no traceback is shown unasked."""
    debug = "--debug" in arguments
    _give_streams()
    try:
        with _termination():
            width = help_width()
            result = _cli.main(list(arguments), prog_name="rulesync", standalone_mode=False, terminal_width=width)
            sys.stdout.flush()
            return result if isinstance(result, int) else 0
    except click.ClickException as problem:
        return _say_usage(problem)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; nothing more was done", err=True)
        return _INTERRUPTED
    except SystemExit:  # click's answer to a reader of its help that went away
        return 0
    except Exception as problem:  # noqa: BLE001 - the last net: a bug must not become a traceback
        return _end(problem, debug=debug)


@contextlib.contextmanager
def _termination() -> Iterator[None]:
    """Make SIGTERM end a run as ^C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say_usage(problem: click.ClickException) -> int:
    from rulesync.cli.output import say_error

    message = problem.format_message().rstrip(".")
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    say_error(message[:1].lower() + message[1:], f"see `{context.command_path} --help`" if context else None)
    return _USAGE


def _end(problem: Exception, *, debug: bool) -> int:
    """Say why a run ended, and return its exit code."""
    from rulesync.errors import RulesyncError

    if isinstance(problem, RulesyncError):
        return _say(problem)
    if isinstance(problem, OSError) and problem.errno in _CANNOT_PRINT:
        return _cannot_print(problem)
    return _bug(problem, debug=debug)


def _say(problem: "RulesyncError") -> int:
    from rulesync.cli.output import say_error, say_findings

    say_findings(getattr(problem, "findings", ()))
    say_error(problem.message, problem.help)
    return problem.exit_code


def _give_streams() -> None:
    """Give a program that was started with closed streams ones that lead nowhere, and its standard output a buffer.

    Without one (PYTHONUNBUFFERED), a signal in the middle of a long write loses the rest of it, and nobody notices.
    """
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - as long as the program
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - as above
    raw = getattr(sys.stdout, "buffer", None)
    if isinstance(raw, io.FileIO):
        encoding, errors = sys.stdout.encoding, sys.stdout.errors
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, line_buffering=True)


def _cannot_print(problem: OSError) -> int:
    """Say that nothing can be printed, and let Python's own flush at exit fail in silence."""
    from rulesync.cli.output import forsake

    forsake()
    if problem.errno == errno.EPIPE:
        return 0
    click.echo(f"error: cannot print the result: {(problem.strerror or 'unknown reason').lower()}", err=True)
    return 1


def _bug(problem: Exception, *, debug: bool) -> int:
    if debug:
        from rulesync.cli.output import say_traceback

        say_traceback(problem)
    kind = type(problem).__name__
    click.echo(f"error: this is a bug in rulesync ({kind}); please report it, see {_BUG}", err=True)
    click.echo("  = help: run it again with --debug and add what it prints, without your account ids", err=True)
    return _SOFTWARE
