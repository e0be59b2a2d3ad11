import { SallyportError } from '../../ground/lang/index.ts'

/** The id to go on after, out of an opaque cursor. @throws SallyportError `BAD_INPUT` */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (/^v1:[0-9a-f-]{36}$/.test(text)) return text.slice(3)
  throw new SallyportError('BAD_INPUT', 'the cursor is none that this server gave out; start without one')
}

/** The opaque form of an id to go on after. */
export function writeCursor(after: string | undefined): { readonly next?: string } {
  return after === undefined ? {} : { next: Buffer.from(`v1:${after}`).toString('base64url') }
}
