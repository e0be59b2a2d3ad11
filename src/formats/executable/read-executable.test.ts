import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { looksLikeExecutable, readExecutable } from './read-executable.ts'

const bytes = (text: string, length = 200) =>
  Buffer.concat([Buffer.from(text, 'latin1')], Math.max(length, text.length))
const pe = (flags: number) => {
  const file = bytes('MZ', 256)
  file.writeUInt32LE(128, 0x3c)
  file.write('PE\0\0', 128, 'latin1')
  file.writeUInt16LE(flags, 128 + 22)
  return file
}

test.for<readonly [string, Buffer, string | undefined]>([
  [
    'this very interpreter',
    readFileSync(process.execPath).subarray(0, 4096),
    process.platform === 'linux' ? 'elf' : 'mach-o',
  ],
  ['a Windows program', pe(0x0002), 'pe'],
  ['a Windows library', pe(0x2002), 'pe'],
  ['two letters', bytes('MZ is how this text begins'), undefined],
  ['a portable one', bytes("MZqFpD='\n"), 'ape'],
  ['Mach-O', bytes('\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0'), 'mach-o'],
  ['Mach-O of no processor', bytes('\xcf\xfa\xed\xfe\xff\0\0\x01\x03\0\0\0\x02\0\0\0'), undefined],
  ['fat Mach-O', bytes('\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07'), 'mach-o-fat'],
  ['a Java class', bytes('\xca\xfe\xba\xbe\0\0\0\x34\0\x10'), 'java-class'],
  ['neither', bytes('\xca\xfe\xba\xbe\0\0\0\0'), undefined],
  ['WebAssembly', bytes('\0asm\x01\0\0\0'), 'wasm'],
  ['a shortcut', bytes('L\0\0\0\x01\x14\x02\0'), 'windows-shortcut'],
  ['an ELF with nonsense in its header', bytes('\x7fELF\x09\x09\x09'), undefined],
])('%s', async ([, file, kind]) => {
  const view = await readExecutable(sourceOfBytes(file))
  expect(view?.kind).toBe(kind)
  if (kind !== undefined) expect(looksLikeExecutable(file)).toBe(true)
})

test('random bytes are no program', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (random) => {
      const view = await readExecutable(sourceOfBytes(random))
      if (view !== undefined) expect(looksLikeExecutable(random)).toBe(true)
    }),
  )
})
