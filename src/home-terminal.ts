import { randomBytes } from 'node:crypto'
import { open, rename, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { SallyportError } from './ground/lang/index.ts'

// What the composition roots of signing read, write and ask: small files whole, and the person at the terminal.

/** A small file whole. @throws SallyportError `BAD_INPUT`, `TOO_LARGE` */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path).catch((cause) => {
    throw new SallyportError('BAD_INPUT', `cannot read ${path}: ${(cause as Error).message}`, { cause })
  })
  try {
    const info = await file.stat()
    if (!info.isFile()) throw new SallyportError('BAD_INPUT', `${path} is no file`)
    if (info.size > maxBytes)
      throw new SallyportError('TOO_LARGE', `${path} is longer than ${maxBytes} bytes`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** Writes a file whole or not at all: a half signature is worse than the old one. @throws SallyportError `BAD_INPUT` */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = join(dirname(resolve(path)), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    await writeFile(draft, bytes, { flag: 'wx' })
    await rename(draft, path)
  } catch (cause) {
    await unlink(draft).catch(() => undefined) // It may never have been made.
    throw new SallyportError('BAD_INPUT', `cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
}

/** Asks the person for a line. */
export async function askLine(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}

/** Asks without showing what is typed. */
export async function askHidden(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const { Writable } = await import('node:stream')
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
