"""Writers for two published layouts, so that no library beyond NumPy is needed.

safetensors: https://github.com/huggingface/safetensors#format
GGUF v3:     https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

Files written here are marked `synthetic` in expected.json: they follow the schema, but no framework wrote them.
"""

import json
import struct

GGUF_ALIGNMENT = 32
UINT32, FLOAT32, STRING, ARRAY = 4, 6, 8, 9
GGML_F32 = 0


def write_safetensors(path, tensors, metadata):
    """Writes float32 arrays by name; the header is padded with spaces to eight bytes, as the reference does."""
    header, offset = {"__metadata__": metadata}, 0
    for name, array in tensors.items():
        size = array.nbytes
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            out.write(array.astype("<f4").tobytes())


def _string(text):
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(value):
    if isinstance(value, str):
        return struct.pack("<I", STRING) + _string(value)
    if isinstance(value, int):
        return struct.pack("<II", UINT32, value)
    if isinstance(value, float):
        return struct.pack("<If", FLOAT32, value)
    body = b"".join(_string(item) for item in value)
    return struct.pack("<IIQ", ARRAY, STRING, len(value)) + body


def write_gguf(path, metadata, tensors):
    """Writes metadata (str, int, float, list of str) and float32 arrays."""
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        out += _string(key) + _value(value)
    offset = 0
    for name, array in tensors.items():
        dims = list(reversed(array.shape))
        out += _string(name) + struct.pack("<I", len(dims)) + struct.pack(f"<{len(dims)}Q", *dims)
        out += struct.pack("<IQ", GGML_F32, offset)
        offset += array.nbytes + (-array.nbytes % GGUF_ALIGNMENT)
    out += b"\0" * (-len(out) % GGUF_ALIGNMENT)
    for array in tensors.values():
        raw = array.astype("<f4").tobytes()
        out += raw + b"\0" * (-len(raw) % GGUF_ALIGNMENT)
    with open(path, "wb") as file:
        file.write(out)
