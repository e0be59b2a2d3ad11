/** Bytes of the shortest pickle that imports something. */
const SHORTEST = 12

/** Whether a text begins as a pickle does: in base64 or hex, or as the text that protocol 2 makes of bytes. */
export function mayHideText(text: string): boolean {
  if (text.length < SHORTEST) return false
  const first = text.charCodeAt(0)
  if (first === 0x80) return text.charCodeAt(1) <= 5
  if (first === 0x67) return /^gA[I-X][A-Za-z0-9+/]/.test(text)
  return first === 0x38 && /^800[2-5][0-9a-fA-F]{4}/.test(text)
}

/** Whether bytes begin as a pickle does: with PROTO, or in the old protocols with an import. */
export function mayHideBytes(bytes: Uint8Array): boolean {
  if (bytes.length < SHORTEST) return false
  if (bytes[0] === 0x80) return (bytes[1] ?? 9) <= 5
  if (PROGRAMS.has(bytes[0] ?? 0)) return mayBeProgram(bytes)
  if (bytes[0] !== 0x63 && bytes[0] !== 0x28 && bytes[0] !== 0x67 && bytes[0] !== 0x38) return false
  const start = Buffer.from(bytes.subarray(0, 128)).toString('latin1')
  return /^\(?c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n/.test(start) || mayHideText(start)
}

/** First bytes of ELF, of Windows programs, and of Mach-O in both orders. */
const PROGRAMS = new Set([0x7f, 0x4d, 0xcf, 0xce, 0xfe])

/** Whether bytes begin with the magic of a program: weights that are pickled as bytes may be one. */
function mayBeProgram(bytes: Uint8Array): boolean {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('latin1')
  return /^(?:\x7fELF|MZ|[\xcf\xce]\xfa\xed\xfe|\xfe\xed\xfa[\xcf\xce])/.test(magic)
}
