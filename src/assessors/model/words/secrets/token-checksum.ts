import { crc32 } from 'node:zlib'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CHECKSUM_CHARS = 6

/**
 * Whether the last six characters of a token are the CRC-32 of those before them in base 62, as GitHub and npm write it.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function hasTokenChecksum(random: string): boolean {
  const body = random.slice(0, -CHECKSUM_CHARS)
  let value = crc32(body)
  let written = ''
  for (let i = 0; i < CHECKSUM_CHARS; i++) {
    written = (DIGITS[value % 62] ?? '0') + written
    value = Math.floor(value / 62)
  }
  return random.endsWith(written)
}
