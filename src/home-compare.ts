import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashFile } from './adapters/files/index.ts'
import { fileIntake } from './adapters/intake-files/index.ts'
import { compareInThread, convertInThread } from './adapters/weights-thread/index.ts'
import type { WeightsDoor } from './faces/cli/index.ts'
import { type Digest, makeManifest } from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { type LineageParts, modelFiles, openLineage } from './home-lineage.ts'
import { compareKnown, type ModelComparison, type PlacedModel } from './services/compare/index.ts'
import {
  type ConvertDeps,
  convertKnown,
  type ModelConversion,
  type PlacedSource,
} from './services/convert/index.ts'
import type { Registry } from './services/registry/index.ts'

// What compares models and converts their weights. home.ts and main.ts load it late.
const root = fileURLToPath(new URL('..', import.meta.url))
const workerUrl = new URL('./weights-worker.ts', import.meta.url)

/** Parts of an open home on which comparison and conversion stand. */
export type CompareParts = LineageParts & {
  readonly registry: Pick<Registry, 'importModel' | 'assess'>
}

/** Where the files of models of an open home lie. */
function placing(parts: LineageParts): (model: Digest) => Promise<PlacedModel | undefined> {
  const files = modelFiles(parts)
  return async (digest) => {
    const known = await files.manifest(digest)
    if (known === undefined) return undefined
    const { manifest, name } = known
    const placed = manifest.entries.map((entry) => ({ ...entry, path: parts.blobs.pathOf(entry.sha256) }))
    return { digest, name, files: placed }
  }
}

/** Compares models of an open home. */
export function openComparison(parts: LineageParts): ModelComparison {
  return compareKnown({ place: placing(parts), comparer: compareInThread({ workerUrl }) })
}

/** Converts models of an open home. @param home its folder: new files are written there before they are taken in */
export function openConversion(parts: CompareParts, home: string): ModelConversion {
  const place = placing(parts)
  const deps: ConvertDeps = {
    converter: convertInThread({ workerUrl }),
    place,
    withFolder: folders(join(home, 'quarantine', 'conversions')),
    addFiles,
    importModel: async (request, actor) => (await parts.registry.importModel(request, actor)).digest,
    derive: async (request, actor) => {
      const sealed = parts.view
        .links(request.child, 'up')
        .find(
          ({ from, relation, claimed }) => !claimed && relation === 'conversion' && isParent(request, from),
        )
      return sealed?.statement ?? openLineage(parts).derive(request, actor)
    },
    assess: async (model, actor) => {
      await parts.registry.assess(model, actor)
    },
    version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
  }
  return convertKnown(deps)
}

function isParent({ parents }: Parameters<ConvertDeps['derive']>[0], from: Digest): boolean {
  return parents.some((parent) => parent.kind === 'model' && parent.digest === from)
}

/** Folders that are gone after use. One process at a time holds a home: what stands there at first was left by one that died. */
function folders(base: string): ConvertDeps['withFolder'] {
  let swept: Promise<void> | undefined
  return async (name, use) => {
    swept ??= rm(base, { recursive: true, force: true })
    await swept
    const own = join(base, randomBytes(8).toString('hex'))
    const folder = join(own, name.replaceAll(/[/\\\0]/g, '_').slice(0, 100))
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return use(folder).finally(() => rm(own, { recursive: true, force: true }))
  }
}

async function addFiles(folder: string, files: PlacedSource['files']): Promise<void> {
  for (const { name, path } of files) {
    const to = join(folder, name)
    await mkdir(dirname(to), { recursive: true })
    // The same bytes twice on one disk are one file; on another disk they are copied.
    await link(path, to).catch(() => copyFile(path, to))
  }
}

/** Comparison and conversion of files and folders, without a home. */
export function weightsDoor(): WeightsDoor {
  return {
    differences: async (before, after) =>
      compareInThread({ workerUrl }).compare(await placePath(before), await placePath(after)),
    convert: async (path, request, out) => {
      const target = resolve(out)
      if (existsSync(target))
        throw new SallyportError('BAD_INPUT', `${out} is there already; name a new folder with --out`)
      const model = await placePath(path)
      // Written beside its place and then renamed: a half-written folder never has the name that was asked for.
      const partial = `${target}.partial-${randomBytes(4).toString('hex')}`
      await mkdir(partial, { recursive: true })
      try {
        const { files, indexes, kept } = await convertInThread({ workerUrl }).convert(model, request, partial)
        await copyFiles(
          partial,
          model.files.filter(({ name }) => kept.includes(name)),
        )
        await rename(partial, target)
        await syncFolder(dirname(target))
        return { folder: target, files, others: [...indexes, ...kept] }
      } catch (cause) {
        await rm(partial, { recursive: true, force: true })
        throw cause
      }
    },
  }
}

async function copyFiles(folder: string, files: PlacedSource['files']): Promise<void> {
  for (const { name, path } of files) {
    const to = join(folder, name)
    await mkdir(dirname(to), { recursive: true })
    await copyFile(path, to)
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** A file or folder with the digests of its files. @throws SallyportError `BAD_INPUT`, `NOT_FOUND` */
async function placePath(path: string): Promise<PlacedModel> {
  const intake = fileIntake({ unpackWorkerUrl: new URL('./unpack-worker.ts', import.meta.url) })
  const files: PlacedModel['files'][number][] = []
  for (const { name, path: at, size } of await intake.list(path))
    files.push({ name, size, sha256: await hashFile(at), path: at })
  const manifest = makeManifest(files.map(({ name, size, sha256 }) => ({ name, size, sha256 })))
  if (!manifest.ok)
    throw new SallyportError('BAD_INPUT', `${path} cannot be read as a model: ${manifest.error}`)
  // A single file is compared with another whatever the two are called.
  return { digest: manifest.value.digest, name: basename(resolve(path)), files }
}
