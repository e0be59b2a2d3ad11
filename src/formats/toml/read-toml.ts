import { parse, TomlError } from 'smol-toml'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** Characters. Lock files of large projects have some 5 million; the parser makes about 20 bytes of each. */
const MAX_TOML_CHARS = 16 * 1024 * 1024
/** Tables and arrays in each other; the parser recurses. Lock files have four. */
const MAX_DEPTH = 64

/** Parses a TOML 1.0 text into plain values, or says on which line it is none. */
export function readToml(text: string): Result<Readonly<Record<string, unknown>>> {
  if (text.length > MAX_TOML_CHARS)
    return fail(`only TOML of up to ${MAX_TOML_CHARS} characters is parsed, and it has ${text.length}`)
  try {
    return ok(parse(text, { maxDepth: MAX_DEPTH, integersAsBigInt: false }))
  } catch (error) {
    if (error instanceof TomlError)
      return fail(`line ${error.line}: ${error.message.split('\n', 1)[0] ?? 'no TOML'}`)
    // Numbers beyond what JavaScript holds exactly, and keys that would change objects themselves.
    if (error instanceof RangeError || error instanceof TypeError) return fail(error.message)
    throw error
  }
}
