import { type PythonValue, UNKNOWN } from './python-value.ts'
import type { Run, Scope } from './scope.ts'

/** Characters of a constant text given to exec that are followed. */
const MAX_GENERATED = 256 * 1024
/** Texts given to exec that are followed in one file, those inside each other counted too. */
const MAX_GENERATIONS = 40

/** Walks a constant text that exec or eval gets, as if it stood at the place of the call. */
export function runGenerated(
  run: Run,
  scope: Scope,
  code: { readonly text: string; readonly at: number },
): PythonValue {
  if (code.text.length > MAX_GENERATED || run.generations >= MAX_GENERATIONS) return UNKNOWN
  run.generations++
  const { text, generatedAt } = run
  run.text = code.text
  run.generatedAt = generatedAt ?? code.at
  try {
    const { root } = run.parse(code.text)
    const [only] = root.children
    if (root.children.length === 1 && only?.name === 'ExpressionStatement')
      return run.acts.evaluate(run, scope, only.children[0])
    run.acts.runBody(run, scope, root)
    return UNKNOWN
  } finally {
    Object.assign(run, { text, generatedAt })
  }
}
