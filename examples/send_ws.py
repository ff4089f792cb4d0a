#!/usr/bin/env python3
"""Publishes pictures over one WebSocket, the fast way in: `WS /ws/frames`.

    pip install websockets
    BELVEDERE_PUBLISH_KEY=… python3 send_ws.py label key photo.jpg [photo.jpg …]
"""

import asyncio
import json
import os
import pathlib
import sys
import time

import websockets

URL = os.environ.get("BELVEDERE_URL", "http://127.0.0.1:8000").replace("http", "ws", 1)


async def main() -> None:
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    label, key, *pictures = sys.argv[1:]
    kept = pathlib.Path(__file__).parent.parent / "data" / "publish.key"
    token = os.environ.get("BELVEDERE_PUBLISH_KEY") or kept.read_text().strip()
    async with websockets.connect(f"{URL}/ws/frames?token={token}", compression=None, max_size=None) as socket:
        for picture in pictures:
            header = {"label": label, "key": key, "captured_at": time.time() * 1000, "warnings_json": "{}"}
            await socket.send(json.dumps(header).encode() + b"--IMG--" + pathlib.Path(picture).read_bytes())
            print(json.loads(await socket.recv())["message"])


if __name__ == "__main__":
    asyncio.run(main())
