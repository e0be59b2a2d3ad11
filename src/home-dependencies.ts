import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { openDependencies } from './adapters/dependency-files/index.ts'
import { openDump } from './adapters/osv-sources/index.ts'
import { openVulnDbFolder } from './adapters/vulndb-sqlite/index.ts'
import type { DependencyDoor, EvidenceDoor } from './faces/cli/index.ts'
import { type Digest, hexOfDigest, type ResourceDescriptor } from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import {
  addReport,
  checkDependencies,
  emitDependencies,
  updateVulnDb,
  vulnsOf,
} from './services/dependencies/index.ts'
import type { BlobStore, EvidenceDesk, View } from './services/registry/index.ts'
import { readSettings } from './services/settings/index.ts'

// What looks at packages and takes in reports of others. main.ts and home.ts load it late.
const TENANT = 'default'
/** Bytes of EPSS's CSV (12 MB) and of CISA's catalogue (2 MB), unpacked. */
const MAX_EXPLOIT_BYTES = 256 * 1024 * 1024

const root = fileURLToPath(new URL('..', import.meta.url))
const now = () => new Date()

function homeFolder(): string {
  const file = resolve('sallyport.yaml')
  return readSettings(process.env, () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)).home
}

async function readText(file: string | undefined): Promise<{ file: string; text: string } | undefined> {
  if (file === undefined) return undefined
  const bytes = await readFile(file).catch((cause) => {
    throw new SallyportError('BAD_INPUT', `cannot read ${file}: ${(cause as Error).message}`, { cause })
  })
  if (bytes.length > MAX_EXPLOIT_BYTES)
    throw new SallyportError('TOO_LARGE', `${file} has ${bytes.length} bytes`)
  // EPSS is published packed.
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
  try {
    const plain = isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_EXPLOIT_BYTES }) : bytes
    return { file, text: plain.toString('utf8') }
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `${file} cannot be unpacked: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Looks at packages against the advisories of this home; the home itself stays closed. */
export function dependencyDoor(): DependencyDoor {
  const folder = join(homeFolder(), 'vulndb')
  const database = openVulnDbFolder(folder)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return {
    check: (request) => checkDependencies({ open: openDependencies, database, now, version }, request),
    emit: ({ components }) => emitDependencies(components),
    update: async ({ from, keep, epss, kev }, onProgress) => {
      const dumps = []
      for (const one of from) dumps.push(await openDump({ fetch, folder }, one))
      const [scores, exploited] = [await readText(epss), await readText(kev)]
      const request = {
        dumps,
        keep,
        ...(scores === undefined ? {} : { epss: scores }),
        ...(exploited === undefined ? {} : { kev: exploited }),
      }
      return updateVulnDb({ store: database, now }, request, onProgress)
    },
    status: () => {
      const open = database.open()
      try {
        return open?.status()
      } finally {
        open?.close()
      }
    },
  }
}

/** Parts of an open home on which evidence of others stands. */
export interface EvidenceParts {
  readonly registry: { readonly desk: EvidenceDesk }
  readonly view: Pick<View, 'model'>
  readonly blobs: Pick<BlobStore, 'putStream'>
}

/** Evidence about packages, and reports of other tools, for an open home. */
export function openEvidence({ registry, view, blobs }: EvidenceParts): EvidenceDoor {
  const { desk } = registry
  const database = openVulnDbFolder(join(homeFolder(), 'vulndb'))
  // What is no model here (an image, a data set) is still a subject by its digest.
  const subjectOf = async (digest: Digest): Promise<ResourceDescriptor> =>
    view.model(digest) === undefined
      ? { name: digest, digest: { sha256: hexOfDigest(digest) }, annotations: { tenant: TENANT } }
      : desk.subject(digest)
  return {
    recordVulns: async (subject, outcome) =>
      desk.attest({ name: 'vulns', subjects: [await subjectOf(subject)], predicate: vulnsOf(outcome) }),
    addReport: async (subject, report) =>
      addReport(
        { desk, blobs, database, now },
        { ...report, subject: await subjectOf(subject), subjectDigest: subject },
      ),
  }
}
