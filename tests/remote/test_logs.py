import logging
import threading

import pytest

from rulesync.remote import logs


def said(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return what this thread logged: a thread that an earlier test gave up on may still be closing its connection."""
    return [record for record in caplog.records if record.thread == threading.get_ident()]


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "httpcore.connection"])
def test_a_hidden_key_is_masked_in_records(caplog: pytest.LogCaptureFixture, name: str) -> None:
    """A key that was hidden shows in no record, neither in its words nor in what is put into them."""
    logs.hide("sk_one_0123456789")
    logs.hide("sk_two_0123456789")

    with caplog.at_level(logging.DEBUG, logger=name):
        logging.getLogger(name).debug("headers=%r", [(b"X-Echo", b"ApiKey sk_one_0123456789")])
        logging.getLogger(name).info("sk_two_0123456789")

    assert ["headers=[(b'X-Echo', b'ApiKey ***')]", "***"] == [record.getMessage() for record in said(caplog)]


def test_other_records_are_left_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    """A record without a key keeps its words and its values apart."""
    logs.hide("sk_one_0123456789")

    with caplog.at_level(logging.DEBUG, logger="httpx"):
        logging.getLogger("httpx").info("%s of %s", 1, 2)

    assert [("%s of %s", (1, 2))] == [(record.msg, record.args) for record in said(caplog)]


def test_a_key_that_is_hidden_twice_is_filtered_once() -> None:
    """However many clients there are, a record is looked at once."""
    logs.hide("sk_one_0123456789")
    before = list(logging.getLogger("httpx").filters)
    logs.hide("sk_one_0123456789")

    assert before == logging.getLogger("httpx").filters
