import { execFileSync } from 'node:child_process'
import type { KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** ECDSA in DER over a digest that is given: Node hashes always, so that OpenSSL's own tool signs. */
export function signDigest(key: KeyObject, digest: Uint8Array, hash: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-digest-'))
  try {
    const path = join(folder, 'key.pem')
    writeFileSync(path, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    return execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', path, '-pkeyopt', `digest:${hash}`], {
      input: digest,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
