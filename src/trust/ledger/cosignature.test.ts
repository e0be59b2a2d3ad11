import { createPrivateKey, sign } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFileLedgerStore } from '../../adapters/ledger-files/index.ts'
import { generateKey } from '../../ground/crypto/index.ts'
import { formatSignature, formatVkey, noteKey, parseNote, signedMessage } from '../../ground/crypto/pure.ts'
import { utf8 } from '../../ground/lang/index.ts'
import { fsck, openLedger } from './index.ts'
import { treeHash } from './log-crypto.ts'

function makeWitness(name: string) {
  const { privateKeyPem } = generateKey('Ed25519')
  const privateKey = createPrivateKey(privateKeyPem)
  const raw = Buffer.from(String(privateKey.export({ format: 'jwk' }).x), 'base64url')
  const key = noteKey(treeHash, name, 'cosignature/v1', new Uint8Array(raw))
  if (!key.ok) throw new Error(key.error)
  const cosign = (note: string, text = note.slice(0, note.lastIndexOf('\n\n') + 1)): string => {
    const line = formatSignature(
      key.value,
      sign(null, signedMessage('cosignature/v1', text, 1_700_000_000), privateKey),
      1_700_000_000,
    )
    return `${note}${line}\n`
  }
  return { vkey: formatVkey(key.value), cosign, name }
}

async function start() {
  const folder = join(await mkdtemp(join(tmpdir(), 'sallyport-cosign-')), 'log')
  const witness = makeWitness('witness.example/w1')
  const { signer } = generateKey('Ed25519')
  const deps = { signer, now: () => new Date(), origin: 'log.example/cosigned', witnesses: [witness.vkey] }
  const open = async () => await openLedger({ ...deps, store: await openFileLedgerStore({ folder }) })
  return { folder, witness, open, ledger: await open() }
}

test("a witness's line joins the checkpoint, once, outlives a restart, and goes into proof files", async () => {
  const { ledger, witness, open, folder } = await start()
  await ledger.append(utf8('one'))
  await ledger.addCosignature(witness.cosign(await ledger.checkpoint()))
  await ledger.addCosignature(witness.cosign(await ledger.checkpoint()))
  expect((await ledger.checkpoint()).split(witness.name).length).toBe(2)
  await ledger.close()
  const again = await open()
  expect(await again.checkpoint()).toContain(witness.name)
  expect(await again.proofFile(0)).toContain(witness.name)
  const { vkey } = again
  await again.close()
  const store = await openFileLedgerStore({ folder })
  expect((await fsck(store, vkey)).problems).toEqual([])
  await store.close()
})

test('strangers, wrong signatures and old checkpoints are refused', async () => {
  const { ledger, witness } = await start()
  await ledger.append(utf8('one'))
  const note = await ledger.checkpoint()
  const stranger = makeWitness('witness.example/w2')
  await expect(ledger.addCosignature(stranger.cosign(note))).rejects.toMatchObject({
    code: 'SIGNER_UNTRUSTED',
  })
  await expect(ledger.addCosignature(note)).rejects.toMatchObject({ code: 'SIGNER_UNTRUSTED' })
  const wrong = witness.cosign(note, 'another text\n')
  await expect(ledger.addCosignature(wrong)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  await expect(ledger.addCosignature('no note')).rejects.toMatchObject({ code: 'BAD_INPUT' })
  await ledger.append(utf8('two'))
  await expect(ledger.addCosignature(witness.cosign(note))).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(parseNote(await ledger.checkpoint())).toMatchObject({ value: { signatures: { length: 2 } } })
  await ledger.close()
})

test('a checkpoint set back while the log runs is never followed', async () => {
  const { ledger, folder } = await start()
  await ledger.append(utf8('one'))
  const older = await ledger.checkpoint()
  await ledger.append(utf8('two'))
  await ledger.checkpoint()
  await writeFile(join(folder, 'checkpoint'), older)
  await ledger.append(utf8('three'))
  await expect(ledger.checkpoint()).rejects.toMatchObject({ code: 'LOG_INCONSISTENT' })
  await expect(ledger.append(utf8('four'))).rejects.toMatchObject({ code: 'LOG_INCONSISTENT' })
  await ledger.close()
})

test.for(['tile/0/000.p/2', 'tile/entries/000.p/2'])(
  'a log whose %s was changed does not open, and fsck names it',
  async (path) => {
    const { ledger, folder, open } = await start()
    await ledger.append(utf8('one'))
    await ledger.append(utf8('two'))
    await ledger.checkpoint()
    const { vkey } = ledger
    await ledger.close()
    const bytes = await readFile(join(folder, path))
    await writeFile(join(folder, path), bytes.with(40, (bytes[40] ?? 0) ^ 1))
    const store = await openFileLedgerStore({ folder })
    expect((await fsck(store, vkey)).problems).toEqual([
      { where: path, what: 'is not what the entries give' },
    ])
    await store.close()
    if (path.startsWith('tile/0')) await expect(open()).rejects.toMatchObject({ code: 'LOG_INCONSISTENT' })
  },
)

test('a changed byte of an acknowledged envelope is reported with its place, and never read as good', async () => {
  const { ledger, folder } = await start()
  for (let i = 0; i < 3; i++) await ledger.append(utf8(`statement ${i}`))
  const { vkey } = ledger
  await ledger.close()
  const path = join(folder, 'journal/00000000.seg')
  const bytes = await readFile(path)
  const at = bytes.indexOf('statement 0')
  await writeFile(path, bytes.with(at, 0))
  const store = await openFileLedgerStore({ folder })
  await expect(store.read(0, 1)).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
  const report = await fsck(store, vkey)
  expect(report.isClean).toBe(false)
  expect(report.problems[0]?.what).toContain('entry 0')
  await store.close()
})
