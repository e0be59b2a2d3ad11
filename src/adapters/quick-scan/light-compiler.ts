import { setFlagsFromString } from 'node:v8'

/** Growth of V8's space for new objects, when it grows; 2 is V8's own. With less, ten thousand small results are moved again and again. */
const [OWN_GROWTH, LIGHT_GROWTH] = [2, 8]

/**
 * Lets V8 leave out what pays for programs that run for long, and what a short one pays for: its last compiler, and looking for
 * garbage in small steps beside the work. Over ten thousand small files that was a fifth of all time (ADR 0014). Each is a
 * matter of speed alone, of the whole process, and read whenever V8 comes to it. Scripts are to be loaded before: V8 takes
 * kept code only under the settings under which it was kept, which is why they are set back at the end.
 */
export function compileLightly(): void {
  process.prependOnceListener('exit', compileFully)
  setFlagsFromString('--no-opt')
  setFlagsFromString('--no-incremental-marking')
  setFlagsFromString(`--semi-space-growth-factor=${LIGHT_GROWTH}`)
}

/** Undoes {@link compileLightly}, for what takes longer than expected. */
export function compileFully(): void {
  setFlagsFromString('--opt')
  setFlagsFromString('--incremental-marking')
  setFlagsFromString(`--semi-space-growth-factor=${OWN_GROWTH}`)
}
