import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { craftTar } from './craft-tar.ts'
import { DENSE, kerasHdf5 } from './rules/keras/craft-keras.ts'

const ACTS = '\x80\x03cposix\nsystem\nX\x02\0\0\0id\x85R.'
const UNMARKED = "cposix\nsystem\n(S'id'\ntR."
const UNKNOWN = '\x80\x03cacme.nets\nload\nK\x01\x85R.'

/** An HDF5 file behind a user block, whose addresses count from its own start (HDF5 File Format Specification, II.A). */
function behindUserBlock(start: string, blockBytes: number): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  block.write(start, 'latin1')
  return Buffer.concat([block, kerasHdf5('a.h5', [DENSE]).bytes])
}

/** A tar whose first name is the pickle; the checksum counts it. */
function inTarName(start: string): Uint8Array {
  const tar = Buffer.from(craftTar([{ name: 'a'.repeat(60), text: 'x' }]))
  tar.fill(0, 0, 100)
  tar.write(start, 'latin1')
  tar.fill(0x20, 148, 156)
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return tar
}

test.for([
  ['HDF5 behind 512 bytes', behindUserBlock(ACTS, 512), 'malicious'],
  ['HDF5 behind 2048 bytes', behindUserBlock(ACTS, 2048), 'malicious'],
  ['HDF5, protocol 0', behindUserBlock(UNMARKED, 1024), 'malicious'],
  ['HDF5 behind an empty user block', behindUserBlock('', 512), 'clean'],
  ['HDF5 behind a name that nobody knows', behindUserBlock(UNKNOWN, 512), 'suspicious or undecided'],
  ['tar', inTarName(ACTS), 'malicious'],
  ['tar, protocol 0', inTarName(UNMARKED), 'malicious'],
  ['tar of an ordinary name', inTarName('model/weights.txt'), 'clean'],
] as const)('a pickle stands before the signature of another format: %s', async ([, bytes, verdict]) => {
  for (const name of ['model.pkl', 'model.h5', 'model.tar', 'model.bin']) {
    const file = await assessFile(name, sourceOfBytes(bytes))
    if (verdict === 'clean')
      expect(file.findings.filter((found) => /polyglot|pickle/.test(found.ruleId))).toEqual([])
    else expect(verdict, JSON.stringify(file)).toContain(file.verdict)
  }
})
