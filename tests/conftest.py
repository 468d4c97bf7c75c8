"""How every test here runs: properties without a deadline, since a loaded machine is no bug; keys under watch."""

from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

pytest_plugins = ["tests.canary"]
