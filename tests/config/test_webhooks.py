import pytest

from rulesync.config import Webhook, webhook
from rulesync.errors import ConfigError, UsageError

SLACK = "https://hooks.slack.com/services/T0/B0/SECRET"


def test_where_it_comes_from() -> None:
    """The command line counts before the environment; nobody asked where neither says anything."""
    environment = {"RULESYNC_WEBHOOK": " https://one.example/SECRET "}

    assert None is webhook(None, environ={})
    assert None is webhook(None, environ={"RULESYNC_WEBHOOK": " "})
    assert Webhook("https://one.example/SECRET", "one.example", "json") == webhook(None, environ=environment)
    assert Webhook(SLACK, "hooks.slack.com", "slack") == webhook(SLACK, environ=environment)


def test_how_it_is_told() -> None:
    """Slack's own addresses get its messages, unless somebody wants it otherwise; others get JSON."""
    styles = [webhook(url, style) for url in (SLACK, "http://[::1]:80/x?y=z") for style in (None, "json", "slack")]

    assert ["slack", "json", "slack", "json", "json", "slack"] == [each.style for each in styles if each]
    assert "slack" == getattr(webhook("HTTPS://HOOKS.SLACK.COM/x"), "style", None)


def test_it_is_not_shown() -> None:
    """The address is not part of what a debugger or an error shows."""
    assert "SECRET" not in repr(webhook(SLACK))


@pytest.mark.parametrize(
    "url",
    [
        "SECRET",
        "https:///SECRET",
        "ftp://x.example/SECRET",
        "http://x.example/SECRET",
        "http://localhost.evil.example/SECRET",
        "https://me:SECRET@x.example/",
        "https://x.example/#SECRET",
        "https://x.example/SECRET x",
        "https://x.example/SECRET\n",
        "https://x.example:no/SECRET",
        "https://[::1/SECRET",
        "https://ü.example/SECRET",
        "https://x.example/" + "SECRET" * 200,
    ],
)
def test_what_is_no_address(url: str) -> None:
    """Anything but https, and http on this machine, is refused in a sentence that does not repeat it."""
    if not url.endswith("\n"):  # at the end of a value of the environment it means nothing
        with pytest.raises(ConfigError) as environment:
            webhook(None, environ={"RULESYNC_WEBHOOK": url})
        assert "SECRET" not in environment.value.message
    if url.strip() == url:
        with pytest.raises(UsageError) as given:
            webhook(url, environ={})
        assert "SECRET" not in given.value.message
