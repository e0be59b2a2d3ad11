import { digestOfBytes } from '../../src/ground/domain/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'
import type { Standings } from '../../src/services/guard-load/index.ts'

/** Everything waits for a person, and nothing ever changes. */
export const fakeStandings: Standings = {
  ask: async ({ digest, stage }) => ({
    ...{ digest, stage, outcome: 'review', message: 'nobody has promoted it yet', name: 'a model' },
  }),
  follow: async ({ digests, stage }) => ({
    state: digestOfBytes(utf8(digests.join())),
    standings: digests.map((digest) => ({ digest, stage, outcome: 'review', message: 'it waits' })),
  }),
  close: () => undefined,
}
