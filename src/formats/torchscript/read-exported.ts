/** A program that `torch.export` saved as JSON: what its nodes call, and the expressions that loading evaluates. */
export interface ExportedView {
  /** Targets of nodes, such as `torch.ops.aten.add.Tensor`; each once. */
  readonly targets: readonly string[]
  /** Texts that become expressions of sympy or guards in Python; each once. */
  readonly expressions: readonly string[]
  /** Set when there is more than is kept. */
  readonly isCut: boolean
}

/** Values of the JSON. The largest programs have some million. */
const MAX_VALUES = 20_000_000
const MAX_KEPT = 100_000

/** Reads an exported program (torch/_export/serde/schema.py), or undefined when a document is none. */
export function readExported(document: unknown): ExportedView | undefined {
  if (!isRecord(document) || !isRecord(document.graph_module)) return undefined
  const targets = new Set<string>()
  const expressions = new Set<string>()
  const todo: unknown[] = [document]
  let left = MAX_VALUES
  while (todo.length > 0 && left > 0 && targets.size + expressions.size < MAX_KEPT) {
    left--
    const value = todo.pop()
    if (Array.isArray(value)) for (const item of value) todo.push(item)
    else if (isRecord(value)) takeRecord(value, { targets, expressions, todo })
  }
  return { targets: [...targets], expressions: [...expressions], isCut: todo.length > 0 }
}

interface Gathered {
  readonly targets: Set<string>
  readonly expressions: Set<string>
  readonly todo: unknown[]
}

function takeRecord(value: Record<string, unknown>, into: Gathered): void {
  for (const [key, inner] of Object.entries(value))
    if (!takeText(key, inner, into) && typeof inner === 'object' && inner !== null) into.todo.push(inner)
}

/** Whether a field holds a target or expressions. */
function takeText(key: string, inner: unknown, { targets, expressions }: Gathered): boolean {
  if (typeof inner === 'string') {
    if (key === 'target') targets.add(inner)
    else if (key === 'expr_str') expressions.add(inner)
    return true
  }
  const texts = key === 'guards_code' && Array.isArray(inner) ? inner.map(String) : undefined
  const names = key === 'range_constraints' && isRecord(inner) ? Object.keys(inner) : undefined
  for (const text of texts ?? names ?? []) expressions.add(text)
  return (texts ?? names) !== undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
