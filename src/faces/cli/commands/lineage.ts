import { buildCommand } from '@stricli/core'
import { type Digest, parseDigest } from '../../../ground/domain/index.ts'
import { SallyportError } from '../../../ground/lang/index.ts'
import type { NamedParent } from '../../../services/lineage/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { dim, shortDigest } from '../format-text.ts'
import type { Home } from '../house.ts'
import { resolveModel } from '../resolve-model.ts'
import { lineageDot, lineageLines } from '../show-lineage.ts'
import { withHome } from '../with-home.ts'

/** Steps; the lineage itself goes no further. Its room is loaded late, so the number stands here too. */
const MAX_DEPTH = 64
const RELATIONS = ['fine-tune', 'quantisation', 'merge', 'adapter', 'conversion', 'derived-from'] as const

interface LineageFlags extends CommonFlags {
  readonly dot: boolean
  readonly up: boolean
  readonly down: boolean
  readonly depth: number
}

export const lineageCommand = buildCommand({
  async func(this: CliContext, flags: LineageFlags, text: string) {
    const way = flags.up === flags.down ? 'both' : flags.up ? 'up' : 'down'
    const { graph, claims } = await withHome(this, async (home) => {
      const start = await resolvePoint(home, text)
      const lineage = await home.lineage()
      const found = await lineage.graph(start, { way, depth: flags.depth })
      return { graph: found, claims: way === 'down' ? [] : await lineage.claims(start) }
    })
    if (flags.dot && !flags.json) this.io.out(lineageDot(graph))
    else
      print(this, flags, { kind: 'lineage', lineage: { ...graph, claims } }, () =>
        lineageLines(graph, claims, way),
      )
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      dot: { kind: 'boolean', brief: 'Print it in Graphviz’s language', default: false, withNegated: false },
      up: { kind: 'boolean', brief: 'Only what came before', default: false, withNegated: false },
      down: { kind: 'boolean', brief: 'Only what came of it', default: false, withNegated: false },
      depth: { kind: 'parsed', parse: depthOf, brief: `Steps, 1 to ${MAX_DEPTH}`, default: '16' },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          brief: 'Name or digest of a model, or the digest of a data set or run',
          placeholder: 'model',
        },
      ],
    },
  },
  docs: {
    brief: 'Show from what a model was made, and what was made of it',
    fullDescription:
      'Data sets, runs, models, derived models and deployments, each link with a signed statement behind it. What only the model’s own files or an unsigned event say is marked as claimed, and never counts.',
    customUsage: [
      { input: 'bert-int8 --up', brief: 'from what it was made' },
      { input: 'bert-base --down', brief: 'what a recall of it would reach' },
      { input: 'bert-int8 --dot | dot -Tsvg > lineage.svg', brief: 'as a picture' },
    ],
  },
})

interface DeriveFlags extends CommonFlags {
  readonly from: readonly string[]
  readonly relation: (typeof RELATIONS)[number]
  readonly note?: string
  readonly tool?: string
  readonly parameter?: readonly string[]
}

export const deriveCommand = buildCommand({
  async func(this: CliContext, flags: DeriveFlags, text: string) {
    const { statement, graph } = await withHome(this, async (home) => {
      const child = await resolveModel(home.registry, text)
      const parents: NamedParent[] = []
      for (const parent of flags.from) parents.push(await parentOf(home, parent))
      const request = {
        child,
        parents,
        relation: flags.relation,
        ...(flags.note === undefined ? {} : { note: flags.note }),
        ...(flags.tool === undefined ? {} : { tool: toolOf(flags.tool) }),
        ...(flags.parameter === undefined ? {} : { parameters: parametersOf(flags.parameter) }),
      }
      const lineage = await home.lineage()
      const sealed = await lineage.derive(request, await home.actor({ verb: 'derive', ...request }))
      return { statement: sealed, graph: await lineage.graph(child, { way: 'up', depth: 16 }) }
    })
    print(this, flags, { kind: 'derivation', statement, lineage: graph }, () => [
      ...lineageLines(graph, [], 'up'),
      dim(`  sealed as ${shortDigest(statement)}`),
    ])
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      from: {
        kind: 'parsed',
        parse: String,
        variadic: true,
        brief:
          'A parent: name or digest of a model here, or hf:ORG/NAME[@REVISION]; repeat for a merge, NAME=0.7 for its share',
      },
      relation: { kind: 'enum', values: RELATIONS, brief: 'How it was made' },
      note: { kind: 'parsed', parse: String, brief: 'Anything a reader should know', optional: true },
      tool: { kind: 'parsed', parse: String, brief: 'What made it, such as llama.cpp@b4000', optional: true },
      parameter: {
        kind: 'parsed',
        parse: String,
        variadic: true,
        brief: 'A setting of the tool, such as type=Q4_K_M',
        optional: true,
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: String, brief: 'Name or digest of the model that was made', placeholder: 'child' },
      ],
    },
  },
  docs: {
    brief: 'Seal that a model was made from others, and how',
    fullDescription:
      'Signed with your id in it. A scan of the base counts for the child only where the policy says so (evidence[].acceptFrom).',
    customUsage: [
      { input: 'bert-int8 --from bert-base --relation quantisation --tool optimum@1.23', brief: '' },
      { input: 'blend --from a=0.7 --from b=0.3 --relation merge', brief: 'several parents, with shares' },
    ],
  },
})

/** A model by its name, or any point by its digest. */
async function resolvePoint(home: Home, text: string): Promise<Digest> {
  const digest = parseDigest(text)
  return digest.ok ? digest.value : resolveModel(home.registry, text)
}

const HUB = /^hf:([\w.-]{1,96}\/[\w.-]{1,96})(?:@([\w./-]{1,255}))?$/

async function parentOf(home: Home, text: string): Promise<NamedParent> {
  const share = /^(.+)=(-?\d+(?:\.\d+)?)$/.exec(text)
  const name = share?.[1] ?? text
  const weight = share === null ? {} : { weight: Number(share[2]) }
  if (!name.startsWith('hf:'))
    return { kind: 'model', digest: await resolveModel(home.registry, name), ...weight }
  const [, repo, revision] = HUB.exec(name) ?? []
  if (repo === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `"${name.slice(0, 120)}" is not hf:ORG/NAME or hf:ORG/NAME@REVISION`,
    )
  return { kind: 'hub', repo, ...(revision === undefined ? {} : { revision }), ...weight }
}

function toolOf(text: string): { name: string; version?: string } {
  const at = text.lastIndexOf('@')
  return at <= 0 ? { name: text } : { name: text.slice(0, at), version: text.slice(at + 1) }
}

function parametersOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new SallyportError('BAD_INPUT', `"${text.slice(0, 80)}" is not NAME=VALUE`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

function depthOf(text: string): number {
  const depth = Number(text)
  if (!Number.isInteger(depth) || depth < 1 || depth > MAX_DEPTH)
    throw new RangeError(`a depth is a whole number from 1 to ${MAX_DEPTH}`)
  return depth
}
