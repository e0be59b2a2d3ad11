"""Writes checkpoints with PyTorch into the folder named, and beside each what torch.load makes of it: the dtype, the shape
and the bytes of every tensor. Debian's python3-torch will do."""
import collections, hashlib, json, os, sys
import torch

out = sys.argv[1]
torch.manual_seed(7)

def dense(t):
    t = t.detach().contiguous()
    if t.dtype == torch.bfloat16: t = t.view(torch.int16)
    return t.numpy().tobytes()

NAMES = {torch.float32: 'F32', torch.float64: 'F64', torch.float16: 'F16', torch.bfloat16: 'BF16', torch.int64: 'I64',
         torch.int32: 'I32', torch.int16: 'I16', torch.int8: 'I8', torch.uint8: 'U8', torch.bool: 'BOOL', torch.complex64: 'C64'}

def write(name, value, pick=lambda v: v, **how):
    path = os.path.join(out, name)
    torch.save(value, path, **how)
    loaded = pick(torch.load(path))
    with open(path + '.json', 'w') as file:
        json.dump({key: [NAMES[t.dtype], list(t.shape), hashlib.sha256(dense(t)).hexdigest()] for key, t in loaded.items()}, file)

w = torch.randn(40, 30)
every = {str(d).split('.')[1]: (torch.randn(7, 5) * 50).to(d) for d in NAMES if d not in (torch.bool, torch.complex64)}
every['bool'] = torch.rand(9) > 0.5
every['complex64'] = torch.randn(3, dtype=torch.complex64)
odd = {
    'transposed': w.t(), 'sliced': w[3:9, 4:20:3], 'expanded': torch.randn(1, 6).expand(5, 6), 'narrow': w.view(-1)[17:400],
    'scalar': torch.tensor(2.5), 'empty': torch.zeros(0, 4), 'one': w[:1], 'permuted': torch.randn(4, 5, 6).permute(2, 0, 1),
    'int': torch.arange(10)[::3], 'half': w.half().t(), '': torch.ones(1), 'ключ': torch.ones(2), '__proto__': torch.ones(3), '7': torch.ones(4),
}
tied = {'wte.weight': w, 'lm_head.weight': w, 'part': w[:10]}
model = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.BatchNorm1d(4))
many = collections.OrderedDict((f'layer.{i}.weight', torch.full((3,), float(i))) for i in range(1500))

for zipped in (True, False):
    how = {'_use_new_zipfile_serialization': zipped}
    kind = 'zip' if zipped else 'legacy'
    write(f'every-{kind}.bin', every, **how)
    write(f'odd-{kind}.bin', odd, **how)
    write(f'tied-{kind}.bin', tied, **how)
    write(f'module-{kind}.bin', model.state_dict(), **how)
    write(f'parameters-{kind}.bin', dict(model.named_parameters()), **how)
    write(f'many-{kind}.bin', many, **how)
    write(f'plain-{kind}.bin', dict(many), **how)
    for protocol in (3, 4):
        write(f'protocol-{protocol}-{kind}.bin', odd, pickle_protocol=protocol, **how)
    write(f'wrapped-{kind}.ckpt', {'state_dict': model.state_dict(), 'epoch': 3, 'optimizer': {'state': {0: {'exp_avg': w}}}},
          pick=lambda v: v['state_dict'], **how)
