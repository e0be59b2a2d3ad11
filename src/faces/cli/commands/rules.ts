import { buildCommand, buildRouteMap } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import type { RulePage } from '../../../services/reports/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { rulePageLines, ruleTable } from '../show-rule.ts'

/**
 * The page of a rule.
 * @throws SallyportError `NOT_FOUND` naming rules of a similar name
 */
export async function pageOfRule(context: CliContext, id: string): Promise<RulePage> {
  const page = await context.house.explainRule(id)
  if (page !== undefined) return page
  const ids = (await context.house.rules()).map((rule) => rule.id)
  const near = ids.filter((known) => known.includes(id) || id.split('/').some((part) => known.includes(part)))
  const hint =
    near.length === 0 ? 'sallyport rules list names all' : `did you mean ${near.slice(0, 3).join(', ')}?`
  throw new SallyportError('NOT_FOUND', `there is no rule "${id}"; ${hint}`)
}

/** Rule ids that begin as typed. */
export async function proposeRules(this: CliContext, partial: string): Promise<readonly string[]> {
  return (await this.house.rules()).map(({ id }) => id).filter((id) => id.startsWith(partial))
}

const listCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const rules = await this.house.rules()
    print(this, flags, { kind: 'rules', rules }, () => ruleTable(rules))
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: { brief: 'List every rule of the scan' },
})

const showCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, id: string) {
    const { rule, fires, silent } = await pageOfRule(this, id)
    print(this, flags, { kind: 'rule', rule, fires, silent }, () =>
      rulePageLines({ rule, fires, silent }, this.io.width),
    )
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          brief: 'A rule, such as pickle/active-import',
          placeholder: 'rule',
          proposeCompletions: proposeRules,
        },
      ],
    },
  },
  docs: {
    brief: 'Explain a rule: why it matters, what to do, and examples',
    customUsage: [{ input: 'pickle/active-import', brief: '' }],
  },
})

export const rulesCommands = buildRouteMap({
  routes: { list: listCommand, show: showCommand },
  docs: { brief: 'What the scan looks for' },
})
