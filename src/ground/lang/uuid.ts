/**
 * A UUIDv7 (RFC 9562 section 5.7) of a time and 10 random bytes: sorts by creation, and names nothing about its subject.
 * @param random exactly 10 bytes from a cryptographic source
 */
export function uuidV7(at: Date, random: Uint8Array): string {
  const bytes = new Uint8Array(16)
  let ms = at.getTime()
  for (let i = 5; i >= 0; i--) {
    bytes[i] = ms % 256
    ms = Math.floor(ms / 256)
  }
  bytes.set(random.subarray(0, 10), 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
