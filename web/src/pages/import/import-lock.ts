import type { Me } from '../../api/contract.ts'
import { ROLE_FOR } from '../../parts/words.ts'

/** Why this person may not bring models in; undefined when they may. */
export function lockOfImport(me: Pick<Me, 'capabilities' | 'role'>): string | undefined {
  return me.capabilities.includes('import')
    ? undefined
    : `This needs the role ${ROLE_FOR.import}; you are signed in as ${me.role}.`
}
