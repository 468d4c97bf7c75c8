"""rulesync.yaml and the environment -> Config; the only place that reads the environment.

Law: nothing that a pull request can edit decides where the key goes, and the key stands in no file, message or repr.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from rulesync import document
from rulesync.accounts import AccountEntry
from rulesync.config import address, sections
from rulesync.config.caching import Caching
from rulesync.config.fields import Fields, TooManyErrorsError, shown
from rulesync.config.sections import first
from rulesync.document import Data, Document
from rulesync.errors import ConfigError
from rulesync.findings import Finding, Severity, did_you_mean, error, errors
from rulesync.ownership import SCOPE_PATTERN
from rulesync.policy import Limits

FILE = "rulesync.yaml"
DIALECTS = {
    "v1": "https://api.getsequence.io/api/v1",
    "platform": "https://api.getsequence.io/platform/v1",
}
APP_URL = "https://app.getsequence.io"
KEY_ENV = "SEQUENCE_API_KEY"
REQUESTS_PER_MINUTE = 100

API = ("dialect", "base_url", "key_env", "app_url", "requests_per_minute")
SECTIONS = ("scope", "rules", "api", "accounts", "vars", "limits", "checks", "cosmetic", "ids")
KEY_ENV_PATTERN = r"SEQUENCE_[A-Za-z0-9_]+"
_KEY_ENV = re.compile(KEY_ENV_PATTERN)
COSMETIC = ("apply", "defer")
_NAME = re.compile(SCOPE_PATTERN)
_KEY = re.compile(r"[\x21-\x7e]+")
_A_KEY = re.compile(r"\bsk_\w+")
_LIKE_A_KEY = re.compile(r"\bsk_\w|\b(?:api_?)?key\s*:\s*\S|password|secret|token", re.IGNORECASE)
MOST_WORKSPACES = 2_000
_ONE_WORD = "use one word of letters, digits, `.`, `_` and `-`"


@dataclass(frozen=True, slots=True)
class Config:
    """One workspace: which rules, which organisation, by which key. `workspace` is None for the default one.

    `root` is the directory of the file; `base_url` and `app_url` have no `/` at their end. `base_url_overridden` tells
    that the environment gave it, and `workspaces` are the names of all others.
    """

    root: Path = Path()
    file: Path = Path(FILE)
    workspace: str | None = None
    scope: str = "default"
    rules: str = "rules"
    dialect: str = "v1"
    base_url: str = DIALECTS["v1"]
    app_url: str = APP_URL
    key_env: str = KEY_ENV
    key: str | None = field(default=None, repr=False)
    requests_per_minute: int = REQUESTS_PER_MINUTE
    accounts: Mapping[str, AccountEntry] = field(default_factory=dict)
    vars: Mapping[str, Data] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    checks: Mapping[str, Severity | None] = field(default_factory=dict)
    cosmetic: str = "apply"
    ids: Mapping[str, str] = field(default_factory=dict)
    workspaces: tuple[str, ...] = ()
    base_url_overridden: bool = False
    caching: Caching = field(default_factory=Caching)


def load(
    directory: Path,
    config_file: Path | None = None,
    workspace: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Return the configuration of a workspace, the default one where none is named.

    A relative `config_file` is meant from `directory`; without one it is the `rulesync.yaml` there.

    Raises:
        ConfigError: there is no such file or workspace, or something in them is wrong; it carries all findings.
    """
    top, configs = _read(directory, config_file, environ)
    findings = top.findings
    chosen = _with_environment(_named(workspace, configs, top), environ, findings)
    _raise(findings, directory / (config_file or FILE))
    return _placed(chosen, workspace, configs, directory / (config_file or FILE))


