import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { DeriveRequest } from '../lineage/index.ts'
import type { Actor } from '../registry/index.ts'
import type { ConversionOffer, ModelConversion } from './convert-port.ts'
import type { Converter, PlacedSource } from './ports.ts'

/** Characters of a model's name. */
const MAX_NAME = 400
/** Offers that are kept: digests never change what they mean. */
const KEPT = 256

/** A model that is here. */
export interface KnownSource extends PlacedSource {
  readonly name: string
}

/** What conversions of models that are here stand on. */
export interface ConvertDeps {
  readonly converter: Converter
  /** Undefined for a model that is not here. */
  readonly place: (model: Digest) => Promise<KnownSource | undefined>
  /** A fresh folder for as long as `use` takes; what an earlier process left behind there is gone. */
  readonly withFolder: <T>(name: string, use: (folder: string) => Promise<T>) => Promise<T>
  /** Puts files of the old model beside the new ones, under their names. */
  readonly addFiles: (folder: string, files: PlacedSource['files']) => Promise<void>
  readonly importModel: (request: { path: string; name: string }, actor: Actor) => Promise<Digest>
  /** @returns the statement's digest, also of one that was sealed before */
  readonly derive: (request: DeriveRequest, actor: Actor) => Promise<Digest>
  readonly assess: (model: Digest, actor: Actor) => Promise<void>
  readonly version: string
}

/** Conversions of models that are here, one at a time: they take as much disk as the model. */
export function convertKnown(deps: ConvertDeps): ModelConversion {
  const offers = new Map<Digest, ConversionOffer>()
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined) // The caller has the failure; the next in turn only waits.
    return mine
  }
  return {
    async canConvert(model) {
      const source = await found(deps, model)
      const known = offers.get(model) ?? (await offerOf(deps, source))
      offers.set(model, known)
      const [oldest] = offers.keys()
      if (offers.size > KEPT && oldest !== undefined) offers.delete(oldest)
      return known
    },
    convert: (model, request, actor) =>
      inTurn(async () => {
        const source = await found(deps, model)
        const name = request.name ?? `${source.name.slice(0, MAX_NAME - 20)} (safetensors)`
        return deps.withFolder(`${source.name} as safetensors`, async (folder) => {
          const { files, kept } = await deps.converter.convert(source, request, folder)
          await deps.addFiles(
            folder,
            source.files.filter((file) => kept.includes(file.name)),
          )
          const digest = await deps.importModel({ path: folder, name }, actor)
          const statement = await deps.derive(
            {
              child: digest,
              parents: [{ kind: 'model', digest: model }],
              relation: 'conversion',
              tool: { name: 'sallyport', version: deps.version },
              parameters: {
                to: 'safetensors',
                ...(request.key === undefined ? {} : { key: request.key }),
                ...(request.dropOther === true ? { dropOther: true } : {}),
                ...(request.without === undefined
                  ? {}
                  : { without: request.without.join(', ').slice(0, 1000) }),
              },
              note: 'Its pickles were read by an abstract machine and never run.',
            },
            actor,
          )
          await deps.assess(digest, actor)
          return { digest, name, statement, files }
        })
      }),
  }
}

async function found({ place }: ConvertDeps, digest: Digest): Promise<KnownSource> {
  const source = await place(digest)
  if (source === undefined)
    throw new SallyportError('NOT_FOUND', `no model ${digest} here; \`sallyport models\` lists them`)
  return source
}

async function offerOf({ converter }: ConvertDeps, source: KnownSource): Promise<ConversionOffer> {
  try {
    const { files } = await converter.convert(source, {})
    return { can: true, files: files.map(({ from }) => from) }
  } catch (error) {
    // Information: what stands in the way is the answer.
    if (error instanceof SallyportError && error.code === 'BAD_INPUT')
      return { can: false, files: [], why: error.message }
    throw error
  }
}
