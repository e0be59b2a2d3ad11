import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { openDependencies } from '../../src/adapters/dependency-files/index.ts'
import { openDump } from '../../src/adapters/osv-sources/index.ts'
import { openVulnDbFolder } from '../../src/adapters/vulndb-sqlite/index.ts'
import {
  checkDependencies,
  emitDependencies,
  updateVulnDb,
  vulnsOf,
} from '../../src/services/dependencies/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-advisories-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const now = () => new Date('2026-11-21T12:00:00Z')

const record = (id: string, name: string, fixed: string, more: object = {}) => ({
  id,
  modified: '2026-11-01T00:00:00Z',
  summary: `a fault of ${name}`,
  affected: [
    {
      package: { ecosystem: 'PyPI', name },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    },
  ],
  ...more,
})

/** A zip as OSV publishes them: one deflated JSON file a record. */
function zipOf(files: readonly { readonly name: string; readonly text: string }[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, text } of files) {
    const raw = Buffer.from(text)
    const packed = deflateRawSync(raw)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(8, 8)
    head.writeUInt32LE(crc32(raw), 14)
    head.writeUInt32LE(packed.length, 18)
    head.writeUInt32LE(raw.length, 22)
    head.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    head.copy(entry, 6, 4, 30)
    entry.writeUInt32LE(offset, 42)
    parts.push(head, Buffer.from(name), packed)
    directory.push(entry, Buffer.from(name))
    offset += 30 + name.length + packed.length
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, ...directory, end])
}

const dumpFile = (name: string, value: unknown) => {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(value))
  return file
}
const open = (from: string) => openDump({ fetch, folder: join(folder, 'kept') }, from)
const base = {
  keep: false,
  epss: { file: 'epss', text: 'cve,epss,percentile\nCVE-2026-1000,0.5,0.9\n' },
  kev: { file: 'kev', text: '{"vulnerabilities":[{"cveID":"CVE-2026-1000"}]}' },
}

describe('the database', () => {
  const store = openVulnDbFolder(join(folder, 'db'))
  const update = async (from: readonly string[], keep = false) =>
    updateVulnDb({ store, now }, { ...base, keep, dumps: await Promise.all(from.map(open)) })

  test('a zip, a list and a folder are read; what is no record is named', async () => {
    const zip = join(folder, 'all.zip')
    writeFileSync(
      zip,
      zipOf(
        Array.from({ length: 40 }, (_, i) => ({
          name: `P-${i}.json`,
          text: JSON.stringify(record(`P-${i}`, `n${i}`, '2')),
        })),
      ),
    )
    const list = dumpFile('list.json', [
      record('A-1', 'Torch', '2.1', { aliases: ['CVE-2026-1000'] }),
      { id: 'no' },
    ])
    const { status, refused } = await update([zip, list])
    expect(status).toMatchObject({
      records: 41,
      refused: 1,
      epss: 1,
      kev: 1,
      ecosystems: [{ name: 'PyPI', records: 41 }],
    })
    expect(refused[0]).toContain('list.json')
    const db = store.open()
    expect(db?.recordsOf('PyPI', 'torch').map(({ id }) => id)).toEqual(['A-1'])
    expect(db?.exploitOf('CVE-2026-1000')).toEqual({ epss: 0.5, kev: true })
    expect(db?.exploitOf('CVE-2026-9999')).toEqual({ kev: false })
    expect([db?.covers('PyPI'), db?.covers('npm')]).toEqual([true, false])
    db?.close()
  })

  test('adding keeps the rest; the newer of two records counts, and its old names are gone', async () => {
    const newer = record('A-1', 'renamed', '3', { modified: '2026-11-02T00:00:00Z' })
    const older = record('P-1', 'older', '3', { modified: '2020-01-01T00:00:00Z' })
    const { status } = await update([dumpFile('more.json', [newer, older])], true)
    expect(status.records).toBe(41)
    const db = store.open()
    expect(db?.recordsOf('PyPI', 'torch')).toEqual([])
    expect(db?.recordsOf('PyPI', 'renamed')).toHaveLength(1)
    expect(db?.recordsOf('PyPI', 'older')).toEqual([])
    db?.close()
  })

  test.for([
    ['nothing', '[]'],
    ['no JSON', 'x'],
    ['another thing', '{"a":1}'],
  ])('a dump of %s leaves the old one', async ([, text = '']) => {
    const file = join(folder, 'bad.json')
    writeFileSync(file, text)
    await expect(update([file])).rejects.toThrow(/holds no record of OSV/)
    const db = store.open()
    expect(db?.status().records).toBe(41)
    db?.close()
    expect(readdirSync(join(folder, 'db'))).toEqual(['advisories.db'])
  })

  test('an address: https or this machine, and no other after a turn', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/turn') response.writeHead(302, { location: 'http://example.com/all.zip' }).end()
      else response.end(JSON.stringify([record('U-1', 'u', '2')]))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      expect((await update([`${at}/all.zip`])).status.records).toBe(1)
      await expect(update([`${at}/turn`])).rejects.toThrow(/https/)
      await expect(update(['http://example.com/all.zip'])).rejects.toThrow(/https/)
      await expect(update(['https://u:p@example.com/all.zip'])).rejects.toThrow(/password/)
    } finally {
      server.close()
    }
  })

  test('a writer that is killed leaves the old one whole, and the next sweeps up', {
    timeout: 60_000,
  }, async () => {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'write-until-killed-child.ts'), join(folder, 'db')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await new Promise<void>((ready) => child.stdout.once('data', () => ready()))
    child.kill('SIGKILL')
    await new Promise<void>((gone) => child.once('exit', () => gone()))
    expect(readdirSync(join(folder, 'db')).some((name) => name.startsWith('next-'))).toBe(true)
    const db = store.open()
    expect(db?.status().records).toBe(1)
    db?.close()
    await update([dumpFile('after.json', [record('Z-1', 'z', '2')])])
    expect(readdirSync(join(folder, 'db'))).toEqual(['advisories.db'])
  })
})

