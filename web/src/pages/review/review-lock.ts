import type { Me } from '../../api/contract.ts'
import { ROLE_FOR } from '../../parts/words.ts'

/** Why this person may not answer cases at all; undefined when they may. */
export function lockOfReview(me: Pick<Me, 'capabilities' | 'role'>): string | undefined {
  return me.capabilities.includes('review')
    ? undefined
    : `This needs the role ${ROLE_FOR.review}; you are signed in as ${me.role}.`
}
