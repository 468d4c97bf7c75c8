"""What a command works with: the configuration, and the API, which is opened for reading or for writing."""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rulesync.cli.given import Globals
from rulesync.cli.output import hide, say
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import APP_URL, FILE, Caching, Config, cache_directory, given, keys, load, load_all
from rulesync.errors import ConfigError, UsageError
from rulesync.findings import did_you_mean
from rulesync.wire import DIALECTS, Dialect

if TYPE_CHECKING:
    from rulesync.cache import Bodies
    from rulesync.cli.progress import Progress
    from rulesync.patience import Patience
    from rulesync.recall import KnownFiles
    from rulesync.remote import Client, Reader, Writer
    from rulesync.source import Sources

_KEYS_PAGE = "https://app.getsequence.io/account/api-keys"


def configuration(options: Globals) -> Config:
    """Return the configuration that the global options name; every key of this run is masked from here on.

    Raises:
        UsageError: they name more than one workspace.
    """
    if options.every_workspace or len(options.workspaces) > 1:
        raise UsageError("this command works on one workspace", help="name it with `--workspace NAME`")
    hide(*keys())
    variables = given(options.variables, options.variable_files)
    config = load(options.directory, options.config_file, next(iter(options.workspaces), None) or None)
    _say_unknown(variables, config)
    config = replace(config, vars={**config.vars, **variables}, caching=_caching(options))
    hide(config.key, *keys())
    return config


def are_several(options: Globals) -> bool:
    """Tell whether a command is to work on several workspaces and make one report."""
    return options.every_workspace or len(options.workspaces) > 1


def configurations(options: Globals) -> tuple[Config, ...]:
    """Return the configurations of several workspaces; every key of this run is masked from here on.

    Raises:
        UsageError: all are meant, and one is named.
        ConfigError: rulesync.yaml is wrong, or one address is given for all of them.
    """
    configs = listed(options)
    if any(config.base_url_overridden for config in configs):
        advice = "unset it, and write `api.base_url` for each workspace"
        raise ConfigError("RULESYNC_BASE_URL would send the keys of several workspaces to one address", help=advice)
    return configs


def listed(options: Globals) -> tuple[Config, ...]:
    """Return the configurations of the workspaces that are named, of all if none is, wherever they lead.

    Raises:
        UsageError: all are meant, and one is named.
        ConfigError: rulesync.yaml is wrong.
    """
    if options.every_workspace and options.workspaces:
        raise UsageError("`--all-workspaces` cannot be used with `--workspace`", help="leave one of them out")
    hide(*keys())
    variables = given(options.variables, options.variable_files)
    named = [name or None for name in options.workspaces] or None
    configs = tuple(
        replace(config, vars={**config.vars, **variables}, caching=_caching(options))
        for config in load_all(options.directory, options.config_file, named)
    )
    hide(*(config.key for config in configs), *keys())
    if named is None and all(config.workspace for config in configs):
        say("the default workspace is not among them: the top of the file says nothing of an organisation of its own")
    return configs


def _caching(options: Globals) -> Caching:
    directory, named = cache_directory(options.cache_dir)
    return Caching(directory, named, options.cached, options.cached_hours)


def below(options: Globals) -> str:
    """Return where rulesync.yaml lies in its repository, as GitHub names it; the empty text for the top."""
    from rulesync import git

    return git.below((options.directory / (options.config_file or FILE)).parent)


def _say_unknown(variables: Mapping[str, object], config: Config) -> None:
    """Say which values of the command line look like a mistyped name of rulesync.yaml, and change nothing there."""
    for name in variables.keys() - config.vars.keys():
        near = did_you_mean(name, config.vars)
        if near:
            say(f"warning: rulesync.yaml has no variable `{name}`, so nothing of it is replaced; {near}")


def rules(config: Config, known: "KnownFiles | None" = None) -> "Sources":
    """Return the rule files of a workspace; of those that are `known`, only what is asked for is read.

    Raises:
        ConfigError: there is no directory of rules.
    """
    from rulesync import source

    default = config.workspace is None
    return source.load(
        config.root, config.rules, pins=config.ids, default_workspace=default, variables=config.vars, known=known
    )


def dialect(config: Config) -> Dialect:
    """Return the dialect that the configuration names."""
    return DIALECTS[config.dialect]


