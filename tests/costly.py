"""How much a property tries whose examples are dear, in `make test` and in `make sweep`: a share of what others try."""

from hypothesis import HealthCheck, settings

_USUAL = settings().max_examples


def tried(share: float) -> settings:
    """Return the settings of a property that tries a share of what others do."""
    few = max(1, round(_USUAL * share))
    return settings(deadline=None, max_examples=few, suppress_health_check=[HealthCheck.too_slow])


costly = tried(0.5)
"""For whole applies, pages and maps, of which each example takes as long as many others."""
