import { createInterface } from 'node:readline/promises'
import { SallyportError } from '../../ground/lang/index.ts'
import type { CliContext } from './context.ts'
import { safe } from './format-text.ts'

/**
 * Says what will happen and asks a person to agree: on a terminal by typing yes, elsewhere by `--yes`.
 * @throws SallyportError `BAD_INPUT` when nobody agreed; nothing has changed then
 */
export async function confirm(
  context: CliContext,
  flags: { readonly yes: boolean },
  lines: readonly string[],
): Promise<void> {
  for (const line of lines) context.io.err(line)
  if (flags.yes) return
  if (process.stdin.isTTY !== true)
    throw new SallyportError('BAD_INPUT', 'nothing was changed: add --yes to do what stands above')
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await reader.question('Type yes to do this: ')
    if (answer.trim().toLowerCase() !== 'yes') throw new SallyportError('BAD_INPUT', 'nothing was changed')
  } finally {
    reader.close()
  }
}

/**
 * A passphrase from a file, or typed twice on a terminal where nothing is shown; never an argument.
 * @throws SallyportError `BAD_INPUT` when it is empty, or when there is neither file nor terminal
 */
export async function readPassphrase(context: CliContext, file: string | undefined): Promise<string> {
  if (file !== undefined) {
    const text = new TextDecoder().decode(await context.house.readFile(file)).trim()
    if (text === '') throw new SallyportError('BAD_INPUT', `${safe(file)} is empty`)
    return text
  }
  if (process.stdin.isTTY !== true)
    throw new SallyportError('BAD_INPUT', 'name a file with the passphrase, or run this on a terminal')
  const [first, second] = [await askHidden('Passphrase: '), await askHidden('Once more: ')]
  if (first === '') throw new SallyportError('BAD_INPUT', 'the passphrase is empty; nothing was changed')
  if (first !== second) throw new SallyportError('BAD_INPUT', 'the two are not the same; nothing was changed')
  return first
}

/** What a terminal in raw mode sends for Ctrl-C, Return and Backspace. */
const KEYS = { stop: '\u0003', ends: ['\r', '\n'], back: '\u007f' } as const

/** Reads a line from the terminal without showing it. */
async function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  let typed = ''
  try {
    for await (const data of stdin.iterator({ destroyOnReturn: false })) {
      for (const key of String(data)) {
        if (key === KEYS.stop) throw new SallyportError('ABORTED', 'nothing was changed')
        if (KEYS.ends.some((end) => end === key)) return typed
        typed = key === KEYS.back ? [...typed].slice(0, -1).join('') : typed + key
      }
    }
    return typed
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}
