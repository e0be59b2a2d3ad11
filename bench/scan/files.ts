import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

const TENSORS = 32

/** An archive as torch.save lays it out: data.pkl, then stored storages, here holes of a sparse file. Sizes in bytes. */
export async function writeCheckpoint(path: string, sizeBytes: number): Promise<void> {
  const tensorBytes = sizeBytes / TENSORS
  const file = await open(path, 'w')
  try {
    const members = [
      { name: 'checkpoint/data.pkl', size: 0, data: statePickle(tensorBytes) },
      ...Array.from({ length: TENSORS }, (_, i) => ({
        name: `checkpoint/data/${i}`,
        size: tensorBytes,
        data: undefined,
      })),
      { name: 'checkpoint/version', size: 0, data: Buffer.from('3\n') },
    ]
    const central: Buffer[] = []
    let at = 0
    for (const { name, size, data } of members) {
      const length = data?.length ?? size
      const crc = crc32(data ?? Buffer.alloc(size))
      const local = header(name, { size: length, crc })
      await file.write(local, 0, local.length, at)
      if (data !== undefined) await file.write(data, 0, data.length, at + local.length)
      central.push(header(name, { size: length, crc, offset: at }))
      at += local.length + length
    }
    const directory = Buffer.concat(central)
    const tail = Buffer.concat([directory, endRecords(central.length, directory.length, at)])
    await file.write(tail, 0, tail.length, at)
  } finally {
    await file.close()
  }
}

interface Entry {
  readonly size: number
  readonly crc: number
  /** In the directory only. */
  readonly offset?: number
}

/** Headers with ZIP64 fields throughout, as large checkpoints have. */
function header(name: string, { size, crc, offset }: Entry): Buffer {
  const isLocal = offset === undefined
  const extra = Buffer.alloc(isLocal ? 20 : 28)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(extra.length - 4, 2)
  extra.writeBigUInt64LE(BigInt(size), 4)
  extra.writeBigUInt64LE(BigInt(size), 12)
  if (offset !== undefined) extra.writeBigUInt64LE(BigInt(offset), 20)
  const fixed = Buffer.alloc(isLocal ? 30 : 46)
  const shift = isLocal ? 0 : 2
  fixed.writeUInt32LE(isLocal ? 0x0403_4b50 : 0x0201_4b50, 0)
  fixed.writeUInt32LE(crc, 14 + shift)
  fixed.writeUInt32LE(0xffff_ffff, 18 + shift)
  fixed.writeUInt32LE(0xffff_ffff, 22 + shift)
  fixed.writeUInt16LE(name.length, 26 + shift)
  fixed.writeUInt16LE(extra.length, 28 + shift)
  if (!isLocal) fixed.writeUInt32LE(0xffff_ffff, 42)
  return Buffer.concat([fixed, Buffer.from(name), extra])
}

function endRecords(count: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20 + 22)
  end.writeUInt32LE(0x0606_4b50, 0)
  end.writeBigUInt64LE(44n, 4)
  for (const at of [24, 32]) end.writeBigUInt64LE(BigInt(count), at)
  end.writeBigUInt64LE(BigInt(bytes), 40)
  end.writeBigUInt64LE(BigInt(offset), 48)
  end.writeUInt32LE(0x0706_4b50, 56)
  end.writeBigUInt64LE(BigInt(offset + bytes), 64)
  end.writeUInt32LE(1, 72)
  end.writeUInt32LE(0x0605_4b50, 76)
  for (const at of [84, 86]) end.writeUInt16LE(0xffff, at)
  for (const at of [88, 92]) end.writeUInt32LE(0xffff_ffff, at)
  return end
}

