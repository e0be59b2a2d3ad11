import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { compileValidator, type PredicateValidator } from './compile-validator.ts'
import { PREDICATE_SCHEMAS } from './predicate-schemas.ts'
import type { PredicateName } from './predicate-types.ts'

interface Plugin {
  load(id: string): string
  transform(code: string, id: string): { readonly code: string } | null
}
const load = createRequire(import.meta.url)
const { compiledValidators } = load('../../../bin/compiled-validators.cjs') as {
  compiledValidators(): Promise<Plugin>
}
const NAMES = Object.keys(PREDICATE_SCHEMAS) as PredicateName[]

/** Values that touch every sort of rule that the schemas have: required, types, lengths in characters, patterns, lists. */
const VALUES: readonly unknown[] = [
  {},
  [],
  'text',
  { at: '2026-11-20T02:00:00.000Z' },
  { at: 'never', reason: '', justification: '🙂'.repeat(3000), findings: [{}], coverage: [1], products: {} },
  { at: '2026-11-20T02:00:00.000Z', reason: '🙂', event: 'revoked', role: 'consent', publicKeyPem: 'x' },
]

test.for(NAMES)('the %s validator of the published package says what Ajv says', async (name) => {
  const plugin = await compiledValidators()
  const code = plugin.load(`\0validator-of-${name}`)
  const made = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    readonly validate: PredicateValidator
  }
  const validate = compileValidator(name)
  for (const value of VALUES) {
    expect(made.validate(value)).toBe(validate(value))
    expect(made.validate.errors).toEqual(validate.errors)
  }
})

test('the build still finds the module whose place the validators take', async () => {
  const replaced = (await compiledValidators()).transform('', '/x/src/trust/evidence/compile-validator.ts')
  for (const name of NAMES) expect(replaced?.code).toContain(`validator-of-${name}`)
})
