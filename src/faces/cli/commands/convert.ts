import { buildCommand } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import type { ConvertedFile, ConvertRequest } from '../../../services/convert/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { bold, dim, safe, shortDigest, showBytes, showCount } from '../format-text.ts'
import { resolveModel } from '../resolve-model.ts'
import { withHome } from '../with-home.ts'

interface ConvertFlags extends CommonFlags {
  readonly to: 'safetensors'
  readonly out?: string
  readonly key?: string
  readonly dropOther: boolean
  readonly without?: readonly string[]
  readonly name?: string
}

export const convertCommand = buildCommand({
  async func(this: CliContext, flags: ConvertFlags, target: string) {
    const { key, without, name } = flags
    const request: ConvertRequest = {
      ...(flags.dropOther ? { dropOther: true } : {}),
      ...(key === undefined ? {} : { key }),
      ...(without === undefined ? {} : { without }),
      ...(name === undefined ? {} : { name }),
    }
    if (this.house.hasFile(target)) await convertPath(this, flags, target, request)
    else if (flags.out !== undefined)
      throw new SallyportError(
        'BAD_INPUT',
        `${target} is no path; --out is for files, a model here becomes a model here`,
      )
    else await convertModel(this, flags, target, request)
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      to: { kind: 'enum', values: ['safetensors'], brief: 'The new format', default: 'safetensors' },
      out: {
        kind: 'parsed',
        parse: String,
        brief: 'A new folder; <name>-safetensors when absent',
        optional: true,
      },
      key: {
        kind: 'parsed',
        parse: String,
        brief: 'The part of a checkpoint that wraps its tensors, such as state_dict',
        optional: true,
      },
      dropOther: {
        kind: 'boolean',
        brief: 'Leave out what is no tensor',
        default: false,
        withNegated: false,
      },
      without: {
        kind: 'parsed',
        parse: String,
        variadic: true,
        brief: 'A file to leave out, such as training_args.bin; repeat for more',
        optional: true,
      },
      name: { kind: 'parsed', parse: String, brief: 'Name of the new model here', optional: true },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          brief: 'A folder or file, or the name or digest of a model here',
          placeholder: 'path|model',
        },
      ],
    },
  },
  docs: {
    brief: 'Make safetensors of pickled weights, without running them',
    fullDescription:
      'An abstract machine reads the pickle and rebuilds dicts of tensors, nothing else: whatever more it would import or call is refused, with its offset. A model here becomes a new model here, with a sealed statement of how it was made.',
    customUsage: [
      { input: 'pytorch_model.bin --out converted', brief: 'a file' },
      { input: 'bert-base', brief: 'a model here' },
      { input: 'run.ckpt --key state_dict --drop-other', brief: 'one part of a training checkpoint' },
    ],
  },
})

async function convertPath(
  context: CliContext,
  flags: ConvertFlags,
  path: string,
  request: ConvertRequest,
): Promise<void> {
  const out = flags.out ?? `${path.replace(/\/+$/, '').replace(/\.\w+$/, '')}-safetensors`
  const { folder, files, others } = await (await context.house.weights()).convert(path, request, out)
  print(context, flags, { kind: 'converted', folder, files, others }, () => [
    bold(safe(out)),
    ...files.flatMap(fileLines),
  ])
}

async function convertModel(
  context: CliContext,
  flags: ConvertFlags,
  text: string,
  request: ConvertRequest,
): Promise<void> {
  const made = await withHome(context, async (home) => {
    const model = await resolveModel(home.registry, text)
    const actor = await home.actor({ verb: 'convert', model, ...request })
    return (await home.conversion()).convert(model, request, actor)
  })
  print(context, flags, { kind: 'conversion', model: made }, () => [
    `${bold(safe(made.name))}  ${dim(made.digest)}`,
    ...made.files.flatMap(fileLines),
    dim(`  how it was made is sealed as ${shortDigest(made.statement)}; the new model was looked at`),
  ])
}

function fileLines({ from, to, tensors, sizeBytes, shared, dropped }: ConvertedFile): readonly string[] {
  return [
    `  ${safe(from)} → ${safe(to)}  ${showCount(tensors, 'tensor')}, ${showBytes(sizeBytes)}`,
    ...shared
      .slice(0, 5)
      .map((names) => dim(`    one memory, written each for itself: ${safe(names.slice(0, 8).join(', '))}`)),
    ...(dropped.length === 0 ? [] : [dim(`    left out: ${safe(dropped.slice(0, 8).join(', '))}`)]),
  ]
}
