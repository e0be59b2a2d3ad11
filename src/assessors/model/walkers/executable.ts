import {
  type ExecutableView,
  looksLikeExecutable,
  readExecutable,
} from '../../../formats/executable/index.ts'
import { readZip } from '../../../formats/zip/index.ts'
import { isSystemProgram } from '../image-layer.ts'
import { noteSight } from '../note-sight.ts'
import type { ContainerSight } from '../subjects/container-subject.ts'
import { cover, type Place, type Walk } from '../walk-report.ts'
import { walkZip } from '../walk-zip.ts'
import type { Enter, FormatWalker } from '../walker.ts'
import { claimOf } from '../wrong-format.ts'

/** Executables that ordinary archives hold and that nothing starts by itself: they get a note only. */
const HARMLESS = ['java-class', 'wasm', 'dalvik']

/** Names that such executables have themselves. */
const NATURAL_NAME = /\.(class|wasm|dex|odex)$/i

/** What Cosmopolitan puts into its programs: symbols, time zones, arguments. It is judged with the program. */
const PROGRAM_PART = /^(\.args|\.cosmo|\.symtab[\w.-]*|usr\/share\/[\w./+-]+|[\w.-]+\.com\.dbg)$/

export const executableWalker: FormatWalker = {
  format: 'executable',
  recognizes: ({ head }) => looksLikeExecutable(head),
  async walk(walk, place, enter) {
    const view = await readExecutable(place.source, walk.signal)
    if (view === undefined) return false
    const isLlamafile = view.kind === 'ape' || (await holdsGguf(walk, place))
    const enterPart: Enter = async (inner) =>
      PROGRAM_PART.test(inner.members.at(-1) ?? '')
        ? cover(walk, inner, { format: 'program-part', readBytes: 0, status: 'full' })
        : enter(inner)
    if (isLlamafile && (await walkZip(walk, place, enterPart, 'judged'))) {
      const message = `it is ${view.title}, with an archive of its model inside`
      noteSight(walk, place, { kind: 'llamafile', message })
      return true
    }
    noteSight(walk, place, ...sightsOf(walk, place, view))
    cover(walk, place, { format: view.kind, readBytes: 512, status: 'full' })
    return true
  },
}

async function holdsGguf(walk: Walk, place: Place): Promise<boolean> {
  const archive = await readZip(place.source, walk.signal)
  return archive?.members.some(({ name }) => name.endsWith('.gguf') || name.endsWith('.llamafile')) === true
}

function sightsOf(walk: Walk, place: Place, view: ExecutableView): ContainerSight[] {
  const name = place.members.at(-1) ?? walk.path
  if (isSystemProgram(walk, place)) return []
  const claim = claimOf(name)
  // Archives of Java hold classes beside models; a class that is called a model is neither.
  const isOrdinary = HARMLESS.includes(view.kind) && (claim !== 'a model' || NATURAL_NAME.test(name))
  if (claim !== undefined && !isOrdinary)
    return [{ kind: 'disguised', message: `its name says ${claim}, and it is ${view.title}` }]
  if (HARMLESS.includes(view.kind)) return []
  return [{ kind: 'executable', message: `it is ${view.title}` }]
}
