"""The values of an instrument's picture, to the bit: an array of NumPy."""

import io
import urllib.request
from os import environ

import numpy as np

url = environ.get("BELVEDERE_URL", "http://localhost:8000") + "/streams/beamline/image/data?wait=10"
token = environ.get("BELVEDERE_TOKEN")
headers = {"Authorization": f"Bearer {token}"} if token else {}
with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
    image = np.load(io.BytesIO(answer.read()))
print(f"pulse {answer.headers['X-Pulse-Id']}: {image.dtype} {image.shape}, mean {image.mean()}")
