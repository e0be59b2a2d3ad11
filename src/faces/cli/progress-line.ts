import type { Io } from './context.ts'
import { safe, showBytes } from './format-text.ts'

/** Milliseconds between two drawings: smooth to the eye, nothing to the processor. */
const EVERY_MS = 80
const BAR = 24

/** A progress callback by bytes that draws one line, over and over. */
export function progressLine(io: Io, verb: string, now: () => number = () => process.uptime() * 1000) {
  let last = -EVERY_MS
  return (progress: { readonly doneBytes: number; readonly totalBytes: number; readonly path?: string }) => {
    const at = now()
    if (at - last < EVERY_MS && progress.doneBytes < progress.totalBytes) return
    last = at
    const part = progress.totalBytes === 0 ? 1 : Math.min(1, progress.doneBytes / progress.totalBytes)
    const full = Math.round(part * BAR)
    const head = `${verb} ${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${String(Math.floor(part * 100)).padStart(3)} %  `
    const tail = `${showBytes(progress.doneBytes)} of ${showBytes(progress.totalBytes)}  ${safe(progress.path ?? '')}`
    io.progress(`${head}${tail}`.slice(0, Math.max(20, io.columns - 1)))
  }
}
