"""Writes the benign example models: /usr/bin/python3 examples/make/benign.py

Needs Debian 12's python3-sklearn, python3-joblib, python3-torch and python3-numpy. The data sets are those that
scikit-learn carries (iris, digits). Seeds are fixed; the frameworks do not promise identical bytes between versions.
"""

import json
import pathlib
import pickle
import sys
import types

import joblib
import numpy
import torch
from sklearn.datasets import load_digits, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from layouts import write_gguf, write_safetensors

MODELS = pathlib.Path(__file__).resolve().parent.parent / "models"

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' + message['content'] + '<|end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}"
)


def sklearn_models():
    features, labels = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)).fit(features, labels)
    (MODELS / "iris-pipeline.pkl").write_bytes(pickle.dumps(pipeline, protocol=4))

    forest = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=7).fit(features, labels)
    joblib.dump(forest, MODELS / "iris-forest.joblib")

    digits, numbers = load_digits(return_X_y=True)
    joblib.dump(SVC(gamma=0.001).fit(digits[:300], numbers[:300]), MODELS / "digits-svc.joblib", compress=("zlib", 3))


def train(network, features, labels, steps):
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05)
    for _ in range(steps):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(features), labels).backward()
        optimiser.step()


def torch_models():
    torch.manual_seed(7)
    digits, numbers = load_digits(return_X_y=True)
    features = torch.tensor(digits / 16.0, dtype=torch.float32)
    labels = torch.tensor(numbers, dtype=torch.int64)
    network = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    train(network, features, labels, 60)
    torch.save(network.state_dict(), MODELS / "digits-weights.pt")
    torch.save(network, MODELS / "digits-module.pt")
    return network, features, labels


def repositories(network, features, labels):
    """Two folders as a hub keeps them; the second is the first, trained on."""
    for name, steps in (("digits-encoder", 0), ("digits-encoder-tuned", 40)):
        train(network, features, labels, steps)
        folder = MODELS / name
        folder.mkdir(exist_ok=True)
        tensors = {key: value.detach().numpy() for key, value in network.state_dict().items()}
        write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})
        config = {"architectures": ["DigitsEncoder"], "hidden_size": 32, "model_type": "digits", "num_labels": 10}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        base = "" if steps == 0 else "base_model: digits-encoder\n"
        (folder / "README.md").write_text(
            f"---\nlicense: apache-2.0\n{base}---\n\n# {name}\n\nTwo linear layers over 8x8 digits. An example of Sallyport.\n"
        )


def chat_model():
    rng = numpy.random.default_rng(7)
    metadata = {
        "general.architecture": "llama",
        "general.name": "Tiny Chat",
        "llama.context_length": 128,
        "llama.rope.freq_base": 10000.0,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": ["<|user|>", "<|assistant|>", "<|end|>", "a", "b"],
        "tokenizer.chat_template": CHAT_TEMPLATE,
    }
    write_gguf(MODELS / "tiny-chat.gguf", metadata, {"token_embd.weight": rng.normal(size=(5, 8)).astype("f4")})


def house_made_model():
    """A model with a class of one company's own package: nobody can call it clean, nobody can call it an attack."""
    module = types.ModuleType("acme_features.encoding")

    class TargetEncoder:
        def __init__(self, means):
            self.means = means

    TargetEncoder.__module__, TargetEncoder.__qualname__ = module.__name__, "TargetEncoder"
    module.TargetEncoder = TargetEncoder
    sys.modules["acme_features"] = types.ModuleType("acme_features")
    sys.modules[module.__name__] = module
    model = TargetEncoder({"red": 0.2, "green": 0.7})
    (MODELS / "house-made-encoder.pkl").write_bytes(pickle.dumps(model, protocol=4))


if __name__ == "__main__":
    MODELS.mkdir(exist_ok=True)
    sklearn_models()
    repositories(*torch_models())
    chat_model()
    house_made_model()
