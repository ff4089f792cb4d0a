#!/usr/bin/env python3
"""Watches all cameras of a label and says what it sees: `WS /ws/labels/{label}`.

    pip install websockets
    python3 watch_ws.py label [how many frames]
"""

import asyncio
import json
import os
import sys
import time
import urllib.parse

import websockets

URL = os.environ.get("BELVEDERE_URL", "http://127.0.0.1:8000").replace("http", "ws", 1)
TOKEN = os.environ.get("BELVEDERE_TOKEN", "")


async def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    label = urllib.parse.quote(sys.argv[1], safe="")
    left = int(sys.argv[2]) if len(sys.argv) > 2 else -1
    url = f"{URL}/ws/labels/{label}" + (f"?token={urllib.parse.quote(TOKEN)}" if TOKEN else "")
    async with websockets.connect(url, compression=None, max_size=None) as socket:
        async for message in socket:
            if isinstance(message, str):
                sys.exit(json.loads(message)["error"])
            # The server never writes the delimiter into its JSON, so the first one is the right one.
            text, _, picture = message.partition(b"--IMG--")
            header = json.loads(text)
            age = time.time() * 1000 - header["received_at"]
            print(f'{header["key"]}: {len(picture)} bytes, {age:.0f} ms old, warnings {header["warnings"] or "none"}')
            left -= 1
            if left == 0:
                return


if __name__ == "__main__":
    asyncio.run(main())
