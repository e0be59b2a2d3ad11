import { execFileSync } from 'node:child_process'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from 'tar-stream'
import { beforeAll, expect, test } from 'vitest'
import { openRoom, someone } from './open-room.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-intake-'))
const model = join(folder, 'model')
let room: Awaited<ReturnType<typeof openRoom>>

beforeAll(async () => {
  execFileSync('mkdir', ['-p', join(model, 'sub')])
  writeFileSync(join(model, 'a.bin'), Buffer.alloc(3_000_000, 7))
  writeFileSync(join(model, 'sub', 'ü.json'), '{}')
  room = await openRoom(mkdtempSync(join(tmpdir(), 'sallyport-home-')))
  return () => room.close()
})

const python = [
  '-c',
  'import sys,zipfile,os\nz=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)\nfor r,_,fs in os.walk(sys.argv[2]):\n  for f in fs:\n    p=os.path.join(r,f); z.write(p,os.path.relpath(p,sys.argv[2]))\nz.close()',
]

test('folder, tar, tar.gz and zip of the same files are the same model', async () => {
  const direct = await room.registry.importModel({ path: model }, someone('ada'))
  for (const [name, make] of [
    ['m.tar', (path: string) => execFileSync('tar', ['-cf', path, '-C', model, '.'])],
    ['m.tar.gz', (path: string) => execFileSync('tar', ['-czf', path, '-C', model, '.'])],
    ['m.zip', (path: string) => execFileSync('python3', [...python, path, model])],
  ] as const) {
    const path = join(folder, name)
    make(path)
    expect((await room.registry.importModel({ path }, someone('ada'))).digest, name).toBe(direct.digest)
  }
})

async function tarOf(
  name: string,
  entries: readonly Parameters<ReturnType<typeof pack>['entry']>[0][],
): Promise<string> {
  const tar = pack()
  for (const entry of entries) tar.entry(entry, entry.type === undefined ? 'x' : '')
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat(chunks))
  return path
}

test('hostile and broken archives are refused, and nothing is sealed', async () => {
  const before = room.ledger.size()
  const whole = join(folder, 'm.tar')
  const cut = join(folder, 'cut.tar.gz')
  execFileSync('sh', ['-c', `gzip -c "${whole}" | head -c 900 > "${cut}"`])
  const noZip = join(folder, 'no.zip')
  writeFileSync(noZip, 'PK but not really')
  const link = join(folder, 'link.tar')
  symlinkSync(whole, link)
  for (const [path, why] of [
    [await tarOf('escape.tar', [{ name: '../escape' }]), /"\.\." part/],
    [await tarOf('absolute.tar', [{ name: '/etc/passwd' }]), /absolute|empty/],
    [await tarOf('symlink.tar', [{ name: 'a', type: 'symlink', linkname: '/etc/passwd' }]), /symlink/],
    [await tarOf('twice.tar', [{ name: 'a' }, { name: 'a' }]), /twice/],
    [cut, /not a whole tar/],
    [noZip, /not a zip/],
    [link, /symbolic link/],
  ] as const)
    await expect(room.registry.importModel({ path }, someone('ada')), path).rejects.toThrow(why)
  expect(room.ledger.size()).toBe(before)
})
