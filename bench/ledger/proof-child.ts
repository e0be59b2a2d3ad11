import { readFileSync } from 'node:fs'
import { openFileLedgerStore } from '../../src/adapters/ledger-files/index.ts'
import { signerOfPem } from '../../src/ground/crypto/index.ts'
import { openLedger } from '../../src/trust/ledger/index.ts'

// Opens a log in a process of its own, as a server does, and times proofs of entries all over it: proof-child.ts FOLDER < KEY.
const [, , folder = ''] = process.argv
const PROOFS = 2000
const startOpen = performance.now()
const store = await openFileLedgerStore({ folder })
const signer = signerOfPem(readFileSync(0, 'utf8'))
const ledger = await openLedger({ store, signer, now: () => new Date(), origin: 'log.example/bench' })
const openMs = performance.now() - startOpen
const times: number[] = []
let state = 1
for (let i = 0; i < PROOFS; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  const start = performance.now()
  await ledger.proofFile(state % ledger.size())
  times.push(performance.now() - start)
}
times.sort((a, b) => a - b)
const at = (share: number): number => times[Math.floor(share * (PROOFS - 1))] ?? 0
const rssMb = process.memoryUsage().rss / 2 ** 20
await ledger.close()
process.stdout.write(JSON.stringify({ openMs, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), rssMb }))
