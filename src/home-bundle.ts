import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { openFirewallBook } from './adapters/firewall-sqlite/index.ts'
import type { BundleDoor } from './faces/cli/index.ts'
import { type Digest, type Manifest, makeManifest } from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import type { Parts } from './home-parts.ts'
import {
  type BundleIndex,
  exportBundle,
  type HubEntry,
  peekBundle,
  readBundle,
  takeInBundle,
} from './services/bundle/index.ts'
import type { HeldRevision } from './services/firewall/index.ts'
import type { Actor, ModelDetail } from './services/registry/index.ts'
import type { Settings } from './services/settings/index.ts'

// What `sallyport bundle` stands on: models carried over an air gap, signed, with all that is known of them.

/** Revisions of the firewall's book that are looked through for the names of models. */
const MAX_REVISIONS = 100_000
/** Bytes read at once. */
const CHUNK_BYTES = 1024 * 1024
/** The branch that a client asks for when it names none. */
const MAIN = 'main'

const TENANT = 'default'
const now = () => new Date()

/** The `bundle` commands of an open home. */
export function openBundles(settings: Settings, parts: Parts): BundleDoor {
  const { registry, trusted, ledger, blobs, keys } = parts
  const book = () => openFirewallBook(join(settings.home, 'hub.db'))
  return {
    export: async (models, stage, out, onBytes) => {
      const hub = hubEntries(book)
      const bundle = await exportBundle(
        {
          ...{ registry, manifestOf, ledger, trusted, now },
          statements: (digest) => registry.desk.statements(digest),
          signer: keys.policy,
          hubOf: (digest) => hub.get(digest) ?? [],
          readBlob: (sha256) => createReadStream(blobs.pathOf(sha256), { highWaterMark: CHUNK_BYTES }),
        },
        { models, stage },
      )
      await writeStream(out, bundle.chunks, (bytes) => onBytes(bytes, bundle.size))
      return { index: bundle.index, size: bundle.size }
    },
    show: (path, accepted) => reading(path, (chunks) => peekBundle({ trusted }, chunks, accepted)),
    import: async (path, accepted, actor, onBytes) => {
      const deps = {
        trusted,
        now,
        onBytes,
        putBlob: (chunks: AsyncIterable<Uint8Array>) => blobs.putStream(chunks),
      }
      const checked = await reading(path, (chunks) => readBundle(deps, chunks, accepted))
      const firewall = book()
      try {
        const models = await takeInBundle(
          {
            ...{ registry, desk: registry.desk, trusted, tenant: TENANT, now },
            noteHub: (entry, model, who) => noteHub(firewall, entry, model, who),
          },
          checked,
          `${checked.index.log.origin} ${basename(path)}`,
          actor,
        )
        return { index: checked.index, signer: checked.signer, models }
      } finally {
        firewall.close()
      }
    },
  }
}

function manifestOf({ digest, files }: ModelDetail): Manifest {
  const manifest = makeManifest(files)
  if (!manifest.ok) throw new SallyportError('LOG_CORRUPT', `the files of ${digest}: ${manifest.error}`)
  return manifest.value
}

type Book = ReturnType<typeof openFirewallBook>

/** Under which names the hub's firewall knows models. */
function hubEntries(open: () => Book): ReadonlyMap<Digest, readonly HubEntry[]> {
  const entries = new Map<Digest, HubEntry[]>()
  const book = open()
  try {
    for (const held of book.revisions(MAX_REVISIONS)) {
      const { digest, state, repo, commit } = held
      const { kind } = repo
      // What came from registries and web servers has names of another kind, which nobody can resolve beyond the gap.
      if (digest === undefined || state !== 'searched' || !/^[0-9a-f]{40}$/.test(commit)) continue
      if (kind !== 'model' && kind !== 'dataset' && kind !== 'space') continue
      const isMain = book.ref(repo, MAIN)?.commit === commit
      const known = entries.get(digest) ?? []
      const files = held.files.map(({ sha256: _sha256, ...file }) => file)
      entries.set(digest, [
        ...known,
        { repo: { kind, id: repo.id }, commit, refs: isMain ? [MAIN] : [], files, facts: factsOf(held) },
      ])
    }
    return entries
  } finally {
    book.close()
  }
}

function factsOf({ facts }: HeldRevision): HubEntry['facts'] {
  const { downloads: _downloads, etag: _etag, versionId: _version, ...rest } = facts
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
}

/** The firewall finds the revision in its book, searched, and asks policy as ever; what it knows already stays. */
function noteHub(book: Book, entry: HubEntry, model: BundleIndex['models'][number], actor: Actor): void {
  const at = now().toISOString()
  const sha256s = new Map(model.files.map(({ name, sha256 }) => [name, sha256]))
  const known = book.revision(entry.repo, entry.commit)
  if (known?.state !== 'searched') {
    const files = entry.files.map((file) => {
      const sha256 = sha256s.get(file.path)
      return { ...file, ...(sha256 === undefined ? {} : { sha256 }) }
    })
    book.save({
      ...{ repo: entry.repo, commit: entry.commit, state: 'searched', files, facts: entry.facts },
      ...{ digest: model.digest, askedAt: at, changedAt: at, askedBy: actor.principalId },
      ...{ askedOwner: actor.owner, requestDigest: actor.requestDigest },
    })
  }
  for (const ref of entry.refs) book.setRef(entry.repo, ref, { commit: entry.commit, checkedAt: at })
}

async function reading<T>(path: string, work: (chunks: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
  const file = await open(path, 'r').catch((cause) => {
    throw new SallyportError('BAD_INPUT', `cannot read ${path}: ${(cause as Error).message}`, { cause })
  })
  try {
    return await work(file.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false }))
  } finally {
    await file.close()
  }
}

/** Writes a file whole and durably, or not at all. @throws SallyportError `BAD_INPUT`, and what the chunks throw */
async function writeStream(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const draft = join(dirname(resolve(path)), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600).catch((cause) => {
    throw new SallyportError('BAD_INPUT', `cannot write ${path}: ${(cause as Error).message}`, { cause })
  })
  try {
    let size = 0
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten
      size += chunk.length
      onBytes(size)
    }
    await file.sync()
    await rename(draft, path)
  } catch (cause) {
    await unlink(draft).catch(() => undefined) // It may have its own name already.
    throw cause
  } finally {
    await file.close()
  }
}
