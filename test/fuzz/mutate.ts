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

/** A number from 0 up to, and without, the one given. */
export type Random = (below: number) => number

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