describe('a check of packages', () => {
  const store = openVulnDbFolder(join(folder, 'db2'))
  const project = join(folder, 'project')
  const deps = { open: openDependencies, database: store, now, version: '1' }

  test('without a database nothing is clean; with one the faults are evidence, and the rest is said', async () => {
    mkdirSync(join(project, 'more'), { recursive: true })
    writeFileSync(
      join(project, 'requirements.txt'),
      'torch==2.0\nloose>=1\n-r more/anything\n-r ../../secret.txt\n',
    )
    writeFileSync(join(project, 'more/anything'), 'numpy==1.26\n')
    const before = await checkDependencies(deps, { path: project, vex: [] })
    expect(before.assessment.verdict).toBe('undecided')
    await updateVulnDb(
      { store, now },
      {
        ...base,
        dumps: [
          await open(dumpFile('d.json', [record('A-1', 'torch', '2.1', { aliases: ['CVE-2026-1000'] })])),
        ],
      },
    )
    const outcome = await checkDependencies(deps, { path: project, vex: [] })
    expect(outcome.open).toMatchObject([
      { id: 'CVE-2026-1000', kev: true, epss: 0.5, fixedIn: ['2.1'], rating: 'unknown' },
    ])
    const [first] = outcome.assessment.files
    expect(first?.findings.map(({ ruleId, severity }) => `${ruleId} ${severity}`)).toEqual([
      'dependency/unpinned low',
      'dependency/no-hash low',
      'dependency/vulnerable critical',
    ])
    expect(first?.coverage[0]?.reason).toMatch(/secret.txt leads out of the folder.*loose/)
    expect(outcome.components.map(({ purl }) => purl)).toEqual([
      'pkg:pypi/torch@2.0',
      'pkg:pypi/loose',
      'pkg:pypi/numpy@1.26',
    ])
    const vulns = vulnsOf(outcome)
    expect(vulns.coverage?.status).toBe('partial')
    expect(vulns.scanner.result[0]).toMatchObject({
      id: 'CVE-2026-1000',
      annotations: [{ kev: true, purl: 'pkg:pypi/torch@2.0' }],
    })
  })

  test('as CycloneDX: each package once, with who needs whom', async () => {
    writeFileSync(
      join(folder, 'uv.lock'),
      'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = {virtual = "."}\ndependencies = [{name = "b"}]\n[[package]]\nname = "b"\nversion = "2"\ndependencies = [{name = "c-d"}]\n[[package]]\nname = "c_d"\nversion = "3"\n',
    )
    const { components } = await checkDependencies(deps, { path: join(folder, 'uv.lock'), vex: [] })
    expect(emitDependencies(components, 'root')).toMatchObject({
      components: [{ 'bom-ref': 'pkg:pypi/b@2' }, { 'bom-ref': 'pkg:pypi/c-d@3' }],
      dependencies: [
        { ref: 'root', dependsOn: ['pkg:pypi/b@2'] },
        { ref: 'pkg:pypi/b@2', dependsOn: ['pkg:pypi/c-d@3'] },
      ],
    })
  })
})
