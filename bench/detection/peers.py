"""What other scanners say of the corpus: peers.py CORPUS OUT. Each is looked for on PYTHONPATH and left out when absent.

flagged: a finding of warning or worse (picklescan strict: suspicious counts too); error: it gave up; none: nothing was said.
"""
import json
import logging
import os
import sys

logging.disable(logging.CRITICAL)


def files_of(path):
    if os.path.isfile(path):
        return [path]
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]


def picklescan(strict):
    from picklescan.scanner import SafetyLevel, scan_file_path

    def look(path):
        flagged = error = False
        for file in files_of(path):
            result = scan_file_path(file)
            error |= result.scan_err
            levels = {g.safety for g in result.globals}
            flagged |= result.issues_count > 0 or (strict and SafetyLevel.Suspicious in levels)
        return 'flagged' if flagged else 'error' if error else 'none'

    return look


def modelscan():
    from modelscan.modelscan import ModelScan
    from modelscan.settings import DEFAULT_SETTINGS

    def look(path):
        scan = ModelScan(settings=DEFAULT_SETTINGS)
        result = scan.scan(path)
        if result['issues']:
            return 'flagged'
        return 'error' if result['errors'] or not result['summary']['scanned']['total_scanned'] else 'none'

    return look


def fickling():
    import typing_extensions

    # Debian 12's is too old for one name that fickling uses as an annotation only.
    typing_extensions.Buffer = getattr(typing_extensions, 'Buffer', bytes)
    from fickling.analysis import Severity, check_safety
    from fickling.fickle import Pickled, StackedPickle

    def look(path):
        flagged = error = False
        for file in files_of(path):
            try:
                with open(file, 'rb') as stream:
                    for pickled in StackedPickle.load(stream, fail_on_decode_error=False):
                        flagged |= check_safety(pickled).severity > Severity.LIKELY_SAFE
            except Exception:
                error = True
        return 'flagged' if flagged else 'error' if error else 'none'

    return look


corpus, out = sys.argv[1:]
with open(os.path.join(corpus, 'labels.json')) as file:
    labels = json.load(file)
said = {}
for name, make in {'picklescan': lambda: picklescan(False), 'picklescan --strict': lambda: picklescan(True), 'modelscan': modelscan, 'fickling': fickling}.items():
    try:
        look = make()
    except ImportError as problem:
        print(f'{name} is absent: {problem}', file=sys.stderr)
        continue
    said[name] = {}
    for item in labels:
        try:
            said[name][item['path']] = look(os.path.join(corpus, item['path']))
        except Exception:
            said[name][item['path']] = 'error'
with open(out, 'w') as file:
    json.dump(said, file)
