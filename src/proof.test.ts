import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { openFileLedgerStore } from './adapters/ledger-files/index.ts'
import { generateKey } from './ground/crypto/index.ts'
import { utf8 } from './ground/lang/index.ts'
import { verifyConsistency, verifyInclusion } from './proof.ts'
import { leafOfDigest, openLedger } from './trust/ledger/index.ts'

async function makeProof() {
  const folder = join(await mkdtemp(join(tmpdir(), 'sallyport-proof-')), 'log')
  const store = await openFileLedgerStore({ folder })
  const { signer } = generateKey('Ed25519')
  const ledger = await openLedger({ store, signer, now: () => new Date(), origin: 'log.example/proof' })
  for (let i = 0; i < 5; i++) await ledger.append(utf8(`older ${i}`))
  const older = await ledger.checkpoint()
  for (let i = 0; i < 6; i++) await ledger.append(utf8(`newer ${i}`))
  const newer = await ledger.checkpoint()
  const proof = await ledger.proveInclusion(3)
  const { hashes } = await ledger.proveConsistency(5, 11)
  const leafData = leafOfDigest((await ledger.read(3)).digest)
  const vkey = ledger.vkey
  await ledger.close()
  return { older, newer, proof, hashes, leafData, vkey }
}

test('what the ledger proves verifies without Node, and nothing else does', async () => {
  const { older, newer, proof, hashes, leafData, vkey } = await makeProof()
  const question = { ...proof, leafData, vkey }
  expect(verifyInclusion(question)).toMatchObject({ ok: true, origin: 'log.example/proof', treeSize: 11 })
  expect(verifyInclusion({ ...question, index: 4 }).ok).toBe(false)
  expect(verifyInclusion({ ...question, treeSize: 10 }).ok).toBe(false)
  expect(verifyInclusion({ ...question, leafData: utf8('other') }).ok).toBe(false)
  expect(verifyInclusion({ ...question, hashes: question.hashes.slice(1) }).ok).toBe(false)
  expect(verifyInclusion({ ...question, hashes: ['zz'] }).ok).toBe(false)
  expect(verifyInclusion({ ...question, checkpoint: proof.checkpoint.replace('\n11\n', '\n12\n') }).ok).toBe(
    false,
  )
  expect(verifyInclusion({ ...question, vkey: 'log.example/proof+00000000+AAAA' }).ok).toBe(false)
  expect(verifyConsistency({ older, newer, hashes, vkey })).toMatchObject({ ok: true, treeSize: 11 })
  expect(verifyConsistency({ older: newer, newer: older, hashes, vkey }).ok).toBe(false)
  expect(verifyConsistency({ older, newer, hashes: [...hashes, 'ab'.repeat(32)], vkey }).ok).toBe(false)
})

test('nothing behind this door imports from Node', () => {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const source = readFileSync(file, 'utf8')
    expect(source, file).not.toMatch(/from 'node:|Buffer\.[a-z]/)
    for (const [, path] of source.matchAll(/from '(\.[^']+)'/g)) visit(resolve(dirname(file), path ?? ''))
  }
  visit(join(import.meta.dirname, 'proof.ts'))
  expect(seen.size).toBeGreaterThan(5)
})
