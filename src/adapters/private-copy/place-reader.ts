import { closeSync, fstatSync, lstatSync } from 'node:fs'
import type { ManifestEntry } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { KnownHashes, Place, PlacedFile, PlaceReader } from '../../services/guard-load/index.ts'
import { makeCopy } from './make-copy.ts'
import { isSameState, keyOf, openPlaced, readThrough } from './read-through.ts'

/** Descriptors held until all files are hashed; those of further files are closed, and their paths looked at again. */
const MAX_HELD = 512

/** Reads models so that what was hashed is known to be what was there. */
export function openPlaceReader(): PlaceReader {
  return { hash: hashPlace, copy: makeCopy }
}

type OnBytes = (doneBytes: number, totalBytes: number, name: string) => void

async function hashPlace(
  place: Place,
  options: { readonly known?: KnownHashes; readonly onBytes?: OnBytes },
): Promise<readonly ManifestEntry[]> {
  const held = new Map<PlacedFile, number>()
  const total = place.files.reduce((sum, { stamp }) => sum + stamp.size, 0)
  const entries: ManifestEntry[] = []
  let done = 0
  try {
    for (const file of place.files) {
      const before = done
      const onBytes = (bytes: number) => options.onBytes?.(before + bytes, total, file.name)
      const sha256 = options.known?.get(keyOf(file)) ?? (await hashOne(file, held, onBytes))
      options.known?.set(keyOf(file), sha256)
      done += file.stamp.size
      entries.push({ name: file.name, size: file.stamp.size, sha256 })
    }
    for (const file of place.files) mustStandStill(file, held.get(file))
    return entries
  } finally {
    for (const descriptor of held.values()) closeSync(descriptor)
  }
}

/** Opens the file, hashes what the descriptor reads, and keeps it open: its number cannot go to another file meanwhile. */
async function hashOne(
  file: PlacedFile,
  held: Map<PlacedFile, number>,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const descriptor = openPlaced(file)
  let isHeld = false
  try {
    const sha256 = await readThrough(file, descriptor, { onBytes })
    if (held.size < MAX_HELD) {
      held.set(file, descriptor)
      isHeld = true
    }
    return sha256
  } finally {
    if (!isHeld) closeSync(descriptor)
  }
}

function mustStandStill(file: PlacedFile, descriptor: number | undefined): void {
  const problem = `${file.path} changed while the model was checked`
  try {
    const here = lstatSync(file.path, { bigint: true })
    const open = descriptor === undefined ? here : fstatSync(descriptor, { bigint: true })
    if (isSameState(file.stamp, here) && isSameState(file.stamp, open)) return
  } catch (cause) {
    throw new SallyportError('ABORTED', problem, { cause })
  }
  throw new SallyportError('ABORTED', problem)
}
