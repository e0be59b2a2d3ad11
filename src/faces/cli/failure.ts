import { SallyportError } from '../../ground/lang/index.ts'
import { safe } from './format-text.ts'

/** What a program reads when a command fails (kind `error` of catalog/schemas/cli-output.schema.json). */
export interface FailureOutput {
  readonly schemaVersion: 1
  readonly kind: 'error'
  /** A code of SallyportError, `USAGE` for a command line that was not understood, or `BUG`. */
  readonly code: string
  readonly message: string
  readonly hint?: string
}

const HINTS: Readonly<Partial<Record<string, string>>> = {
  LOG_LOCKED:
    'one process at a time owns a home: wait until it has ended, or stop it; beside a server only a few commands have to wait',
}

/** A failure for a person: what and where, and the code; a stack only for bugs. */
export function failureText(error: unknown): string {
  if (!(error instanceof SallyportError))
    return `sallyport: this is a bug, please report it\n${error instanceof Error ? error.stack : String(error)}`
  const hint = HINTS[error.code]
  return `sallyport: ${safe(error.message)} (${error.code})${hint === undefined ? '' : `\n  → ${hint}`}`
}

/** A failure for a program. */
export function failureOutput(error: unknown): FailureOutput {
  const base = { schemaVersion: 1, kind: 'error' } as const
  if (!(error instanceof SallyportError)) {
    const message = error instanceof Error ? error.message : String(error)
    return { ...base, code: 'BUG', message: safe(message), hint: 'please report it' }
  }
  const hint = HINTS[error.code]
  return { ...base, code: error.code, message: safe(error.message), ...(hint === undefined ? {} : { hint }) }
}

/** A command line that was not understood, for a program. `text` is what a person would have read. */
export function usageOutput(text: string, args: readonly string[]): FailureOutput {
  const command = args.filter((arg) => /^[a-z]/.test(arg)).slice(0, 1)
  const hint = `sallyport ${[...command, '--help'].join(' ')} shows how`
  const message = text.trim() === '' ? 'the command line was not understood' : text.trim()
  return {
    schemaVersion: 1,
    kind: 'error',
    code: 'USAGE',
    message: message.split('\n').map(safe).join(' '),
    hint,
  }
}

/** Whether a command line asks for JSON. What stands behind `--` is no flag. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const flags = end < 0 ? args : args.slice(0, end)
  return flags.some(
    (flag, i) =>
      flag === '--json' || flag === '--format=json' || (flag === '--format' && flags[i + 1] === 'json'),
  )
}
