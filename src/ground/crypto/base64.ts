/** Standard base64 with padding, RFC 4648 section 4. Works in browsers, where there is no Buffer. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** Bytes of canonical base64, or undefined: other alphabets, white space, missing padding and stray bits are refused. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0))
  return toBase64(bytes) === text ? bytes : undefined
}
