import { buildCommand } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import type { Differences } from '../../../services/compare/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { resolveModel } from '../resolve-model.ts'
import { differencesLines } from '../show-differences.ts'
import { withHome } from '../with-home.ts'

const SIDE = { parse: String, brief: 'A folder or file, or the name or digest of a model here' } as const

export const diffCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, before: string, after: string) {
    const found = await differences(this, before, after)
    print(this, flags, { kind: 'differences', differences: found }, () => differencesLines(found))
  },
  parameters: {
    flags: JSON_FLAG,
    positional: {
      kind: 'tuple',
      parameters: [
        { ...SIDE, placeholder: 'before' },
        { ...SIDE, placeholder: 'after' },
      ],
    },
  },
  docs: {
    brief: 'Show what differs between two models',
    fullDescription:
      'Files, what loading imports, chat templates, settings and code, the licence, and which tensors changed by how much. What could not be compared is named, with its reason.',
    customUsage: [
      { input: 'bert-base bert-tuned', brief: 'two models here' },
      { input: './v1 ./v2 --json', brief: 'two folders' },
    ],
  },
})

async function differences(context: CliContext, before: string, after: string): Promise<Differences> {
  const [isPath, isOtherPath] = [context.house.hasFile(before), context.house.hasFile(after)]
  if (isPath && isOtherPath) return (await context.house.weights()).differences(before, after)
  if (isPath !== isOtherPath)
    throw new SallyportError(
      'BAD_INPUT',
      `${isPath ? before : after} is a path and ${isPath ? after : before} is none here; give two paths, or two models (\`sallyport import\` takes one in)`,
    )
  return withHome(context, async (home) =>
    (await home.comparison()).between(
      await resolveModel(home.registry, before),
      await resolveModel(home.registry, after),
    ),
  )
}
