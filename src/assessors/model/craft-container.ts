import { gzipSync } from 'node:zlib'
import { type CraftedEntry, craftTar } from './craft-tar.ts'
import { type Example, example } from './rule.ts'

/** An ELF header of 64 bits with nothing behind it. */
export const ELF = `\x7fELF\x02\x01\x01${'\0'.repeat(9)}\x02\0\x3e\0\x01\0\0\0${'\0'.repeat(40)}`

/** A pickle of an empty list. */
export const PLAIN_PICKLE = '\x80\x02]q\x00.'

/** A picture of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
).toString('latin1')

/** bzip2 of 46 million zeros, made by bzip2 1.0. */
const ZEROS =
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZudCH0AAAxdAAwAAEAAAIIAAgpTQZjUhbBQvF3JFOFCQpcNCbgA=='

/** Streams that unpack to gigabytes, with zeros behind that make the file too long for a seed of a fuzzer. */
export function craftBomb(): Example {
  const streams = Buffer.from(ZEROS, 'base64').toString('latin1').repeat(16)
  return example('a.bz2', streams + '\0'.repeat(30_000))
}

/** A text in so many layers of gzip. */
export function craftNested(layers: number): Example {
  let bytes: Buffer = Buffer.from('{}')
  for (let i = 0; i < layers; i++) bytes = gzipSync(bytes)
  return { name: 'a.json', bytes: new Uint8Array(bytes) }
}

/** A file that is a gzip stream of a text, and what follows it. */
export function craftGzip(text: string, trailer = ''): Example {
  const bytes = Buffer.concat([gzipSync(Buffer.from(text, 'latin1')), Buffer.from(trailer, 'latin1')])
  return { name: 'a.gz', bytes: new Uint8Array(bytes) }
}

/** A tar under the name that examples have. */
export function tarExample(entries: readonly CraftedEntry[], trailer = ''): Example {
  return { name: 'a.tar', bytes: craftTar(entries, trailer) }
}
