"""Unpacks the same bitshuffle_lz4 image again and again, into the same memory, with the C library bitshuffle out of Python's
package of it. Prints the CPU time of each in µs.

    unpack.py FILE ELEMENT_BYTES BYTES TIMES
"""

import ctypes
import json
import struct
import sys
import time

import bitshuffle.ext

file, *numbers = sys.argv[1:]
element, size, times = map(int, numbers)
packed = open(file, "rb").read()
block = struct.unpack_from(">i", packed, 8)[0] // element
blocks = ctypes.create_string_buffer(packed[12:])
image = ctypes.create_string_buffer(size)

unpack = ctypes.CDLL(bitshuffle.ext.__file__).bshuf_decompress_lz4
unpack.restype = ctypes.c_int64
unpack.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_size_t]


def unpack_all():
    for _ in range(times):
        if unpack(blocks, image, size // element, element, block) != len(packed) - 12:
            raise SystemExit("the image cannot be unpacked")


unpack_all()
before = time.process_time()
unpack_all()
print(json.dumps({"mean": (time.process_time() - before) / times * 1e6}))
