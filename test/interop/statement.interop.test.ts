import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { canonicalJson } from '../../src/ground/crypto/index.ts'
import { PREDICATE_TYPES, sealStatement } from '../../src/trust/evidence/index.ts'
import { approval, KEYS, MANIFEST, scan } from '../trust/sealed-world.ts'

// Independent verifiers of what we seal: cosign (Go), and openssl with Python's standard library. Neither shares a line
// of code with us. The artifact is the canonical JSON of the manifest: its SHA-256 is the subject.
const folder = mkdtempSync(join(tmpdir(), 'sallyport-interop-'))
afterAll(() => rmSync(folder, { recursive: true }))

// With a key there is nothing to look up; without this file cosign asks the network for the public roots.
const trustedRoot = join(folder, 'trusted-root.json')
writeFileSync(trustedRoot, '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}')

const artifact = canonicalJson(MANIFEST.entries)
const MADE = [
  ['approval', approval('anna'), KEYS.consent],
  ['model-scan', scan({}), KEYS.evidence],
] as const

const { SALLYPORT_COSIGN: cosign, SALLYPORT_REQUIRE: required } = process.env
const isMissing = (program: string) =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined

async function writeFiles(
  name: string,
  statement: Parameters<typeof sealStatement>[0],
  key: typeof KEYS.consent,
) {
  const bundle = join(folder, `${name}.sigstore.json`)
  const pub = join(folder, `${name}.pub`)
  const blob = join(folder, `${name}.manifest.json`)
  writeFileSync(bundle, await sealStatement(statement, key))
  writeFileSync(pub, key.publicKeyPem)
  writeFileSync(blob, artifact)
  return { bundle, pub, blob }
}

test.skipIf(cosign === undefined && required !== '1')(
  'cosign verifies what we seal, and refuses one changed byte (skipped without SALLYPORT_COSIGN: see test/interop/get-cosign.sh)',
  async () => {
    if (cosign === undefined || !existsSync(cosign))
      throw new Error('SALLYPORT_COSIGN does not name a program')
    const verify = (bundle: string, pub: string, blob: string, name: keyof typeof PREDICATE_TYPES) =>
      spawnSync(
        cosign,
        [
          'verify-blob-attestation',
          '--new-bundle-format',
          '--trusted-root',
          trustedRoot,
          '--insecure-ignore-tlog',
          '--type',
          PREDICATE_TYPES[name],
          '--key',
          pub,
          '--bundle',
          bundle,
          blob,
        ],
        { encoding: 'utf8', env: { HOME: folder, COSIGN_EXPERIMENTAL: '0' } },
      )
    for (const [name, statement, key] of MADE) {
      const { bundle, pub, blob } = await writeFiles(name, statement, key)
      const good = verify(bundle, pub, blob, name)
      expect(good.stderr).toContain('Verified OK')
      expect(good.status).toBe(0)
      writeFileSync(blob, artifact.replace('"size":4', '"size":5'))
      expect(verify(bundle, pub, blob, name).status).not.toBe(0)
      writeFileSync(blob, artifact)
      writeFileSync(bundle, changePayload(await sealStatement(statement, key)))
      expect(verify(bundle, pub, blob, name).status).not.toBe(0)
    }
  },
)

const PYTHON = `
import base64, hashlib, json, subprocess, sys
bundle, pub, blob = sys.argv[1:]
envelope = json.load(open(bundle))["dsseEnvelope"]
body = base64.b64decode(envelope["payload"], validate=True)
kind = envelope["payloadType"].encode()
open(blob + ".pae", "wb").write(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body))
open(blob + ".sig", "wb").write(base64.b64decode(envelope["signatures"][0]["sig"], validate=True))
if subprocess.run(["openssl", "dgst", "-sha256", "-verify", pub, "-signature", blob + ".sig", blob + ".pae"], capture_output=True).returncode != 0:
    sys.exit("bad signature")
statement = json.loads(body)
assert statement["_type"] == "https://in-toto.io/Statement/v1"
if hashlib.sha256(open(blob, "rb").read()).hexdigest() != statement["subject"][0]["digest"]["sha256"]:
    sys.exit("another subject")
der = subprocess.run(["openssl", "pkey", "-pubin", "-in", pub, "-outform", "DER"], capture_output=True, check=True).stdout
assert hashlib.sha256(der).hexdigest() == json.load(open(bundle))["verificationMaterial"]["publicKey"]["hint"]
print(statement["predicateType"])
`

test.skipIf((isMissing('python3') || isMissing('openssl')) && required !== '1')(
  'openssl and Python verify what we seal, and refuse one changed byte (skipped without python3 or openssl)',
  async () => {
    for (const [name, statement, key] of MADE) {
      const { bundle, pub, blob } = await writeFiles(name, statement, key)
      const run = () =>
        execFileSync('python3', ['-c', PYTHON, bundle, pub, blob], { encoding: 'utf8', stdio: 'pipe' })
      expect(run().trim()).toBe(PREDICATE_TYPES[name])
      writeFileSync(blob, `${artifact} `)
      expect(run).toThrow(/another subject/)
      writeFileSync(blob, artifact)
      writeFileSync(bundle, changePayload(await sealStatement(statement, key)))
      expect(run).toThrow(/bad signature/)
    }
  },
)

/** The same bundle with one byte of its payload changed, and its signature kept. */
function changePayload(bytes: Uint8Array): string {
  const bundle = JSON.parse(Buffer.from(bytes).toString())
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('bert', 'bort')
  bundle.dsseEnvelope.payload = Buffer.from(payload).toString('base64')
  return JSON.stringify(bundle)
}
