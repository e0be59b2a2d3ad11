import { expect, test } from 'vitest'
import type { TarEntry, TarView } from '../../formats/tar/index.ts'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { tarSights } from './tar-sights.ts'

test.for([
  ['a link out and a member behind it', [['d', '/tmp/x'], ['d/key']], 'escape'],
  ['two links, of which the second leads out', [['a', 'b'], ['b', '/tmp'], ['a/key']], 'escape'],
  ['a hard link to a link that leads out', [['s', '/tmp'], ['h', '=s'], ['h/key']], 'escape'],
  [
    'a hard link through a link that leads out',
    [
      ['s', '/etc'],
      ['h', '=s/shadow'],
    ],
    'link',
  ],
  ['a link to a place of the image', [['etc/alternatives/python', '/usr/bin/python3']], undefined],
  ['a folder moved inside the image', [['lib', 'usr/lib'], ['lib/libm.so']], undefined],
  ['a hard link to a file of the image', [['usr/bin/a'], ['usr/bin/b', '=usr/bin/a']], undefined],
] as const)('in a layer of an image: %s → %s', ([, members, wanted]) => {
  const entries = members.map(([name, link = ''], i) => entryOf(name, link, i))
  expect(tarSights(viewOf(entries), true)[0]?.kind).toBe(wanted)
})

/** `=` before the target makes a hard link. */
function entryOf(name: string, link: string, at: number): TarEntry {
  const kind = link === '' ? 'file' : link.startsWith('=') ? 'hard-link' : 'symlink'
  const place = { sizeBytes: 0, dataOffset: 0, headerOffset: at * 512, plainName: name, isHidden: false }
  return { name, kind, link: link.replace(/^=/, ''), ...place }
}

function viewOf(entries: readonly TarEntry[]): TarView {
  return { source: sourceOfBytes(new Uint8Array()), entries, problems: [], readBytes: 0, endOffset: 0 }
}
