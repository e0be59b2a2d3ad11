import { buildCommand } from '@stricli/core'
import type { Digest } from '../../../ground/domain/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import type { BomFormat, WrittenBom } from '../doors/bom.ts'
import { bold, dim, safe, shortDigest } from '../format-text.ts'
import { resolveModel } from '../resolve-model.ts'
import { withHome } from '../with-home.ts'

const FORMATS = ['cyclonedx', 'spdx'] as const
const TARGET = {
  parse: String,
  brief: 'A folder or file, or the name or digest of a model here',
  placeholder: 'path|model',
} as const
const OUTPUT = {
  kind: 'parsed',
  parse: String,
  brief: 'Write it to a file',
  optional: true,
} as const

interface BomFlags extends CommonFlags {
  readonly format: BomFormat
  readonly sign?: string
  readonly passwordFile?: string
  readonly record: boolean
  readonly output?: string
}

export const bomCommand = buildCommand({
  async func(this: CliContext, flags: BomFlags, target: string) {
    const { written, statement } = await write(this, flags, target)
    const { sign: place, passwordFile } = flags
    const key =
      place === undefined
        ? undefined
        : {
            place,
            say: (line: string) => this.io.err(line),
            ...(passwordFile === undefined ? {} : { passwordFile }),
          }
    const text =
      key === undefined
        ? `${JSON.stringify(written.bom, undefined, 2)}\n`
        : await (await this.house.boms()).sign(written, flags.format, key)
    if (flags.output !== undefined) await this.house.writeFile(flags.output, text)
    const about = {
      format: flags.format,
      name: written.name,
      digest: written.digest,
      signed: key !== undefined,
      ...(statement === undefined ? {} : { statement }),
    }
    if (!flags.json && flags.output === undefined) {
      this.io.clearProgress()
      this.io.out(text.trimEnd())
      return
    }
    const document =
      flags.output === undefined ? { document: JSON.parse(text) as unknown } : { file: flags.output }
    print(this, flags, { kind: 'bom', ...about, ...document }, () => [
      `${bold(safe(written.name))}  ${dim(written.digest)}`,
      `  ${flags.format === 'spdx' ? 'SPDX 3.0.1' : 'CycloneDX 1.7'}${key === undefined ? '' : ', signed'}, in ${safe(flags.output ?? '')}`,
      ...(statement === undefined ? [] : [dim(`  sealed as ${shortDigest(statement)}`)]),
    ])
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      format: { kind: 'enum', values: FORMATS, brief: 'CycloneDX 1.7 or SPDX 3.0.1', default: 'cyclonedx' },
      sign: {
        kind: 'parsed',
        parse: String,
        brief: 'Sign it as an in-toto statement: a private key’s PEM file, or a URI of a KMS or token',
        optional: true,
      },
      passwordFile: {
        kind: 'parsed',
        parse: String,
        brief: 'File with the key’s passphrase',
        optional: true,
      },
      record: {
        kind: 'boolean',
        brief: 'Seal it in the ledger, as evidence about the model',
        default: false,
        withNegated: false,
      },
      output: OUTPUT,
    },
    aliases: { o: 'output' },
    positional: { kind: 'tuple', parameters: [TARGET] },
  },
  docs: {
    brief: 'Write a model’s bill of materials (ML-BOM)',
    fullDescription:
      'The model with its card, files with hashes, data sets, packages, ancestors, how it was made and what was found. Of a folder it tells what its bytes and papers say; of a model here also what the ledger knows.',
    customUsage: [
      { input: './bert -o bert.cdx.json', brief: 'of a folder' },
      { input: 'bert-base --format spdx --record', brief: 'SPDX with the AI and Dataset profiles, sealed' },
      { input: 'bert-base --sign key.pem -o bert.bundle.json', brief: 'as a signed statement' },
    ],
  },
})

interface CardFlags extends CommonFlags {
  readonly output?: string
}

export const cardCommand = buildCommand({
  async func(this: CliContext, flags: CardFlags, target: string) {
    const { house } = this
    const card = house.hasFile(target)
      ? await (await house.boms()).card(target, await scanned(this, target))
      : await withHome(this, async (home) =>
          (await home.boms()).card(await resolveModel(home.registry, target)),
        )
    if (flags.output !== undefined) await house.writeFile(flags.output, card)
    print(
      this,
      flags,
      { kind: 'card', ...(flags.output === undefined ? { card } : { file: flags.output }) },
      () =>
        flags.output === undefined
          ? card.trimEnd().split('\n').map(safe)
          : [`Written to ${safe(flags.output)}`],
    )
  },
  parameters: {
    flags: { ...JSON_FLAG, output: OUTPUT },
    aliases: { o: 'output' },
    positional: { kind: 'tuple', parameters: [TARGET] },
  },
  docs: {
    brief: 'Write a model card: what the model’s README claims, and what is proven of it',
    fullDescription:
      'Hugging Face front matter is kept key by key. A section “Security and provenance” is added or replaced; HTML in the original is made text.',
    customUsage: [{ input: 'bert-base -o README.md', brief: '' }],
  },
})

async function write(
  context: CliContext,
  flags: BomFlags,
  target: string,
): Promise<{ readonly written: WrittenBom; readonly statement?: Digest }> {
  const { house } = context
  if (house.hasFile(target)) {
    const written = await (await house.boms()).bom(target, await scanned(context, target), flags.format)
    if (!flags.record) return { written }
    return withHome(context, async (home) => ({
      written,
      statement: await (await home.boms()).record(written, flags.format),
    }))
  }
  return withHome(context, async (home) => {
    const boms = await home.boms()
    const written = await boms.bom(await resolveModel(home.registry, target), flags.format)
    return flags.record ? { written, statement: await boms.record(written, flags.format) } : { written }
  })
}

async function scanned({ house, io }: CliContext, path: string) {
  return house.scan([path], {
    onProgress: ({ path: at }) => io.progress(`Assessing ${safe(at ?? '')}`),
  })
}