def check_writes(doing: str, *configs: Config, instead: str = "") -> None:
    """Refuse to write where a dialect takes no writes, which is known before anything is asked of any API.

    `doing` is the command; `instead` what a person can do, beside the checklist.

    Raises:
        ConfigError: one of the workspaces speaks such a dialect, so that nothing is done in any of them.
    """
    silent = [config for config in configs if not dialect(config).takes_writes]
    if not silent:
        return
    which = "" if len(configs) == 1 else ", which these workspaces speak: " + ", ".join(map(_called, silent))
    others = "" if len(silent) == len(configs) else "name the other workspaces with `--workspace`; "
    message = f"the {silent[0].dialect} API takes no writes of rules{which}: `{doing}` can do nothing there"
    advice = "`rulesync checklist` lists what a person can do in the app instead, and `rulesync plan` proves it"
    raise ConfigError(message, help=f"{others}{instead}{advice}")


def is_refused(options: Globals) -> bool:
    """Tell whether the options lead to a dialect that takes no writes, so that `check_writes` refuses anything."""
    named = [name or None for name in options.workspaces] or (None if options.every_workspace else [None])
    try:
        configs = load_all(options.directory, options.config_file, named)
    except ConfigError:
        return False
    return not all(dialect(config).takes_writes for config in configs)


def _called(config: Config) -> str:
    return f"`{config.workspace}`" if config.workspace else "the default one"


def key(config: Config) -> str:
    """Return the API key.

    Raises:
        ConfigError: there is none, with where it is expected and where keys are made.
    """
    if not config.key:
        raise ConfigError(
            f"no API key: the environment variable {config.key_env} is not set",
            help=f"make a key at {_KEYS_PAGE} and run `export {config.key_env}=…`",
        )
    if config.key.startswith("sk_sandbox_") and config.app_url == APP_URL:
        advice = "paste both lines that `rulesync sandbox` printed, RULESYNC_BASE_URL among them"
        raise ConfigError(f"{config.key_env} holds a sandbox's key, and {config.base_url} is no sandbox", help=advice)
    return config.key


def _check_address(config: Config) -> None:
    """Refuse to ask one API in the words of the other, which neither would say in so many words.

    Raises:
        ConfigError: the address is that of another dialect.
    """
    for name, other in DIALECTS.items():
        if name != config.dialect and config.base_url.endswith(urlsplit(other.base_url).path):
            where = "RULESYNC_BASE_URL" if config.base_url_overridden else "`api.base_url`"
            message = f"{where} is the address of the {name} API, and `api.dialect` says `{config.dialect}`"
            raise ConfigError(message, help="make the two agree: each dialect has an address of its own")


@contextmanager
def reading(config: Config, patience: "Patience") -> "Iterator[Reader]":
    """Open the API for reading, for so long: what is given out has no way to write."""
    from rulesync.remote import Reader

    with _opened(config, patience) as (client, progress, cache):
        yield Reader(client, dialect(config), progress=progress.read, key_env=config.key_env, cache=cache)


@contextmanager
def writing(config: Config, patience: "Patience", *, spent: int = 0) -> "Iterator[Writer]":
    """Open the API for reading and writing, for so long; `spent` requests of its rate were sent just before."""
    from rulesync.remote import Writer

    with _opened(config, patience, spent) as (client, progress, cache):
        yield Writer(client, dialect(config), progress=progress.read, key_env=config.key_env, cache=cache)


@contextmanager
def _opened(config: Config, patience: "Patience", spent: int = 0) -> "Iterator[tuple[Client, Progress, Bodies | None]]":
    """Open the API, and what is kept of it between runs."""
    secret, spoken = key(config), dialect(config)
    _check_address(config)
    from rulesync.cli.progress import Progress, say_kept, say_trouble
    from rulesync.remote import Budget, client, shared_file

    rate, at = config.requests_per_minute, config.caching.directory
    shared = shared_file(at, config.base_url, secret) if at else None
    with contextlib.closing(Budget(rate, SYSTEM_CLOCK, spent=spent, file=shared)) as budget:
        progress, cache = Progress(budget, patience), _bodies(config, secret)
        try:
            with client(
                config.base_url,
                secret,
                spoken,
                per_minute=rate,
                waiting=progress.waits,
                patience=patience,
                budget=budget,
            ) as opened:
                yield opened, progress, cache
        except BaseException:
            say_kept(progress, cache, config.caching)
            raise
        finally:
            if cache:
                say_trouble(cache, config.caching)
                cache.close()


def _bodies(config: Config, secret: str) -> "Bodies | None":
    """Return the bodies that are kept for a key, None where this run is to do without."""
    from rulesync.cache import Bodies

    how = config.caching
    if not how.bodies or how.directory is None:
        return None
    return Bodies(how.directory, config.base_url, secret, config.dialect, hours=how.hours)
