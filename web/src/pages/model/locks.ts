import type { Capability, Me, ModelDetail } from '../../api/contract.ts'
import { ROLE_FOR } from '../../parts/words.ts'

export type ActionKind = 'assess' | 'approve' | 'reject' | 'revoke' | 'promote' | 'waive'
type Standing = Pick<ModelDetail, 'stage'>

const NEEDS: Readonly<Record<ActionKind, Capability>> = {
  assess: 'assess',
  approve: 'review',
  reject: 'review',
  revoke: 'revoke',
  promote: 'promote',
  waive: 'review',
}

/** Why an action is not open to this person on this model now; undefined when it is. The server decides for good. */
export function lockOf(
  action: ActionKind,
  model: Standing,
  me: Pick<Me, 'capabilities' | 'role'>,
): string | undefined {
  const capability = NEEDS[action]
  if (!me.capabilities.includes(capability))
    return `This needs the role ${ROLE_FOR[capability]}; you are signed in as ${me.role}.`
  return lockOfStage(action, model.stage)
}

function lockOfStage(action: ActionKind, stage: ModelDetail['stage']): string | undefined {
  if (stage === 'revoked')
    return action === 'revoke'
      ? 'It is revoked already.'
      : 'The model is revoked. Import it anew to have it considered again.'
  if (stage === 'quarantined' && (action === 'approve' || action === 'promote'))
    return 'Nothing has looked at it yet: it must be assessed first.'
  return undefined
}
