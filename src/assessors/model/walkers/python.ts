import { isPython } from '../../../formats/python/index.ts'
import { utf8Text } from '../../../ground/lang/index.ts'
import { walkText } from '../walk-text.ts'
import type { FormatWalker } from '../walker.ts'

/** Bytes of a Python file that are looked at before anything else is tried. */
const MAX_BYTES = 2 * 1024 * 1024

/**
 * Python by its name and its grammar. The first lines of ordinary Python, `import sys` and `class A:`, are opcodes of old
 * pickles too; a file that is Python to its end is none, and all others are tried as pickles first.
 */
export const pythonWalker: FormatWalker = {
  format: 'python',
  recognizes: ({ name, sizeBytes }) =>
    /\.pyw?$/i.test(name) && !/(^|\/)code\/__torch__/.test(name) && sizeBytes <= MAX_BYTES,
  async walk(walk, place) {
    const text = utf8Text(await place.source.read(0, place.source.size, walk.signal))
    if (text === undefined || text.includes('\0')) return false
    return (await isPython(text)) && walkText(walk, place)
  },
}