def load_all(
    directory: Path,
    config_file: Path | None = None,
    workspaces: Sequence[str | None] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> tuple[Config, ...]:
    """Return the configurations of several workspaces, each once: of those named, else of all of them.

    The default workspace is among all, unless the file says nothing of a default organisation. A key that makes no
    sense is left to whoever uses it, so that one organisation does not keep the others from being looked at.

    Raises:
        ConfigError: as for `load`.
    """
    file = directory / (config_file or FILE)
    top, configs = _read(directory, config_file, environ)
    wanted = dict.fromkeys(configs if workspaces is None else workspaces)
    if workspaces is None and len(configs) > 1 and not _has_default(top):
        del wanted[None]
    chosen = {name: _named(name, configs, top) for name in wanted}
    _raise(top.findings, file)
    base_url = _override(environ, top.findings)
    _raise(top.findings, file)
    return tuple(_placed(_keyed(config, base_url, environ), name, configs, file) for name, config in chosen.items())


def _read(
    directory: Path, config_file: Path | None, environ: Mapping[str, str]
) -> tuple[Fields, Mapping[str | None, Config]]:
    file = directory / (config_file or FILE)
    top = Fields(_document(file, directory), (), [])
    try:
        return top, _configs(top, environ)
    except TooManyErrorsError:
        raise _wrong(top.findings, file) from None


def _has_default(top: Fields) -> bool:
    """Tell whether the file speaks of an organisation of its own, beside what its workspaces take from it."""
    own = any(top.raw(name) is not None for name in ("scope", "accounts", "ids"))
    return own or top.inner("api").raw("key_env") is not None


def _named(workspace: str | None, configs: Mapping[str | None, Config], top: Fields) -> Config:
    chosen = configs.get(workspace)
    if chosen is None:
        advice = did_you_mean(str(workspace), _names(configs)) or "add it under `workspaces:`"
        raise ConfigError(f"`{top.document.file}` has no workspace `{workspace}`", help=advice)
    return chosen


def _names(configs: Mapping[str | None, Config]) -> tuple[str, ...]:
    return tuple(sorted(name for name in configs if name is not None))


def _placed(config: Config, workspace: str | None, configs: Mapping[str | None, Config], file: Path) -> Config:
    others = _names(configs)
    return replace(
        config, app_url=_app_url(config), root=file.parent, file=file, workspace=workspace, workspaces=others
    )


def _configs(top: Fields, environ: Mapping[str, str]) -> Mapping[str | None, Config]:
    """Return the configuration of every workspace, None being the name of the default one."""
    top.only((*SECTIONS, "workspaces"), FILE)
    default = _config((top,), environ, Config())
    others = top.each("workspaces", MOST_WORKSPACES)
    configs: dict[str | None, Config] = {None: default}
    configs |= {name: _workspace(name, (fields, top), environ, default) for name, fields in others}
    if not top.findings:
        _check_distinct(configs, top, environ)
    return configs


def _app_url(config: Config) -> str:
    """Return where people enable rules: a sandbox, whose API is on this machine, has an app of its own."""
    if config.app_url != APP_URL:
        return config.app_url
    return address.loopback_origin(config.base_url) or APP_URL


def _document(file: Path, directory: Path) -> Document:
    if not _is_there(file):
        where = f"no {FILE} in `{directory.absolute()}`" if file == directory / FILE else f"no file `{file}`"
        above = next((parent for parent in directory.absolute().parents if _is_there(parent / FILE)), None)
        start = "run `rulesync init`, or pass -C with the directory that holds it"
        raise ConfigError(where, help=f"there is one above: run `rulesync -C {above} …`" if above else start)
    if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(file.parent)):
        advice = "put the file itself here, so that Git and a review see what it says"
        raise ConfigError(f"`{file.name}` is a link out of its directory", help=advice)
    documents, findings = document.load(file, file.name, {"checks": (sections.OFF,)})
    _raise(findings, file)
    if len(documents) > 1:
        place = documents[1].at()
        _raise([error("syntax", f"`{file.name}` holds one document, not {len(documents)}", location=place)], file)
    if documents and not isinstance(documents[0].data, dict):
        place = documents[0].at()
        _raise([error("invalid-value", f"`{file.name}` holds fields", help="write `scope: …`", location=place)], file)
    return documents[0] if documents else document.read("{}", file.name)[0][0]


