import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testLedgerContract } from '../../../test/ledger/ledger-contract.ts'
import { openFileLedgerStore } from './index.ts'

testLedgerContract('files', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'sallyport-log-')), 'log')
  return { open: () => openFileLedgerStore({ folder }) }
})
