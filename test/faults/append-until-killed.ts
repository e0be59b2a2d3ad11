import { readFileSync, writeSync } from 'node:fs'
import { openFileLedgerStore } from '../../src/adapters/ledger-files/index.ts'
import { signerOfPem } from '../../src/ground/crypto/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'
import { openLedger } from '../../src/trust/ledger/index.ts'

/** Appends with 16 writers until it is killed, and prints each acknowledgement after it was given: `index digest`. */
const [folder = '', keyFile = '', run = ''] = process.argv.slice(2)
const store = await openFileLedgerStore({ folder, segmentBytes: 1024 * 1024 })
const signer = signerOfPem(readFileSync(keyFile, 'utf8'))
const ledger = await openLedger({ store, signer, now: () => new Date(), origin: 'log.example/killed' })
writeSync(1, 'ready\n')
const writers = Array.from({ length: 16 }, async (_, writer) => {
  for (let i = 0; ; i++) {
    const { index, digest } = await ledger.append(
      utf8(`${run}/${writer}/${i}`.padEnd(200 + ((i * 97) % 3000), '.')),
    )
    writeSync(1, `${index} ${digest}\n`)
    if (i % 50 === 25 && writer === 0)
      writeSync(1, `checkpoint ${(await ledger.checkpoint()).split('\n')[1]}\n`)
  }
})
await Promise.all(writers)
