import { engineKind, readEngine } from '../../../formats/engine/index.ts'
import { pathEscape } from '../path-escape.ts'
import type { GraphOperator } from '../subjects/graph-subject.ts'
import { applyRules, cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** Compiled engines: opaque by nature, so never called clean. What can be seen in them is judged. */
export const engineWalker: FormatWalker = {
  format: 'engine',
  recognizes: ({ head }) => engineKind(head) !== undefined,
  async walk(walk, place) {
    const kind = engineKind(await place.source.read(0, 16, walk.signal))
    if (kind === undefined) return false
    const view = await readEngine(place.source, walk.signal)
    applyRules(walk, place, {
      kind: 'graph',
      format: kind.format,
      operators: view.hostPrograms.map(
        (offset): GraphOperator => ({
          role: 'native',
          operator: `ELF at ${offset}`,
          detail: 'is a program for the processor of the host',
          offset,
        }),
      ),
      references: view.libraries.map(({ path, offset }) => ({
        role: 'library',
        target: path,
        escape: pathEscape(path),
        detail: 'the path of a library',
        offset,
      })),
      faults: [],
    })
    const reason = `${kind.what}: a compiled program for one device, of which only the start is known`
    cover(walk, place, { format: kind.format, readBytes: view.readBytes, status: 'none', reason })
    return true
  },
}
