import { crc32 } from 'node:zlib'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Characters that look random and are the same each time; no service ever gave them out. */
export function scramble(length: number, seed: number, alphabet = LETTERS): string {
  let state = seed
  let text = ''
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    text += alphabet[(state >>> 16) % alphabet.length] ?? ''
  }
  return text
}

/** A token with the checksum that GitHub writes behind it. */
export function checkedToken(prefix: string, seed: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const body = scramble(30, seed)
  let value = crc32(body)
  let sum = ''
  for (let i = 0; i < 6; i++) {
    sum = (digits[value % 62] ?? '') + sum
    value = Math.floor(value / 62)
  }
  return prefix + body + sum
}
