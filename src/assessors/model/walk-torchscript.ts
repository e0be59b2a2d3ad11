import { findEndlessLoops, readTorchScript } from '../../formats/torchscript/index.ts'
import { torchScriptUses } from './torchscript-uses.ts'
import { applyRules, cover, type Place, type Walk } from './walk-report.ts'

/** Judges a source of TorchScript, which a member below `code/__torch__` of an archive is. */
export function walkTorchScript(walk: Walk, place: Place, text: string, readBytes: number): void {
  const view = readTorchScript(text)
  const loops = findEndlessLoops(text)
  applyRules(walk, place, { kind: 'torchscript', view, uses: torchScriptUses(view), loops })
  const isCut = place.source.size > readBytes
  const reason = isCut ? `only the first ${readBytes} bytes were read` : view.problems[0]?.message
  const base = { format: 'torchscript', readBytes } as const
  cover(
    walk,
    place,
    reason === undefined ? { ...base, status: 'full' } : { ...base, status: 'partial', reason },
  )
}
