import { createHash } from 'node:crypto'
import { findZipTail } from '../../formats/zip/index.ts'
import { sliceOfSource } from '../../ground/lang/index.ts'
import { noteSight } from './note-sight.ts'
import { lookAtPickle, walkPickle } from './walk-pickle.ts'
import type { Place, Walk } from './walk-report.ts'
import { walkZip } from './walk-zip.ts'
import type { Enter } from './walker.ts'
import { breachOf, claimOf } from './wrong-format.ts'

/** Formats whose own walker reads the archive, or to whose content an archive at the end belongs. */
const ZIPS = /^(zip|pytorch-zip|torchscript|keras|empty|unknown)/
/** Formats that may hold a whole archive as data near their end, as a pickled Keras model does. */
const HOLDERS =
  /^(pickle|joblib|pytorch-legacy|tar|pytorch-tar|gzip|zlib|bzip2|xz|lzma|zstd|lz4|sevenzip|rar|hdf5)$/
/** Formats that are run as pickles before anything else is said of them, and archives: no pickle begins with their first byte. */
const TRIED = /^(pickle|joblib|pytorch-legacy|text|zip|pytorch-zip|torchscript|keras|empty|unknown)$/
/** Bytes in which a binary format shows that it is one. */
const TEXT_BYTES = 1024
/** TFLite models carry their labels as an archive behind the model, by design (TensorFlow Lite Metadata). */
const WITH_ARCHIVE = /^tflite/
/** Bytes of a blob whose digest is computed. Configurations and small layers; weights take too long. */
const MAX_DIGEST_BYTES = 64 * 1024 * 1024
const BLOB = /(^|\/)blobs\/sha256\/([0-9a-f]{64})$/

/** Looks at a place from outside, once its content was judged: its name, its end, its digest. */
export async function walkAround(
  walk: Walk,
  place: Place,
  seen: { readonly format: string; readonly head: Uint8Array },
  enter: Enter,
): Promise<void> {
  const name = place.members.at(-1) ?? walk.path
  const breach = breachOf(name, seen.format)
  if (breach !== undefined) noteSight(walk, place, { kind: 'wrong-format', message: breach })
  lookForScript(walk, place, name, seen.head)
  if (START_FILES.test(name)) {
    const message = 'a file that systems run when it is opened'
    noteSight(walk, place, { kind: 'start-file', message })
  }
  await lookForPickle(walk, place, seen, enter)
  await lookForArchive(walk, place, seen.format, enter)
  await checkDigest(walk, place)
}

/** Endings that were looked at; names of a folder share a few. */
const endings = new Map<string, boolean>()
const MAX_ENDINGS = 200

/** Whether a name says nothing about a file of this format: it fits, systems do not run it, and it is no digest. */
export function isOrdinaryName(name: string, format: string): boolean {
  if (name.includes('blobs/')) return false
  // What a name claims stands in its ending alone.
  const ending = name.slice(name.lastIndexOf('.') + 1)
  const key = `${format}.${ending}`
  const known = endings.get(key)
  if (known !== undefined) return known
  const isOrdinary = breachOf(`.${ending}`, format) === undefined && !START_FILES.test(`.${ending}`)
  if (endings.size < MAX_ENDINGS) endings.set(key, isOrdinary)
  return isOrdinary
}

/** Files that run at a double click and that no model needs. */
const START_FILES = /\.(lnk|scr|hta|vbs|vbe|jse|wsf|wsh|cpl|msi|pif|scf|url|desktop|reg)$/i

function lookForScript(walk: Walk, place: Place, name: string, head: Uint8Array): void {
  if (
    head[0] !== 0x23 ||
    head[1] !== 0x21 ||
    !/^#! ?\//.test(Buffer.from(head.subarray(0, 4)).toString('latin1'))
  )
    return
  const claim = claimOf(name)
  if (claim === undefined || claim === 'a text') return
  noteSight(walk, place, { kind: 'disguised', message: `its name says ${claim}, and it is a script` })
}

/**
 * A pickle needs nothing but its first bytes. Where the signature of a format stands further in (HDF5 behind a user block, tar,
 * TFLite), `pickle.load` runs what stands before it, whatever else the file is.
 */
async function lookForPickle(
  walk: Walk,
  place: Place,
  { format, head }: { readonly format: string; readonly head: Uint8Array },
  enter: Enter,
): Promise<void> {
  if (TRIED.test(format) || !isBinary(head)) return
  const look = await lookAtPickle(walk, place.source)
  const isMarked = head[0] === 0x80 && (head[1] ?? 9) <= 5
  const isWhole = look.facts.runs[0]?.end === 'stop' && (isMarked || look.isPickle)
  if (!look.hasActive && !isWhole) return
  if (look.hasActive) {
    const message = `the file is ${format}, and a pickle that acts from its start`
    noteSight(walk, place, { kind: 'polyglot', message, offset: 0 })
  }
  const members = [...place.members, '(pickle at the start)']
  await walkPickle(walk, { ...place, members, depth: place.depth + 1 }, look, enter)
}

/** Texts that have a use of their own, such as programs, are no pickles by chance: `import os` is an INST without a MARK. */
function isBinary(head: Uint8Array): boolean {
  return head[0] === 0x80 || head.subarray(0, TEXT_BYTES).some((byte) => byte < 9)
}

async function lookForArchive(walk: Walk, place: Place, format: string, enter: Enter): Promise<void> {
  if (ZIPS.test(format) || wasFoundBehind(walk, place)) return
  const tail = await findZipTail(place.source, walk.signal)
  if (tail === undefined) return
  if (HOLDERS.test(format) && tail.endOffset !== place.source.size) return
  if (!WITH_ARCHIVE.test(format)) {
    const message = `the file is ${format} from its start and a ZIP archive of ${tail.entries} members from its end`
    noteSight(walk, place, { kind: 'polyglot', message, offset: tail.startOffset })
  }
  // An archive whose offsets count from its own start is looked at by itself; one that counts in the file needs the file.
  const { size } = place.source
  const source = tail.isShifted
    ? sliceOfSource(place.source, tail.startOffset, size - tail.startOffset)
    : place.source
  const inner: Place = {
    source,
    members: [...place.members, '(zip at the end)'],
    depth: place.depth + 1,
  }
  // A model is what its labels should stand behind; its own walker judged it.
  await walkZip(walk, inner, enter, WITH_ARCHIVE.test(format) ? 'judged' : 'unexpected')
}

/** Whether the walker of the format already went into what stands behind its data. */
function wasFoundBehind(walk: Walk, place: Place): boolean {
  return walk.findings.some(
    ({ ruleId, location }) =>
      ruleId === 'container/trailing-payload' &&
      (location.members ?? []).join('\0') === place.members.join('\0'),
  )
}

/** OCI image layouts name blobs by their digest (image-spec, image-layout.md). */
async function checkDigest(walk: Walk, place: Place): Promise<void> {
  const wanted = BLOB.exec([walk.path, ...place.members].join('/'))?.[2]
  const { size } = place.source
  if (wanted === undefined || size > MAX_DIGEST_BYTES) return
  const hash = createHash('sha256')
  for (let at = 0; at < size; at += 1 << 20) hash.update(await place.source.read(at, 1 << 20, walk.signal))
  const found = hash.digest('hex')
  if (found === wanted) return
  const message = `the blob is named by another digest than its own, ${found.slice(0, 12)}…`
  noteSight(walk, place, { kind: 'digest', message })
}
