import { type RdataView, type RSight, writeR } from '../../../../formats/rdata/index.ts'
import type { Observation } from '../../rule.ts'
import { worstAct } from './judge-r.ts'

type CallSight = RSight & { readonly kind: 'call' }

/** Calls saved as data that would act on the machine when they are evaluated. */
export function observeCalls(view: RdataView, isWanted: (sight: CallSight) => boolean): Observation[] {
  return view.sights.flatMap((sight) => {
    if (sight.kind !== 'call' || !isWanted(sight)) return []
    const act = worstAct(sight.code, 'enter')
    if (act === undefined || act.deed === 'write' || act.deed === 'opaque') return []
    const where = sight.path === '' ? 'the object' : sight.path
    const message = `${where} runs ${act.name} when it is evaluated: ${act.call}`
    return [{ key: `${where}:${act.call}`, message, offset: sight.offset, call: writeR(sight.code) }]
  })
}

/** Formulas and their terms: evaluated by predict() and model.frame(), for which there is no other use of a model. */
export function isEvaluatedPath({ path, code }: CallSight): boolean {
  const callee = code.kind === 'call' ? code.items[0]?.value : undefined
  const isFormula = callee?.kind === 'symbol' && callee.name === '~'
  return isFormula || /@(?:predvars|variables)$|\$(?:terms|formula|initialize)$/.test(path)
}
