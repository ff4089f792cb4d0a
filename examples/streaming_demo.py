"""A doorbell from Python: follows events, gives a command and reads live video, all at once.

    pip install requests sseclient-py "python-socketio[client]"
    python streaming_demo.py [--seconds 10] [--token TOKEN] [http://localhost:8000]

It rings the bell, and prints what happens and how many pictures come. Without a camera of your own: npm run demo
"""

import argparse
import json
import sys
import threading
import time

import requests
import socketio
import sseclient

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("url", nargs="?", default="http://localhost:8000")
arguments.add_argument("--seconds", type=float, default=10)
arguments.add_argument("--token", help="a key, a share link's token or an access token")
options = arguments.parse_args()
url = options.url.rstrip("/")
headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}
has_rung = threading.Event()
pictures = []


def follow_events():
    """Server-sent events. At first come those that are kept, then what happens."""
    answer = requests.get(f"{url}/stream/events", headers=headers, stream=True, timeout=90)
    answer.raise_for_status()
    for message in sseclient.SSEClient(answer).events():
        data = json.loads(message.data)
        if message.event == "connected":
            print("events: connected as", data["client_id"], flush=True)
            threading.Thread(target=ring, daemon=True).start()
        elif message.event == "event":
            print("events:", data["event_type"], data["timestamp"], flush=True)
            if data["event_type"] == "DOORBELL_PRESSED" and data["timestamp"] >= started:
                has_rung.set()


def ring():
    """A command over Socket.IO, whose answer is its acknowledgement."""
    client = socketio.SimpleClient()
    client.connect(url, auth={"token": options.token} if options.token else None)
    print("command:", client.call("system_command", {"command": "trigger_doorbell", "params": {}}), flush=True)
    print("video:", client.call("request_video_stream", {"quality": "medium"}), flush=True)
    client.disconnect()


def watch_video():
    """MJPEG: each part tells how long its picture is, and when it was taken."""
    answer = requests.get(f"{url}/stream/video/python?quality=medium", headers=headers, stream=True, timeout=30)
    if answer.status_code == 503:
        print("video:", answer.json()["message"], flush=True)
        return
    answer.raise_for_status()
    data = b""
    for chunk in answer.iter_content(None):
        data += chunk
        while b"\r\n\r\n" in data:
            head, rest = data.split(b"\r\n\r\n", 1)
            fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line)
            length = int(fields[b"Content-Length"])
            if len(rest) < length:
                break
            pictures.append(float(fields[b"X-Timestamp"]))
            # After it comes the boundary of the next part.
            data = rest[length:]


# The server's clock may differ from this one's; the bell's event is compared with it.
started = requests.get(f"{url}/api/status", headers=headers, timeout=10).json().get("timestamp", 0)
for work in (follow_events, watch_video):
    threading.Thread(target=work, daemon=True).start()
time.sleep(options.seconds)
print(f"{len(pictures)} pictures in {options.seconds:g} s; the bell {'rang' if has_rung.is_set() else 'did not ring'}", flush=True)
sys.exit(0 if has_rung.is_set() else 1)
