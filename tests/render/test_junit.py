from xml.etree import ElementTree as ET

from rulesync.findings import Finding, Location, error, info, warning
from rulesync.render import junit
from rulesync.render.checked import Checked


def parsed(findings: tuple[Finding, ...], *files: str) -> ET.Element:
    return ET.fromstring(junit.findings(Checked(findings, files)).encode())


def test_a_file_is_a_suite_and_a_finding_a_case() -> None:
    """Errors fail, warnings and infos are said by cases that passed, and a file without findings is one that passed."""
    place = Location("b.yaml", 3, 5)
    found = (
        error("x", '<bad> & "ugly"', help="do y", location=place),
        warning("y", "z", location=place),
        info("z", "i"),
    )
    root = parsed(found, "a.yaml", "b.yaml")

    suites = {each.get("name"): each for each in root}
    failure = root.find(".//failure")
    assert ["a.yaml", "b.yaml", "rulesync.yaml"] == list(suites)
    assert ("4", "1") == (root.get("tests"), root.get("failures"))
    assert [("valid", "a.yaml")] == [(case.get("classname"), case.get("name")) for case in suites["a.yaml"]]
    assert ["x", "y"] == [case.get("classname") for case in suites["b.yaml"]]
    assert failure is not None
    assert '<bad> & "ugly"' == failure.get("message")
    assert 'error: <bad> & "ugly"\n--> b.yaml:3:5\nhelp: do y' == failure.text
    assert ["warning: z\n--> b.yaml:3:5", "info: i\n--> rulesync.yaml:1:1"] == [
        each.text for each in root.iter("system-out")
    ]


def test_what_xml_cannot_hold_is_spelled() -> None:
    """Control characters, half characters and what is no character come back in letters."""
    root = parsed((error("x", "a\x00\x1b\ud800\uffff", location=Location("a\x08.yaml")),))
    failure = root.find(".//failure")
    assert failure is not None
    assert ("a\\x00\\x1b\\ud800\\uffff", "a\\x08.yaml") == (failure.get("message"), root[0].get("name"))
