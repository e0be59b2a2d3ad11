import { join } from 'node:path'
import { openKeyFolder } from '../../src/adapters/keys-files/index.ts'
import { openFileLedgerStore } from '../../src/adapters/ledger-files/index.ts'
import { openSqliteView } from '../../src/adapters/view-sqlite/index.ts'
import { openBeliefs } from '../../src/services/keys/index.ts'
import { projectLedger } from '../../src/services/registry/index.ts'
import { openLedger } from '../../src/trust/ledger/index.ts'

/** A home with keys, ledger, view and beliefs, at a time that the test chooses. */
export async function openKeys(
  home: string,
  now: () => Date = () => new Date(),
  onStep?: (step: string) => void,
) {
  const store = await openFileLedgerStore({ folder: join(home, 'log') })
  const keys = await openKeyFolder({ folder: join(home, 'keys') })
  const ledger = await openLedger({ store, signer: keys.log, now, origin: 'example.com/log' })
  const view = openSqliteView(join(home, 'state.db'))
  const beliefs = await openBeliefs({
    ...{ keys, ledger, view, tenant: 'default', now },
    ...(onStep === undefined ? {} : { onStep }),
    project: (trusted, loggedAt) => projectLedger({ ledger, view, trusted, loggedAt }),
    openRemote: () => Promise.reject(new Error('no remote keys here')),
  })
  const fold = () => projectLedger({ ledger, view, trusted: beliefs.trusted, loggedAt: beliefs.loggedAt })
  await fold()
  return {
    ...{ keys, ledger, view, beliefs, fold },
    close: async () => {
      view.close()
      await ledger.close()
    },
  }
}
