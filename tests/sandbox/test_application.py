import subprocess
import sys
from typing import Any
from wsgiref.validate import validator

import httpx

from rulesync.sandbox import Sandbox


def test_it_is_wsgi(box: Sandbox, body: dict[str, Any]) -> None:
    """The application keeps to WSGI, whatever it answers."""
    headers = {"Authorization": f"ApiKey {box.key}"}
    transport = httpx.WSGITransport(app=validator(box.wsgi))
    with httpx.Client(transport=transport, base_url="http://127.0.0.1", headers=headers) as anyone:
        answers = [
            anyone.get("/"),
            anyone.get("/nothing"),
            anyone.get("/api/v1/rules?source_id=%C3%A9"),
            anyone.get("/api/v1/rules/%C3%A9"),
            anyone.post("/api/v1/rules", json=body),
            anyone.delete("/api/v1/rules/rule_01HRNT0001"),
            anyone.post("/app/rules/rule_01HINV0003/activate", headers={"Accept": "text/html"}),
        ]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 404, 201, 204, 303]


def test_it_shares_nothing_with_the_client() -> None:
    """The sandbox needs the standard library alone, and no other part of this project."""
    script = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import rulesync.sandbox\n"
        "names = set(sys.modules) - before\n"
        "print(sorted({name.partition('.')[0] for name in names} - set(sys.stdlib_module_names)))\n"
        "print(sorted(name for name in names if name.startswith('rulesync.') and 'rulesync.sandbox' not in name))\n"
    )
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert loaded.stdout == "['rulesync']\n[]\n"
