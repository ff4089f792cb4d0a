#!/usr/bin/env python3
"""Publishes a picture with what a detector found in it: `POST /frames`, standard library only.

    BELVEDERE_PUBLISH_KEY=… python3 send.py photo.jpg [label] [key]
"""

import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("BELVEDERE_URL", "http://127.0.0.1:8000")


def publish(picture: bytes, token: str, **fields: str) -> dict:
    """Sends one frame; the answer is {"status": "ok", …}."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="frame"\r\n\r\n'
    body = b"".join([*parts, head.encode(), picture, f"\r\n--{boundary}--\r\n".encode()])
    request = urllib.request.Request(
        f"{URL}/frames",
        body,
        {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    with urllib.request.urlopen(request, timeout=15) as response:
        return json.load(response)


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    kept = pathlib.Path(__file__).parent.parent / "data" / "publish.key"
    token = os.environ.get("BELVEDERE_PUBLISH_KEY") or kept.read_text().strip()
    label, key = (sys.argv[2:] + ["site", "camera"][len(sys.argv) - 2 :])[:2]
    try:
        answer = publish(
            pathlib.Path(sys.argv[1]).read_bytes(),
            token,
            label=label,
            key=key,
            captured_at=str(time.time() * 1000),
            warnings_json=json.dumps({"warning_no_hardhat": {"count": 1}}),
            detection_items_json=json.dumps([[120, 80, 180, 260, 0.91, 5]]),
        )
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code}: {json.load(error)['detail']}")
    print(answer["message"])


if __name__ == "__main__":
    main()
