import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The question: do 200 clients that ask for one 2 GiB repository at once cause one transfer, in how much memory, and how fast is a
 * cached file handed out beside nginx on the same machine? Throughput: medians of alternating rounds, one client each.
 * `--size-mib` makes it smaller.
 */
const MIB = 1024 * 1024
const SIZE_MIB = Number(flagOf('--size-mib') ?? 2048) || 2048
const CLIENTS = 200
/** What each of many reads of the file: all of it would be 400 GiB. */
const MIB_EACH = 64
const ROUNDS = 5
const NGINX = '/usr/sbin/nginx'
const root = join(import.meta.dirname, '..', '..')
const folder = await mkdtemp(join(tmpdir(), 'bench-hub-'))
/** The published form where it was built (`npm run build`, or `--main` names it): memory and speed are its own. */
const MAIN =
  [flagOf('--main') ?? '', join(root, 'dist', 'main.cjs'), join(root, 'src', 'main.ts')].find((path) =>
    existsSync(path),
  ) ?? ''
const children: ChildProcess[] = []

try {
  const path = join(folder, 'model.safetensors')
  const sha256 = await writeModel(path)
  const upstream = start([join(import.meta.dirname, 'upstream-child.ts'), path, sha256])
  let transfers = 0
  upstream.stdout?.on('data', (chunk) => {
    transfers += String(chunk).split('transfer\n').length - 1
  })
  const port = await said(upstream, /listening (\d+)/)
  const home = join(folder, 'home')
  const server = start([MAIN, 'up'], {
    SALLYPORT_HOME: home,
    SALLYPORT_HUB_UPSTREAM: `http://127.0.0.1:${port}`,
    SALLYPORT_PORT: '0',
    SALLYPORT_OPS_PORT: '0',
  })
  const url = `${await said(server, /hub\s+(http:\S+)/)}/org/big/resolve/main/model.safetensors`
  await waitUntilOpen(url)
  const idle = peakMib(server)
  const together = clients(url, CLIENTS, Math.min(MIB_EACH, SIZE_MIB))
  const peak = peakMib(server)
  const nginx = existsSync(NGINX) ? await startNginx(path) : undefined
  const rounds = []
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ ours: clients(url, 1), nginx: nginx === undefined ? Number.NaN : clients(nginx, 1) })
  const result = {
    sizeMib: SIZE_MIB,
    clients: CLIENTS,
    transfers,
    peakMibAfterPull: idle,
    peakMib: peak,
    mibPerSecondTogether: Math.round(together / MIB),
    mibPerSecond: Math.round(median(rounds.map(({ ours }) => ours)) / MIB),
    nginxMibPerSecond:
      nginx === undefined ? 'nginx is absent' : Math.round(median(rounds.map((one) => one.nginx)) / MIB),
    ratio: nginx === undefined ? 'nginx is absent' : median(rounds.map((one) => one.ours / one.nginx)),
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  if (process.argv.includes('--baseline'))
    await writeFile(new URL('./baseline.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`)
} finally {
  for (const child of children) child.kill('SIGTERM')
  await rm(folder, { recursive: true, force: true })
}

function flagOf(flag: string): string | undefined {
  const at = process.argv.indexOf(flag)
  return at < 0 ? undefined : process.argv[at + 1]
}

/** One tensor of random bytes. @returns the file's SHA-256 */
async function writeModel(path: string): Promise<string> {
  const tensor = SIZE_MIB * MIB
  const header = Buffer.from(
    JSON.stringify({ w: { dtype: 'U8', shape: [tensor], data_offsets: [0, tensor] } }),
  )
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const hash = createHash('sha256')
  const file = await open(path, 'w')
  const put = async (bytes: Uint8Array) => {
    hash.update(bytes)
    await file.write(bytes)
  }
  await put(Buffer.concat([length, header]))
  const block = randomFillSync(Buffer.alloc(4 * MIB))
  for (let at = 0; at < tensor; at += block.length) {
    block.writeUInt32LE(at / block.length)
    await put(block)
  }
  await file.close()
  return hash.digest('hex')
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

function said(child: ChildProcess, words: RegExp): Promise<string> {
  return new Promise((done, failed) => {
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += String(chunk)
      const found = words.exec(text)?.[1]
      if (found !== undefined) done(found)
    })
    child.once('exit', () => failed(new Error(`it ended before it said ${words}: ${text}`)))
  })
}

async function waitUntilOpen(url: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const answer = await fetch(url, { method: 'HEAD' })
    if (answer.status === 200) return
    if (answer.status !== 503) throw new Error(`${answer.status} ${answer.headers.get('x-error-message')}`)
    await new Promise((done) => setTimeout(done, 500))
  }
  throw new Error('the revision was not opened in time')
}

/** Bytes per second of so many clients in a process of their own. */
function clients(url: string, count: number, mibEach?: number): number {
  const args = [join(import.meta.dirname, 'clients-child.ts'), url, String(count), String(mibEach ?? '')]
  const run = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`the clients failed: ${run.stderr}`)
  return Number(run.stdout)
}

async function startNginx(path: string): Promise<string> {
  const port = 20_000 + (process.pid % 20_000)
  const config = join(folder, 'nginx.conf')
  await writeFile(
    config,
    `daemon off; pid ${folder}/nginx.pid; error_log stderr; user root; worker_processes auto; events {}
     http { access_log off; sendfile on; server { listen 127.0.0.1:${port}; location / { root ${folder}; } } }`,
  )
  children.push(spawn(NGINX, ['-p', folder, '-c', config], { stdio: 'ignore' }))
  const url = `http://127.0.0.1:${port}/${path.split('/').at(-1)}`
  for (let i = 0; i < 50; i++) {
    const answer = await fetch(url, { method: 'HEAD' }).catch(() => undefined)
    if (answer?.ok === true) return url
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('nginx did not come up')
}

function peakMib({ pid }: ChildProcess): number {
  const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib) / 1024)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
