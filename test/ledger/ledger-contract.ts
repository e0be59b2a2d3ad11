import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { generateKey } from '../../src/ground/crypto/index.ts'
import {
  parseCheckpoint,
  parseNote,
  verifyConsistencyProof,
  verifyInclusionProof,
} from '../../src/ground/crypto/pure.ts'
import { digestOfBytes } from '../../src/ground/domain/index.ts'
import { fromHex, SallyportError, utf8 } from '../../src/ground/lang/index.ts'
import {
  exportLog,
  fsck,
  type Ledger,
  type LedgerStore,
  leafOfDigest,
  MAX_ENVELOPE_BYTES,
  openLedger,
  verifyProofFile,
} from '../../src/trust/ledger/index.ts'

const ORIGIN = 'log.example/contract'

/** One place where a log can lie; `open` may be called again after the store before is closed. */
export interface StoreUnderTest {
  open(): Promise<LedgerStore>
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
const hashesOf = (hex: readonly string[]): Uint8Array[] =>
  hex.map((text) => fromHex(text) ?? new Uint8Array(0))

/** What every store must do, whatever it is made of. */
export function testLedgerContract(name: string, makePlace: () => Promise<StoreUnderTest>): void {
  const start = async () => {
    const place = await makePlace()
    const { signer } = generateKey('Ed25519')
    const clock = { ms: Date.UTC(2026, 10, 21) }
    const open = async () =>
      await openLedger({ store: await place.open(), signer, now: () => new Date(clock.ms), origin: ORIGIN })
    return { place, signer, clock, open, ledger: await open() }
  }
  const fill = async (ledger: Ledger, from: number, to: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: to - from }, (_, i) => ledger.append(utf8(`statement ${from + i}`))),
    )
  }
  const rootAt = async (ledger: Ledger) => {
    const note = parseNote(await ledger.checkpoint())
    const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note
    if (!checkpoint.ok) throw new Error(checkpoint.error)
    return checkpoint.value
  }

  test(`${name}: an empty log has a checkpoint of size 0 over the hash of nothing`, async () => {
    const { ledger } = await start()
    expect(await rootAt(ledger)).toMatchObject({
      origin: ORIGIN,
      size: 0,
      root: new Uint8Array(sha256(utf8(''))),
    })
    expect(ledger.size()).toBe(0)
    await expect(ledger.read(0)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(ledger.proveInclusion(0)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(ledger.proveConsistency(0, 0)).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await ledger.close()
  })

  test(`${name}: entries come back as they were given, in order, also after opening again`, async () => {
    const { ledger, open } = await start()
    await fill(ledger, 0, 700)
    await ledger.checkpoint()
    await fill(ledger, 700, 900)
    await ledger.close()
    const again = await open()
    expect(again.size()).toBe(900)
    const entry = await again.read(899)
    expect(entry.digest).toBe(digestOfBytes(entry.envelope))
    const texts: string[] = []
    for await (const { index, envelope } of again.entries(5, 10_000)) {
      expect(index).toBe(5 + texts.length)
      texts.push(Buffer.from(envelope).toString())
    }
    expect(texts.length).toBe(895)
    expect(new Set(texts).size).toBe(895)
    await again.close()
  })

  test(`${name}: the same bytes again keep their first index, also at once and after opening again`, async () => {
    const { ledger, open } = await start()
    const twice = await Promise.all([
      ledger.append(utf8('one')),
      ledger.append(utf8('two')),
      ledger.append(utf8('one')),
    ])
    expect(twice.map((place) => place.index)).toEqual([0, 1, 0])
    expect((await ledger.append(utf8('two'))).index).toBe(1)
    await ledger.close()
    const again = await open()
    expect((await again.append(utf8('one'))).index).toBe(0)
    expect(await again.find(digestOfBytes(utf8('two')))).toBe(1)
    expect(await again.find(digestOfBytes(utf8('three')))).toBeUndefined()
    expect(again.size()).toBe(2)
    await again.close()
  })

  test(`${name}: proofs verify at every interesting size`, async () => {
    const { ledger } = await start()
    const roots = new Map<number, Uint8Array>()
    let size = 0
    for (const next of [1, 2, 3, 255, 256, 257, 511, 513, 600]) {
      await fill(ledger, size, next)
      size = next
      const { root } = await rootAt(ledger)
      roots.set(size, root)
      for (const index of new Set([0, Math.floor(size / 2), size - 1])) {
        const { digest } = await ledger.read(index)
        const proof = await ledger.proveInclusion(index)
        const leafHash = sha256(Buffer.concat([Buffer.of(0), leafOfDigest(digest)]))
        expect(proof.leafHash).toBe(Buffer.from(leafHash).toString('hex'))
        const claim = { index, size, leafHash, root, proof: hashesOf(proof.hashes) }
        expect(verifyInclusionProof(sha256, claim)).toEqual({ ok: true, value: undefined })
      }
    }
    for (const [from, fromRoot] of roots)
      for (const [to, toRoot] of roots) {
        if (from > to) continue
        const proof = hashesOf((await ledger.proveConsistency(from, to)).hashes)
        expect(verifyConsistencyProof(sha256, { from, to, fromRoot, toRoot, proof })).toEqual({
          ok: true,
          value: undefined,
        })
      }
    await ledger.close()
  })

  test(`${name}: a proof file verifies offline for its entry and no other`, async () => {
    const { ledger, clock } = await start()
    await fill(ledger, 0, 300)
    const text = await ledger.proofFile(123)
    const leaf = leafOfDigest((await ledger.read(123)).digest)
    expect(verifyProofFile(text, leaf, ledger.vkey)).toEqual({
      ok: true,
      value: { origin: ORIGIN, index: 123, treeSize: 300, signedAt: new Date(clock.ms).toISOString() },
    })
    expect(verifyProofFile(text, leafOfDigest((await ledger.read(124)).digest), ledger.vkey).ok).toBe(false)
    expect(verifyProofFile(text.replace('index 123', 'index 124'), leaf, ledger.vkey).ok).toBe(false)
    await ledger.close()
  })

  test(`${name}: fsck finds nothing, and the export holds every file a client needs`, async () => {
    const { ledger, place } = await start()
    const vkey = ledger.vkey
    await fill(ledger, 0, 600)
    const paths: string[] = []
    for await (const file of exportLog(ledger)) paths.push(file.path)
    expect(paths.filter((path) => !path.startsWith('bodies/'))).toEqual([
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/88',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'checkpoint',
    ])
    expect(paths.length).toBe(608)
    await ledger.append(utf8('not beneath the checkpoint'))
    await ledger.close()
    const store = await place.open()
    expect(await fsck(store, vkey)).toMatchObject({ isClean: true, problems: [], size: 601 })
    await store.close()
  })

  test(`${name}: a hundred checkpoints between a thousand appends agree with each other`, async () => {
    const { ledger } = await start()
    const appends = Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let i = 0; i < 60; i++) await ledger.append(utf8(`${writer}/${i}`))
      }),
    )
    const notes: string[] = []
    for (let i = 0; i < 40; i++) notes.push(await ledger.checkpoint())
    await appends
    const last = await rootAt(ledger)
    expect(last.size).toBe(480)
    for (const text of notes) {
      const note = parseNote(text)
      const older = note.ok ? parseCheckpoint(note.value.text) : note
      if (!older.ok) throw new Error(older.error)
      if (older.value.size === 0) continue
      const { hashes } = await ledger.proveConsistency(older.value.size, 480)
      const claim = { from: older.value.size, to: 480, fromRoot: older.value.root, toRoot: last.root }
      expect(verifyConsistencyProof(sha256, { ...claim, proof: hashesOf(hashes) }).ok).toBe(true)
    }
    await ledger.close()
  })

  test(`${name}: a clock that runs backwards refuses to sign and loses nothing`, async () => {
    const { ledger, clock } = await start()
    await ledger.append(utf8('one'))
    await ledger.checkpoint()
    clock.ms -= 60_000
    await ledger.append(utf8('two'))
    await expect(ledger.checkpoint()).rejects.toMatchObject({ code: 'CLOCK_BACKWARDS' })
    clock.ms += 60_000
    expect(await rootAt(ledger)).toMatchObject({ size: 2 })
    await ledger.close()
  })

  test(`${name}: an envelope beyond the limit is refused, one at the limit is kept`, async () => {
    const { ledger } = await start()
    await expect(ledger.append(new Uint8Array(MAX_ENVELOPE_BYTES + 1))).rejects.toMatchObject({
      code: 'TOO_LARGE',
    })
    const { index } = await ledger.append(new Uint8Array(MAX_ENVELOPE_BYTES).fill(7))
    expect((await ledger.read(index)).envelope.length).toBe(MAX_ENVELOPE_BYTES)
    await ledger.append(new Uint8Array(0))
    expect((await ledger.read(1)).envelope.length).toBe(0)
    await ledger.close()
  })

  test(`${name}: another key does not open the log`, async () => {
    const { ledger, place } = await start()
    await ledger.append(utf8('one'))
    await ledger.checkpoint()
    await ledger.close()
    const store = await place.open()
    const stranger = generateKey('Ed25519').signer
    const opening = openLedger({ store, signer: stranger, now: () => new Date(), origin: ORIGIN })
    await expect(opening).rejects.toBeInstanceOf(SallyportError)
    await store.close()
  })

  test(`${name}: a publication that does not follow the stored checkpoint is refused`, async () => {
    const { ledger, place } = await start()
    await ledger.append(utf8('one'))
    const checkpoint = await ledger.checkpoint()
    await ledger.close()
    const store = await place.open()
    const stale = { previous: 'another', checkpoint, size: 1, files: [], remove: [] }
    await expect(store.publish(stale)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await store.checkpoint()).toBe(checkpoint)
    await store.close()
  })
}
