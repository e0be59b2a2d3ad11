import { utf8 } from '../../ground/lang/index.ts'

const BACKSLASH = 0x5c
const QUOTE = 0x27
const DOUBLE_QUOTE = 0x22
const SHORT: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', [BACKSLASH]: '\\\\' }

/**
 * What release 0.2.0 of the reference signed: it put Python's picture of the bytes where the bytes belong, and wrote DSSEV1.
 * Distinct from today's encoding in its first word, so neither can pass for the other (model-transparency, `pae_compat`).
 */
export function oldEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  return utf8(`DSSEV1 ${payloadType.length} ${payloadType} ${payload.length} ${pythonBytes(payload)}`)
}

/** `repr()` of Python's bytes. */
function pythonBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(QUOTE) && !bytes.includes(DOUBLE_QUOTE) ? '"' : "'"
  let text = ''
  for (const byte of bytes) {
    const char = String.fromCharCode(byte)
    if (byte === QUOTE && quote === "'") text += "\\'"
    else if (SHORT[byte] !== undefined) text += SHORT[byte]
    else if (byte < 0x20 || byte > 0x7e) text += `\\x${byte.toString(16).padStart(2, '0')}`
    else text += char
  }
  return `b${quote}${text}${quote}`
}