/** `{'w0': tensor, …}` as torch.save pickles a state dict with protocol 2. */
function statePickle(tensorBytes: number): Buffer {
  const text = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`
  const int = (value: number): string => `J${Buffer.from(Int32Array.of(value).buffer).toString('latin1')}`
  let body = '\x80\x02ccollections\nOrderedDict\n)R('
  for (let i = 0; i < TENSORS; i++) {
    const items = tensorBytes / 4
    const id = `(${text('storage')}ctorch\nFloatStorage\n${text(String(i))}${text('cpu')}${int(items)}tQ`
    body += `${text(`w${i}`)}ctorch._utils\n_rebuild_tensor_v2\n(${id}K\x00${int(items)}\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR`
  }
  return Buffer.from(`${body}u.`, 'latin1')
}

/** One tensor, a hole of a sparse file. */
export async function writeSafetensors(path: string, sizeBytes: number): Promise<void> {
  const header = JSON.stringify({ w: { dtype: 'F32', shape: [sizeBytes / 4], data_offsets: [0, sizeBytes] } })
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
  const file = await open(path, 'w')
  try {
    await file.write(Buffer.concat([sizeField(padded.length), Buffer.from(padded)]))
    await file.truncate(8 + padded.length + sizeBytes)
  } finally {
    await file.close()
  }
}

function sizeField(size: number): Buffer {
  const field = Buffer.alloc(8)
  field.writeBigUInt64LE(BigInt(size))
  return field
}

/** A list of floats, as `pickle.dumps` writes it: a BINFLOAT of nine bytes for each. */
export async function writeFloatList(path: string, sizeBytes: number): Promise<void> {
  const batches = Math.floor(sizeBytes / 9002)
  const batch = Buffer.alloc(2 + 9000)
  batch[0] = 0x28
  for (let i = 0; i < 1000; i++) {
    batch[1 + 9 * i] = 0x47
    batch.writeDoubleBE(i * 0.37, 2 + 9 * i)
  }
  batch[9001] = 0x65
  const head = Buffer.from([0x80, 4, 0x5d, 0x94])
  await writeFile(
    path,
    Buffer.concat([head, ...Array.from({ length: batches }, () => batch), Buffer.from('.')]),
  )
}

/** A NumPy array as protocol 4 pickles it: one BINBYTES8. */
export async function writeFloatArray(path: string, sizeBytes: number): Promise<void> {
  const short = (text: string): Buffer =>
    Buffer.from(`\x8c${String.fromCharCode(text.length)}${text}`, 'latin1')
  const count = Buffer.alloc(4)
  count.writeInt32LE(sizeBytes / 8)
  const global = (module: string, name: string) => [short(module), short(name), Buffer.from([0x93])]
  const dtype = [
    ...global('numpy', 'dtype'),
    short('f8'),
    Buffer.from([0x89, 0x88, 0x87, 0x52, 0x28, 0x4b, 3]),
    short('<'),
  ]
  const state = Buffer.from('NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89', 'latin1')
  const parts = [
    Buffer.from([0x80, 4]),
    ...global('numpy.core.multiarray', '_reconstruct'),
    ...global('numpy', 'ndarray'),
    Buffer.from('K\x00\x85C\x01b\x87R(K\x01J', 'latin1'),
    count,
    Buffer.from([0x85]),
    ...dtype,
    state,
    Buffer.concat([Buffer.from([0x8e]), sizeField(sizeBytes), Buffer.alloc(sizeBytes, 7)]),
    Buffer.from('tb.'),
  ]
  await writeFile(path, Buffer.concat(parts))
}

/** Many small pickles: settings and `floats` weights each. */
export async function writeSmallFiles(folder: string, count: number, floats: number): Promise<void> {
  const text = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`
  for (let i = 0; i < count; i++) {
    const into = join(folder, String(i % 100))
    if (i < 100) await mkdir(into, { recursive: true })
    const weights = Array.from({ length: floats }, (_, k) => {
      const field = Buffer.alloc(8)
      field.writeDoubleBE(i * 0.5 + k)
      return `G${field.toString('latin1')}`
    })
    const body = `\x80\x02}(${text('name')}${text(`model ${i}`)}${text('weights')}](${weights.join('')}e${text('layers')}(K\x01K\x02tu.`
    await writeFile(join(into, `m${i}.pkl`), Buffer.from(body, 'latin1'))
  }
}
