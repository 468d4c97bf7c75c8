"""What anybody would write in an hour: read each file, get each rule, compare. `python plain.py ADDRESS DIR`."""

import sys
from pathlib import Path

import httpx
import yaml


def main() -> None:
    """Print which rules differ."""
    address, directory = sys.argv[1:]
    wanted = {}
    for file in Path(directory).glob("*.yaml"):
        body = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # it is the safe one, in C
        wanted[body["id"]] = body
    with httpx.Client(base_url=address, headers={"Authorization": "ApiKey sk"}) as client:
        for row in client.get("/rules").json()["data"]:
            held = client.get(f"/rules/{row['id']}").json()["data"]
            if held != wanted.get(row["id"]):
                print("differs:", row["id"])


if __name__ == "__main__":
    main()
