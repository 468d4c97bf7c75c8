"""How every test here runs: properties without a deadline, since a loaded machine is no bug; keys under watch.

`EXAMPLES` is how much a property tries that does not say so itself; `make sweep` gives it more than `make test`.
"""

import gc
import os

from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True, max_examples=int(os.environ.get("EXAMPLES", "30")))
settings.load_profile("house")

pytest_plugins = ["tests.canary", "tests.measuring"]


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of every later look for lost objects: it stays to the end."""
    gc.collect()
    gc.freeze()
