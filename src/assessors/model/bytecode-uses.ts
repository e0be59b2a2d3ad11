import type { Value } from '../../formats/pickle/index.ts'
import type { PickleFacts } from './pickle-facts.ts'
import type { TorchScriptUse } from './subjects/torchscript-subject.ts'
import { operatorUse } from './torchscript-uses.ts'

/** Tuples in tuples of bytecode.pkl: functions, their tables, and the rows of these. */
const MAX_DEPTH = 6

/** Operators with effects that the bytecode of the lite interpreter calls (torch/csrc/jit/serialization/export_bytecode.cpp). */
export function bytecodeUses(facts: PickleFacts): readonly TorchScriptUse[] {
  const names = new Set<string>()
  for (const { value } of facts.runs)
    if (value?.kind === 'tuple' && isVersion(value.items[0])) collect(value, 0, names)
  return [...names].flatMap((operator): TorchScriptUse[] => {
    const use = operatorUse(operator)
    return use === undefined ? [] : [{ ...use, operator, call: operator, offset: 0 }]
  })
}

function isVersion(value: Value | undefined): boolean {
  return value?.kind === 'constant' && value.int !== undefined && value.int < 100n
}

/** `("operators", ((name, overload), …))` wherever it stands. */
function collect(value: Value, depth: number, names: Set<string>): void {
  if ((value.kind !== 'tuple' && value.kind !== 'list') || depth > MAX_DEPTH) return
  const [label, table] = value.items
  const isTable = label?.kind === 'str' && label.text === 'operators' && table?.kind === 'tuple'
  if (!isTable) {
    for (const item of value.items) collect(item, depth + 1, names)
    return
  }
  for (const row of table.items) {
    const name = row.kind === 'tuple' ? row.items[0] : undefined
    if (name?.kind === 'str' && name.text.includes('::')) names.add(name.text)
  }
}
