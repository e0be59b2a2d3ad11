import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createScanPool } from '../../src/adapters/scan-pool/index.ts'
import { joinFiles } from '../../src/assessors/model/index.ts'
import { scanPath } from '../../src/services/scan/index.ts'

/**
 * The question: does a plain scan of a 2 GiB PyTorch checkpoint read under 1 % of it, in under 200 MB of memory?
 * The limit beside it is reading the file once with SHA-256; the peer is picklescan, where it is installed.
 */
const TENSORS = 32
const TENSOR_BYTES = 64 * 1024 * 1024

const folder = await mkdtemp(join(tmpdir(), 'bench-scan-'))
try {
  const path = join(folder, 'checkpoint.pt')
  await writeCheckpoint(path)
  const { size } = await stat(path)
  const pool = createScanPool({
    joinFiles,
    workerUrl: new URL('../../src/worker.ts', import.meta.url),
    workers: 1,
  })
  const start = performance.now()
  const report = await scanPath({ pool }, path)
  const scanMs = performance.now() - start
  await pool.close()
  // Peak of the whole process, measured before anything else reads the file. ru_maxrss is in KiB.
  const peakMb = process.resourceUsage().maxRSS / 1024
  const share = report.summary.readBytes / size
  const hashStart = performance.now()
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
    hash.update(chunk as Uint8Array)
  const hashMs = performance.now() - hashStart
  const peer = spawnSync('picklescan', ['--path', path])
  const result = {
    sizeBytes: size,
    verdict: report.verdict,
    readBytes: report.summary.readBytes,
    readShare: share,
    peakMb: Math.round(peakMb),
    scanMs: Math.round(scanMs),
    sha256Ms: Math.round(hashMs),
    ratioToHashing: Number((scanMs / hashMs).toFixed(4)),
    picklescan: peer.error === undefined ? `exit ${peer.status}` : 'absent',
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  await writeFile(new URL('./baseline.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`)
  const isGood = report.verdict === 'clean' && share < 0.01 && peakMb < 200
  process.exitCode = isGood ? 0 : 1
} finally {
  await rm(folder, { recursive: true })
}

/** An archive as torch.save lays it out: data.pkl, then stored storages, here holes of a sparse file. */
async function writeCheckpoint(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    const members = [
      { name: 'checkpoint/data.pkl', size: 0, data: statePickle() },
      ...Array.from({ length: TENSORS }, (_, i) => ({
        name: `checkpoint/data/${i}`,
        size: TENSOR_BYTES,
        data: undefined,
      })),
      { name: 'checkpoint/version', size: 0, data: Buffer.from('3\n') },
    ]
    const central: Buffer[] = []
    let at = 0
    for (const { name, size, data } of members) {
      const length = data?.length ?? size
      const local = header(name, length, undefined)
      await file.write(local, 0, local.length, at)
      if (data !== undefined) await file.write(data, 0, data.length, at + local.length)
      central.push(header(name, length, at))
      at += local.length + length
    }
    const directory = Buffer.concat(central)
    const tail = Buffer.concat([directory, endRecords(central.length, directory.length, at)])
    await file.write(tail, 0, tail.length, at)
  } finally {
    await file.close()
  }
}

/** Headers with ZIP64 fields throughout, as large checkpoints have. Checksums are left zero: nothing here reads them. */
function header(name: string, size: number, offset: number | undefined): Buffer {
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
function statePickle(): Buffer {
  const text = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`
  const int = (value: number): string => `J${Buffer.from(Int32Array.of(value).buffer).toString('latin1')}`
  let body = '\x80\x02ccollections\nOrderedDict\n)R('
  for (let i = 0; i < TENSORS; i++) {
    const items = TENSOR_BYTES / 4
    const id = `(${text('storage')}ctorch\nFloatStorage\n${text(String(i))}${text('cpu')}${int(items)}tQ`
    body += `${text(`w${i}`)}ctorch._utils\n_rebuild_tensor_v2\n(${id}K\x00${int(items)}\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR`
  }
  return Buffer.from(`${body}u.`, 'latin1')
}
