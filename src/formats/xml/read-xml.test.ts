import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes, utf8 } from '../../ground/lang/index.ts'
import { looksLikeXml, readXml } from './read-xml.ts'
import type { XmlEvent, XmlView } from './xml-view.ts'

async function read(text: string | Uint8Array): Promise<{ view: XmlView; seen: string[] }> {
  const seen: string[] = []
  const sink = (event: XmlEvent): void => {
    if (event.kind === 'open')
      seen.push(`<${event.name}${event.attributes.map(({ name, value }) => ` ${name}=${value}`).join('')}`)
    else if (event.kind === 'close') seen.push(`/${event.name}`)
    else seen.push(event.text)
  }
  const view = await readXml(sourceOfBytes(typeof text === 'string' ? utf8(text) : text), { sink })
  return { view, seen }
}

test('elements, attributes, text, comments, CDATA and references are read', async () => {
  const { view, seen } = await read(
    '<?xml version="1.0"?><!-- <x> --><a b="1 &lt; 2>" c=\'"\'>é&#65;&#x42;<![CDATA[<d>&amp;]]><e/></a>\n',
  )
  expect(view.problems).toEqual([])
  expect(seen).toEqual(['<a b=1 < 2> c="', 'éAB', '<d>&amp;', '<e', '/e', '/a'])
  expect(view.elementCount).toBe(2)
})

test('entities are reported and not resolved', async () => {
  const { view, seen } = await read(
    '<!DOCTYPE a [<!-- > --><!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % p PUBLIC "q" "http://h/d"><!ENTITY l "lol]>">]><a>&x;</a>',
  )
  expect(view.problems).toEqual([])
  expect(seen).toEqual(['<a', '&x;', '/a'])
  expect(view.references).toEqual(['x'])
  expect(
    view.doctype?.entities.map(({ name, isParameter, value, systemId }) => [
      name,
      isParameter,
      value,
      systemId,
    ]),
  ).toEqual([
    ['x', false, undefined, 'file:///etc/passwd'],
    ['p', true, undefined, 'http://h/d'],
    ['l', false, 'lol]>', undefined],
  ])
  expect(view.doctype?.entities[0]?.offset).toBe(23)
})

test('an external DTD, includes, instructions and scripts are noted', async () => {
  const { view } = await read(
    '<!DOCTYPE net SYSTEM "x.dtd"><?xml-stylesheet href="a.xsl"?><net xmlns:xi="y"><xi:include href="/etc/passwd"/><m:script/></net>',
  )
  expect(view.doctype?.systemId).toBe('x.dtd')
  expect(view.instructions).toMatchObject([{ target: 'xml-stylesheet', text: 'href="a.xsl"' }])
  expect(view.includes).toMatchObject([{ element: 'xi:include', href: '/etc/passwd' }])
  expect(view.scripts).toMatchObject([{ element: 'm:script' }])
})

test('UTF-16 hides nothing', async () => {
  const text = '<!DOCTYPE a [<!ENTITY x SYSTEM "y">]><a b="é"/>'
  for (const bytes of [
    Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')]),
    Buffer.from(text, 'utf16le'),
    Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(text, 'utf16le').swap16()]),
  ]) {
    const { view, seen } = await read(bytes)
    expect(view.doctype?.entities).toHaveLength(1)
    expect(seen).toEqual(['<a b=é', '/a'])
    expect(looksLikeXml(bytes)).toBe(true)
  }
})

test.for([
  ['an unknown encoding', '<?xml version="1.0" encoding="utf-7"?><a/>', 'encoding'],
  ['an open element', '<a><b></b>', 'cut'],
  ['an open tag', '<a b="', 'cut'],
  ['an open comment', '<a/><!-- ', 'cut'],
  ['nothing', ' ', 'form'],
  ['two roots', '<a/><b/>', 'form'],
  ['crossed tags', '<a><b></a></b>', 'form'],
  ['an attribute without quotes', '<a b=c/>', 'form'],
  ['a late DOCTYPE', '<a/><!DOCTYPE a>', 'form'],
  ['text outside', '<a/>x', 'form'],
  ['too deep', '<a>'.repeat(10_001), 'cut'],
] as const)('%s is a problem', async ([, text, kind]) => {
  expect((await read(text)).view.problems.map((problem) => problem.kind)).toEqual([kind])
})

test('a document cut anywhere says so', async () => {
  const text =
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a b="c>d"><!-- e --><f>g&amp;h</f><![CDATA[i]]></a>'
  for (let end = 0; end < text.length; end++)
    expect((await read(text.slice(0, end))).view.problems.length, text.slice(0, end)).toBe(1)
  expect((await read(text)).view.problems).toEqual([])
})

test('what stands across the pieces that are read is one', async () => {
  const pad = 'x'.repeat(256 * 1024 - 12)
  for (let shift = 0; shift < 20; shift++) {
    const { view, seen } = await read(`<a><b c="${pad}${'y'.repeat(shift)}"/><d>&amp;z</d><!-- q --></a>`)
    expect(view.problems).toEqual([])
    expect(seen.slice(3).join('|')).toBe('<d|&z|/d|/a')
  }
})

test('any text is read without a throw', async () => {
  const part = fc.constantFrom(
    '<',
    '>',
    '/',
    '!',
    '[',
    ']',
    '"',
    "'",
    '&',
    ';',
    '<!--',
    '-->',
    '<?',
    '?>',
    'a',
    '=',
    ' ',
    '<!DOCTYPE',
    '<!ENTITY',
    '<![CDATA[',
    ']]>',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 60 }), async (parts) => {
      const { view } = await read(parts.join(''))
      expect(view.readBytes).toBeLessThanOrEqual(parts.join('').length)
    }),
    { numRuns: 1000 },
  )
})
