"""Small writers for formats whose frameworks are not here: from the published schemas. What they write is `synthetic`."""
import base64
import json
import marshal
import struct
import types


def varint(value):
    value &= (1 << 64) - 1
    out = b''
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def pb(*fields):
    """A protobuf message of (number, value): int, bytes, str, or another message as bytes."""
    out = b''
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        elif isinstance(value, float):
            out += varint(number << 3 | 5) + struct.pack('<f', value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def gguf(pairs, tensors=()):
    """GGUF v3 with string or uint32 values."""
    out = b'GGUF' + struct.pack('<IQQ', 3, len(tensors), len(pairs))

    def text(value):
        data = value.encode()
        return struct.pack('<Q', len(data)) + data

    for key, value in pairs:
        if isinstance(value, str):
            out += text(key) + struct.pack('<I', 8) + text(value)
        elif isinstance(value, list):
            out += text(key) + struct.pack('<IIQ', 9, 8, len(value)) + b''.join(text(v) for v in value)
        else:
            out += text(key) + struct.pack('<II', 4, value)
    at = 0
    for name, count in tensors:
        out += text(name) + struct.pack('<IQIQ', 1, count, 0, at)
        at += -(-4 * count // 32) * 32
    out += b'\0' * (-len(out) % 32) + b'\0' * at
    return out


def safetensors(tensors, metadata=None, tail=b''):
    """Tensors as (name, dtype, shape, bytes)."""
    header = {} if metadata is None else {'__metadata__': metadata}
    data = b''
    for name, dtype, shape, raw in tensors:
        header[name] = {'dtype': dtype, 'shape': shape, 'data_offsets': [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text + data + tail


def lambda_code(source='lambda x: open("sallyport-marker", "w")'):
    code = compile(source, '<lambda>', 'eval').co_consts[0]
    assert isinstance(code, types.CodeType)
    return base64.b64encode(marshal.dumps(code)).decode()


def dense(name='dense', units=4):
    """A Dense layer as Keras 3 writes it."""
    return {
        'module': 'keras.layers',
        'class_name': 'Dense',
        'config': {
            'name': name,
            'trainable': True,
            'dtype': {'module': 'keras', 'class_name': 'DTypePolicy', 'config': {'name': 'float32'}, 'registered_name': None},
            'units': units,
            'activation': 'relu',
            'use_bias': True,
            'kernel_initializer': {'module': 'keras.initializers', 'class_name': 'GlorotUniform', 'config': {'seed': None}, 'registered_name': None},
            'bias_initializer': {'module': 'keras.initializers', 'class_name': 'Zeros', 'config': {}, 'registered_name': None},
            'kernel_regularizer': None,
            'bias_regularizer': None,
            'activity_regularizer': None,
            'kernel_constraint': None,
            'bias_constraint': None,
        },
        'registered_name': None,
        'build_config': {'input_shape': [None, 3]},
    }


def sequential(layers, **more):
    head = {'module': 'keras.layers', 'class_name': 'InputLayer', 'config': {'batch_shape': [None, 3], 'dtype': 'float32', 'sparse': False, 'name': 'input_layer'}, 'registered_name': None}
    return {
        'module': 'keras',
        'class_name': 'Sequential',
        'config': {'name': 'sequential', 'trainable': True, 'dtype': {'module': 'keras', 'class_name': 'DTypePolicy', 'config': {'name': 'float32'}, 'registered_name': None}, 'layers': [head, *layers], 'build_input_shape': [None, 3]},
        'registered_name': None,
        'build_config': {'input_shape': [None, 3]},
        **more,
    }


def weights_h5():
    import io

    import h5py
    import numpy

    out = io.BytesIO()
    with h5py.File(out, 'w') as f:
        vars_ = f.create_group('layers/dense/vars')
        vars_.create_dataset('0', data=numpy.zeros((3, 4), 'f4'))
        vars_.create_dataset('1', data=numpy.zeros(4, 'f4'))
    return out.getvalue()


def keras_zip(config, extra=()):
    from carriers import zip_of

    text = config if isinstance(config, str) else json.dumps(config)
    meta = json.dumps({'keras_version': '3.5.0', 'date_saved': '2025-05-05@10:00:00'})
    return zip_of([('metadata.json', meta), ('config.json', text), ('model.weights.h5', weights_h5()), *extra])


def keras_h5(config, training=None):
    """As Keras 2 writes it."""
    import io

    import h5py
    import numpy

    out = io.BytesIO()
    with h5py.File(out, 'w') as f:
        f.attrs['keras_version'] = '2.15.0'
        f.attrs['backend'] = 'tensorflow'
        f.attrs['model_config'] = json.dumps(config)
        if training is not None:
            f.attrs['training_config'] = json.dumps(training)
        g = f.create_group('model_weights')
        g.attrs['layer_names'] = numpy.array([b'dense'])
        d = g.create_group('dense')
        d.attrs['weight_names'] = numpy.array([b'dense/kernel:0'])
        d.create_dataset('dense/kernel:0', data=numpy.zeros((3, 4), 'f4'))
    return out.getvalue()


def node(name, op, inputs=(), attrs=()):
    """A TensorFlow NodeDef."""
    fields = [(1, name), (2, op)] + [(3, i) for i in inputs]
    return pb(*fields, *[(5, pb((1, k), (2, v))) for k, v in attrs])


def const_string(name, value):
    tensor = pb((1, 7), (2, b''), (8, value))
    return node(name, 'Const', (), [('dtype', pb((6, 7))), ('value', pb((8, tensor)))])


def graph_def(nodes, functions=()):
    library = [(2, pb(*[(1, f) for f in functions]))] if functions else []
    return pb(*[(1, n) for n in nodes], *library, (4, pb((1, 1205))))


def function_def(name, nodes):
    return pb((1, pb((1, name))), *[(3, n) for n in nodes])


def saved_model(graph):
    meta_info = pb((2, pb((1, pb((1, 'Const'))))), (4, 'serve'), (5, '2.15.0'))
    return pb((1, 1), (2, pb((1, meta_info), (2, graph))))


def rds_promise(expression=('system', 'touch sallyport-marker')):
    """An environment-free list whose attribute holds a promise: CVE-2024-27322."""

    def char(text):
        data = text.encode()
        return struct.pack('>Ii', 0x00040009, len(data)) + data

    def symbol(name):
        return struct.pack('>I', 1) + char(name)

    def string(text):
        return struct.pack('>Ii', 16, 1) + char(text)

    nil = struct.pack('>I', 254)
    call = struct.pack('>I', 6) + symbol(expression[0]) + struct.pack('>I', 2) + string(expression[1]) + nil
    # PROMSXP: flags 5, environment? as attribute-less with tag bit set: env, value, expression.
    promise = struct.pack('>I', 0x0405) + struct.pack('>I', 253) + struct.pack('>I', 252) + call
    head = b'X\n' + struct.pack('>IIII', 3, 0x040302, 0x030500, 5) + b'UTF-8'
    return head + promise


def t7_function():
    """A Torch7 object that is a serialised Lua function."""
    code = b'\x1bLJ\x02' + b'\0' * 20
    return struct.pack('<ii', 8, 1) + struct.pack('<i', len(code)) + code + struct.pack('<i', 0)


def elf():
    return b'\x7fELF\x02\x01\x01' + b'\0' * 9 + struct.pack('<HHIQQQIHHHHHH', 3, 62, 1, 0x1000, 64, 0, 0, 64, 56, 1, 64, 0, 0) + b'\0' * 4096


def pe():
    return b'MZ' + b'\0' * 58 + struct.pack('<I', 128) + b'\0' * 64 + b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, 1, 0, 0, 0, 240, 0x22) + b'\x0b\x02' + b'\0' * 4000


def tflite(custom, builtin=None):
    """A TFLite model with one custom operator, or one builtin one."""
    import flatbuffers

    b = flatbuffers.Builder(256)
    name = b.CreateString(custom) if custom else None
    b.StartObject(4)
    if name is not None:
        b.PrependUOffsetTRelativeSlot(1, name, 0)
    code = 32 if builtin is None else builtin
    b.PrependInt8Slot(0, min(code, 127), 0)
    b.PrependInt32Slot(3, code, 0)
    op = b.EndObject()
    b.StartVector(4, 1, 4)
    b.PrependUOffsetTRelative(op)
    codes = b.EndVector()
    b.StartObject(8)
    b.PrependUint32Slot(0, 3, 0)
    b.PrependUOffsetTRelativeSlot(1, codes, 0)
    b.Finish(b.EndObject(), file_identifier=b'TFL3')
    return bytes(b.Output())


def rds_closure(body='system', argument='touch sallyport-marker'):
    """An R workspace whose `.First` runs a program when R starts with it."""
    import os
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'w.RData')
        subprocess.run(
            ['Rscript', '-e', f'.First <- function() {body}("{argument}"); x <- 1; save(.First, x, file="{path}")'],
            check=True,
            capture_output=True,
        )
        with open(path, 'rb') as file:
            return file.read()


def sentencepiece(words):
    pieces = [(1, pb((1, w), (2, 0.0), (3, 2 if w == '<unk>' else 1))) for w in words]
    return pb(*pieces, (2, pb((3, 'BPE'), (4, len(words)))), (3, pb((1, 'nmt_nfkc'))))


def tfevents(count=3):
    """A TensorBoard log."""
    table = []
    for i in range(256):
        v = i
        for _ in range(8):
            v = (v >> 1) ^ 0x82F63B78 if v & 1 else v >> 1
        table.append(v)

    def crc(data):
        c = 0xFFFFFFFF
        for x in data:
            c = (c >> 8) ^ table[(c ^ x) & 255]
        c ^= 0xFFFFFFFF
        return (((c >> 15) | (c << 17 & 0xFFFFFFFF)) + 0xA282EAD8) & 0xFFFFFFFF

    out = b''
    for _ in range(count):
        data = pb((3, 'brain.Event:2'))
        head = struct.pack('<Q', len(data))
        out += head + struct.pack('<I', crc(head)) + data + struct.pack('<I', crc(data))
    return out


def png():
    import zlib

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 0, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(b'\0\0')) + chunk(b'IEND', b'')