def _is_there(file: Path) -> bool:
    """Tell whether there is a file; one that cannot be looked at may well be there."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _raise(findings: Sequence[Finding], file: Path) -> None:
    if errors(findings):
        raise _wrong(findings, file)


def _wrong(findings: Sequence[Finding], file: Path) -> ConfigError:
    wrong = sorted(dict.fromkeys(_without_key(finding) for finding in errors(findings)), key=_line)
    count = f"{len(wrong)} error" + "s" * (len(wrong) > 1)
    return ConfigError(f"`{file.name}` or the environment holds {count}", findings=wrong)


def _line(finding: Finding) -> tuple[int, int]:
    return (finding.location.line, finding.location.column) if finding.location else (0, 0)


def _without_key(finding: Finding) -> Finding:
    """Return a finding that shows neither a key that somebody put into the file, nor the line it stands in."""
    finding = replace(finding, message=_A_KEY.sub("sk_…", finding.message))
    place = finding.location
    if place is None or not _may_hold_a_key(place.text or ""):
        return finding
    advice = "the key stands in no file: set `SEQUENCE_API_KEY` where rulesync runs, and make a new key"
    return replace(finding, help=advice, location=replace(place, text=None))


@lru_cache(maxsize=128)
def _may_hold_a_key(line: str) -> bool:
    return _LIKE_A_KEY.search(line) is not None


def _workspace(name: str, layers: tuple[Fields, Fields], environ: Mapping[str, str], default: Config) -> Config:
    fields, top = layers
    if not _NAME.fullmatch(name):
        message = f"`{shown(name)}` is no name for a workspace"
        top.inner("workspaces").complain("invalid-value", message, name, help=_ONE_WORD)
    if not isinstance(fields.raw(), dict):
        top.inner("workspaces").complain("invalid-value", f"the workspace `{shown(name)}` needs fields", name)
    fields.only(SECTIONS, "a workspace")
    if fields.inner("api").raw("key_env") is None:
        advice = "name the variable that holds the key of that organisation: `api: {key_env: SEQUENCE_…_KEY}`"
        message = f"the workspace `{shown(name)}` needs a `key_env` of its own"
        fields.complain("missing-field", message, "api", help=advice)
    return _config(layers, environ, default)


def _config(layers: tuple[Fields, ...], environ: Mapping[str, str], above: Config) -> Config:
    """Return what the layers say, the first of them being the workspace itself and the last the file.

    `above` is what the file says, where the workspace takes it whole and it may be long.
    """
    own = layers[0]
    apis = [layer.inner("api") for layer in layers]
    for api in apis:
        api.only(API, "`api`")
    dialect = first((api.choice("dialect", DIALECTS) for api in apis), "v1")
    return Config(
        scope=first((_scope(layer) for layer in layers), "default"),
        rules=first((_rules(layer) for layer in layers), "rules"),
        dialect=dialect,
        base_url=first((_address(api, "base_url", environ) for api in apis), DIALECTS[dialect]),
        app_url=first((_address(api, "app_url", environ) for api in apis), APP_URL),
        key_env=_key_env(apis[0]) or KEY_ENV,
        requests_per_minute=first((api.whole("requests_per_minute", 1) for api in apis), REQUESTS_PER_MINUTE),
        accounts=dict(sections.accounts(own)),
        vars=sections.variables(own, above.vars),
        limits=sections.limits(layers),
        checks=sections.checks(own, above.checks),
        cosmetic=first((layer.choice("cosmetic", COSMETIC) for layer in layers), COSMETIC[0]),
        ids=dict(sections.ids(own)),
    )


def _scope(fields: Fields) -> str | None:
    scope = fields.text("scope")
    if scope is None or _NAME.fullmatch(scope):
        return scope
    fields.complain("invalid-value", f"`{shown(scope)}` is no scope", "scope", help=_ONE_WORD)
    return None


def _rules(fields: Fields) -> str | None:
    rules = fields.text("rules")
    if rules is None:
        return None
    if Path(rules).is_absolute():
        fields.complain("invalid-value", "`rules` is a directory beside this file, not an absolute path", "rules")
    elif Path(os.path.normpath(rules)).parts[:1] == ("..",):  # what lies there would be shown to all readers of a log
        fields.complain("invalid-value", "`rules` is a directory beside this file, not one that lies above it", "rules")
    elif not Path(os.path.normpath(rules)).parts:  # this file would be read as a rule
        message = "`rules` is a directory beside this file, not the one that this file is in"
        fields.complain("invalid-value", message, "rules", help="put the rules into one, and write `rules: rules`")
    else:
        return rules
    return None


def _address(api: Fields, name: str, environ: Mapping[str, str]) -> str | None:
    written = api.text(name)
    if written is None:
        return None
    try:
        return address.check(written, allowed_host=environ.get("RULESYNC_ALLOW_HOST"))
    except address.UnsafeAddressError as problem:
        api.complain("address", f"`{name}`: {problem}", name, help=problem.help, show_line=not problem.secret)
        return None


def _key_env(api: Fields) -> str | None:
    name = api.text("key_env")
    if name is None or _KEY_ENV.fullmatch(name):
        return name
    advice = "write the name of the variable, never the key; it begins with `SEQUENCE_`"
    api.complain(
        "invalid-value", "`key_env` names no variable that a key is taken from", "key_env", help=advice, show_line=False
    )
    return None


def _check_distinct(configs: Mapping[str | None, Config], top: Fields, environ: Mapping[str, str]) -> None:
    """Complain of two workspaces that are one organisation, since each would undo what the other does."""
    seen: dict[tuple[str, str], str | None] = {}
    for name, config in configs.items():
        key = environ.get(config.key_env, "").strip()
        claims = [(each, config.base_url) for each in (f"${config.key_env}", key) if each]
        other = next((seen[claim] for claim in claims if claim in seen), name)
        if name is not None and other != name:
            first_one = f"the workspace `{other}`" if other else "the default workspace"
            message = f"the workspace `{name}` has the key and the address of {first_one}"
            top.inner("workspaces").complain("same-workspace", message, name, "api", "key_env")
        seen |= {claim: name for claim in claims if claim not in seen}


def _with_environment(config: Config, environ: Mapping[str, str], findings: list[Finding]) -> Config:
    key = environ.get(config.key_env, "").strip()
    if key and not _KEY.fullmatch(key):
        message = f"the value of `{config.key_env}` holds a space or another character that no key has"
        findings.append(error("key-value", message, help="copy the key again, without quotes or line breaks"))
    return _keyed(config, _override(environ, findings), environ)


def _keyed(config: Config, base_url: str | None, environ: Mapping[str, str]) -> Config:
    config = replace(config, key=environ.get(config.key_env, "").strip() or None)
    return replace(config, base_url=base_url, base_url_overridden=True) if base_url else config


def _override(environ: Mapping[str, str], findings: list[Finding]) -> str | None:
    """Return the address that the environment gives instead of the file's, None where it gives none."""
    base_url = environ.get("RULESYNC_BASE_URL", "").strip()
    if not base_url:
        return None
    try:
        return address.check(base_url, any_host=True)
    except address.UnsafeAddressError as problem:
        findings.append(error("address", f"RULESYNC_BASE_URL: {problem}", help=problem.help))
    return base_url


def keys(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return every key that the environment holds for some workspace, to be kept out of what is shown."""
    values = ((name, value.strip()) for name, value in environ.items() if _KEY_ENV.fullmatch(name))
    return tuple(value for name, value in values if name.endswith("KEY") or _A_KEY.match(value))


def no_color(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the user asked every program for plain text (https://no-color.org)."""
    return bool(environ.get("NO_COLOR"))


def without_ours(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment less everything that names a key, an address or a setting of ours."""
    return {name: value for name, value in environ.items() if not name.startswith(("SEQUENCE_", "RULESYNC_"))}
