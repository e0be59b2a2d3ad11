import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOmsBundle, readOmsStatement } from '../../src/formats/oms/index.ts'
import { readCertificate, readPemCertificates } from '../../src/ground/crypto/index.ts'
import { SallyportError } from '../../src/ground/lang/index.ts'
import { mutateJson } from './mutate-json.ts'

const VECTORS = join(import.meta.dirname, '../vectors/model-transparency')
const bundles = readdirSync(VECTORS)
  .filter((name) => name.startsWith('v'))
  .map((name) => readFileSync(join(VECTORS, name, 'model.sig')))
const certificates = ['ca-cert.pem', 'int-ca-cert.pem'].flatMap((name) =>
  readPemCertificates(readFileSync(join(VECTORS, name), 'utf8'), name).map(({ der }) => der),
)

/** A refusal by code is an answer; anything else that is thrown is a fault. */
async function refusing(work: () => unknown): Promise<void> {
  try {
    work()
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error
  }
}

/** What reads signatures of strangers: bundles, the statements in them, certificates. */
export const OMS_TARGETS = [
  {
    name: 'OMS bundle',
    seeds: bundles,
    change: mutateJson,
    run: (bytes: Uint8Array) => refusing(() => readOmsStatement(readOmsBundle(bytes).payload)),
  },
  {
    name: 'OMS statement',
    seeds: bundles.map((bytes) => readOmsBundle(bytes).payload),
    change: mutateJson,
    run: (bytes: Uint8Array) => refusing(() => readOmsStatement(bytes)),
  },
  {
    name: 'X.509 certificate',
    seeds: certificates,
    share: 0.2,
    run: (bytes: Uint8Array) => refusing(() => readCertificate(bytes)),
  },
] as const
