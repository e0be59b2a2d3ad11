import type { Digest } from '../../src/ground/domain/index.ts'
import type { Firewall, HeldRevision, Received } from '../../src/services/firewall/index.ts'

/** What is held before a hub that nobody asked: only what a test put there. */
export interface FakeHub extends Pick<Firewall, 'asked' | 'held' | 'received'> {
  hold(revision: HeldRevision): void
  receive(received: Received): void
}

export function fakeHub(): FakeHub {
  const revisions: HeldRevision[] = []
  const given: Received[] = []
  return {
    hold: (revision) => void revisions.unshift(revision),
    receive: (received) => void given.unshift(received),
    held: (limit) => revisions.slice(0, limit),
    asked: () => [],
    received: (digest: Digest) => given.filter((one) => one.digest === digest),
  }
}
