/** A small seeded generator (mulberry32): the same seed gives the same inputs on every machine. */
export function makeRandom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

type Random = (below: number) => number

/** Opcodes and pieces of pickles, so that soup is mostly valid. */
const PIECES = [
  '(',
  '.',
  '0',
  '1',
  '2',
  'N',
  ']',
  '}',
  ')',
  't',
  'l',
  'd',
  'a',
  'e',
  's',
  'u',
  'b',
  'R',
  'o',
  '\x81',
  '\x92',
  '\x93',
  '\x94',
  '\x85',
  '\x86',
  '\x87',
  '\x8f',
  '\x90',
  '\x91',
  'K\x01',
  'I0x10\n',
  'L5L\n',
  "S'x'\n",
  'Vx\n',
  'p1\n',
  'g1\n',
  'q\x01',
  'h\x01',
  'cos\nsystem\n',
  'icollections\nOrderedDict\n',
  'P1\n',
  'Q',
  '\x82\x01',
  '\x80\x04',
  '\x95\x05\0\0\0\0\0\0\0',
  'X\x02\0\0\0os',
  'C\x02ab',
  '\x8c\x02os',
  '\x8e\xff\0\0\0\0\0\0\x7f',
  'J\xff\xff\xff\xff',
  'G\0\0\0\0\0\0\0\0',
  '\x97',
  '\x98',
]

/** A stream of random opcodes. */
export function pickleSoup(random: Random): Uint8Array {
  let text = ''
  for (let i = random(60); i >= 0; i--) text += PIECES[random(PIECES.length)] ?? ''
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

/** A seed with some bytes changed, cut, doubled or set to extreme numbers. */
export function mutate(seed: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(seed)
  for (let i = random(6); i >= 0; i--) bytes = mutateOnce(bytes, random)
  return bytes
}

function mutateOnce(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(Math.max(1, bytes.length))
  switch (random(5)) {
    case 0:
      bytes[at] = random(256)
      return bytes
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
      return bytes
    case 2:
      return bytes.slice(0, at)
    case 3: {
      const piece = bytes.slice(at, at + random(64))
      return Uint8Array.from([...bytes.slice(0, at), ...piece, ...bytes.slice(at)])
    }
    default:
      bytes.fill(random(2) === 0 ? 0xff : 0, at, at + 1 + random(8))
      return bytes
  }
}
