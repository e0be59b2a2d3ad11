import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { openFirewallBook } from './adapters/firewall-sqlite/index.ts'
import type { BundleDoor } from './faces/cli/index.ts'
import { type Manifest, makeManifest } from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import type { Parts } from './home-parts.ts'
import {
  exportBundle,
  hubEntriesOf,
  noteHubEntry,
  peekBundle,
  readBundle,
  takeInBundle,
} from './services/bundle/index.ts'
import type { ModelDetail } from './services/registry/index.ts'
import type { Settings } from './services/settings/index.ts'

// What `sallyport bundle` stands on: models carried over an air gap, signed, with all that is known of them.

/** Bytes read at once. */
const CHUNK_BYTES = 1024 * 1024

const TENANT = 'default'
const now = () => new Date()

/** The `bundle` commands of an open home. */
export function openBundles(settings: Settings, parts: Parts): BundleDoor {
  const { registry, trusted, ledger, blobs, keys } = parts
  const book = () => openFirewallBook(join(settings.home, 'hub.db'))
  return {
    export: async (models, stage, out, onBytes) => {
      const hub = namesIn(book)
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
            noteHub: (entry, model, who) => noteHubEntry(firewall, { entry, model, actor: who, at: now() }),
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

function namesIn(open: () => ReturnType<typeof openFirewallBook>): ReturnType<typeof hubEntriesOf> {
  const book = open()
  try {
    return hubEntriesOf(book)
  } finally {
    book.close()
  }
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
