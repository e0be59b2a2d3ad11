"""One deed of Python's own clients of a hub, told as JSON: {"ok": sha256 by file} or {"error": class, "message", "noExist"}."""

import hashlib
import json
import os
import sys

wish = json.loads(sys.argv[1])
os.environ["HF_ENDPOINT"] = wish["endpoint"]
os.environ["HF_HOME"] = wish["home"]
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["HF_HUB_DISABLE_XET"] = "1"
# A client that asks again and again asks at once in a test: what is asserted is that it asks, and what comes of it.
if wish.get("token"):
    os.environ["HF_TOKEN"] = wish["token"]

import huggingface_hub as hub  # noqa: E402


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def tree(folder):
    found = {}
    for base, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(base, name)
            short = os.path.relpath(path, folder)
            if not short.startswith(".cache"):
                found[short] = sha256(path)
    return found


def file():
    path = hub.hf_hub_download(wish["repo"], wish["file"], revision=wish.get("revision"), repo_type=wish.get("type"))
    return {wish["file"]: sha256(path)}


def snapshot():
    return tree(hub.snapshot_download(wish["repo"], revision=wish.get("revision"), repo_type=wish.get("type")))


def kserve():
    # As kserve_storage.py calls it.
    return tree(hub.snapshot_download(repo_id=wish["repo"], revision=wish.get("revision"), local_dir=wish["dir"]))


def templates():
    # As transformers looks for more chat templates.
    try:
        entries = hub.list_repo_tree(
            wish["repo"], revision=wish.get("revision"), path_in_repo="additional_chat_templates", recursive=False
        )
        return {"paths": [entry.path for entry in entries]}
    except hub.errors.EntryNotFoundError:
        return {"paths": None}


def info():
    model = hub.HfApi().model_info(wish["repo"], revision=wish.get("revision"))
    return {"sha": model.sha, "files": sorted(sibling.rfilename for sibling in model.siblings)}


def whoami():
    return {"name": hub.HfApi().whoami()["name"]}


def tokenizer():
    from transformers import AutoConfig, AutoTokenizer

    config = AutoConfig.from_pretrained(wish["repo"], revision=wish.get("revision"))
    words = AutoTokenizer.from_pretrained(wish["repo"], revision=wish.get("revision"))
    return {"type": config.model_type, "ids": words("hello world")["input_ids"]}


def negative_cache():
    for base, folders, files in os.walk(wish["home"]):
        if os.path.basename(os.path.dirname(base)) == ".no_exist" and files:
            return True
    return False


try:
    told = {"ok": globals()[wish["deed"]]()}
except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to know it
    told = {"error": type(error).__name__, "message": str(error), "cause": repr(error.__cause__)}
told["noExist"] = negative_cache()
print("\n" + json.dumps(told))
