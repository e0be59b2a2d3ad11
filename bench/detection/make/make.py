"""Writes the labelled corpus into a folder: make.py FOLDER [PREFIX-OF-TECHNIQUES]. Needs the Debian packages that .ci/run names; writes labels.json.

Every malicious file that something here can load is loaded once, in a child process without network that may write little,
and counts as `proven` when its marker appeared. The split is by technique: what is `scored` shares no technique with `dev`.
"""
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
random.seed(20261121)

import benign
import fresh
import fresh_benign
import late
import others
import payloads
from carriers import carriers

MARKER = payloads.MARK
PROVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'prove.py')


def split_of(technique):
    """40 % of the techniques are for development; nobody looks at single files of the rest. `late` and `fresh` came after the rules."""
    part = technique.split('-', 1)[0]
    if part in ('late', 'fresh'):
        return part
    return 'dev' if hashlib.sha256(technique.encode()).digest()[0] < 102 else 'scored'


def has_fired(loader, path):
    """Loads one file in a child process; true when its marker appeared."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, 'payload.py').write_text(payloads.CODE)
        command = [sys.executable, PROVE, loader, os.path.abspath(path)]
        if subprocess.run(['unshare', '-rn', 'true'], capture_output=True).returncode == 0:
            command = ['unshare', '-rn', *command]
        try:
            subprocess.run(command, cwd=folder, capture_output=True, timeout=60, env={'PATH': '/usr/bin:/bin', 'HOME': folder})
        except subprocess.TimeoutExpired:
            pass
        return any(name.startswith(MARKER) for name in os.listdir(folder))


def malicious():
    plain = dict(payloads.all_payloads())
    for technique, raw in plain.items():
        yield f'pickle-{technique}', 'pickle', 'code', {'model.pkl': raw}, False, 'pickle'
    names = sorted(plain)
    for technique, suffix, carry, loader, synthetic in carriers():
        # The payload's technique is one of the same split, so that the scored half stays unseen.
        same = [name for name in names if split_of(f'pickle-{name}') == split_of(f'in-{technique}')]
        for name in random.sample(same, 2):
            yield f'in-{technique}', technique.split('-')[0], 'carrier', {'model' + suffix: carry(plain[name])}, synthetic, loader
    yield from others.all_items()
    yield from late.all_items()
    yield from fresh.all_items()


def write(root, label, items):
    labels = []
    for i, (technique, fmt, kind, files, synthetic, loader) in enumerate(items):
        folder = f'{label}/{i:03d}-{technique}'
        for name, data in files.items():
            path = pathlib.Path(root, folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        first = str(pathlib.Path(root, folder, next(iter(files))))
        labels.append(
            {
                'path': folder if len(files) > 1 else f'{folder}/{next(iter(files))}',
                'label': label,
                'technique': technique,
                'format': fmt,
                'class': kind,
                'synthetic': synthetic,
                'split': split_of(technique),
                'proven': loader is not None and has_fired(loader, first),
            }
        )
    return labels


def main(root, part=''):
    bad = write(root, 'malicious', (item for item in malicious() if item[0].startswith(part)))
    ordinary = [*benign.all_items(), *late.benign_items(), *fresh_benign.all_items()]
    good = write(root, 'benign', ((t, fmt, 'ordinary', files, synthetic, None) for t, fmt, files, synthetic in ordinary if t.startswith(part)))
    pathlib.Path(root, 'labels.json').write_text(json.dumps(bad + good, indent=1))
    print(f'{len(bad)} malicious ({sum(x["proven"] for x in bad)} proven), {len(good)} benign')


main(*sys.argv[1:3])
