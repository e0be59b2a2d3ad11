import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readOmsBundle, readOmsStatement } from '../../src/formats/oms/index.ts'
import { type Bench, openBench, refusalOf, signHere, verifyHere } from './workbench.ts'

// An independent verifier of what we sign: cosign (Go). Its artifact is the preimage of the root: the raw digests of the
// files one after the other, whose SHA-256 is the subject of the statement.
const { SALLYPORT_COSIGN: cosign, SALLYPORT_REQUIRE: required } = process.env
const bench = openBench()
afterAll(() => bench.close())

test.skipIf(cosign === undefined && required !== '1')(
  'cosign verifies what we sign with P-256; one changed digest, another key and one changed byte it refuses (skipped without SALLYPORT_COSIGN: see test/interop/get-cosign.sh)',
  async () => {
    if (cosign === undefined || !existsSync(cosign))
      throw new Error('SALLYPORT_COSIGN does not name a program')
    bench.write({ 'model/a.bin': 'weights', 'model/config.json': '{}', 'model/sub/b.bin': 'more' })
    const bundle = await signHere(bench, 'model')
    const { resources } = readOmsStatement(readOmsBundle(bundle).payload)
    const at = (name: string) => join(bench.folder, name)
    const preimage = Buffer.concat(resources.map(({ digest }) => Buffer.from(digest, 'hex')))
    writeFileSync(at('preimage'), preimage)
    preimage[0] = (preimage[0] ?? 0) ^ 1
    writeFileSync(at('other'), preimage)
    writeFileSync(
      at('root.json'),
      '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}',
    )
    const { believed } = bench
    writeFileSync(at('key.pub'), believed.kind === 'key' ? believed.publicKeyPem : '')
    const stranger = openBench().believed
    writeFileSync(at('stranger.pub'), stranger.kind === 'key' ? stranger.publicKeyPem : '')
    const spoilt = JSON.parse(Buffer.from(bundle).toString('utf8'))
    const payload = Buffer.from(spoilt.dsseEnvelope.payload, 'base64')
    payload.write('z', payload.indexOf('"a.bin"') + 1)
    spoilt.dsseEnvelope.payload = payload.toString('base64')
    writeFileSync(at('spoilt.sig'), JSON.stringify(spoilt))

    const verify = (signature: string, key: string, blob: string) =>
      spawnSync(cosign, [
        ...['verify-blob-attestation', '--new-bundle-format', '--insecure-ignore-tlog'],
        ...['--trusted-root', at('root.json'), '--type', 'https://model_signing/signature/v1.0'],
        ...['--key', at(key), '--bundle', at(signature), at(blob)],
      ]).status
    expect(verify('model.sig', 'key.pub', 'preimage')).toBe(0)
    expect(verify('model.sig', 'key.pub', 'other')).not.toBe(0)
    expect(verify('model.sig', 'stranger.pub', 'preimage')).not.toBe(0)
    expect(verify('spoilt.sig', 'key.pub', 'preimage')).not.toBe(0)
  },
)

// The reference in Python, where somebody has it: a command such as `python3 -m model_signing`. Nothing here installs it, so
// that without it there is no test to skip.
const reference = process.env.SALLYPORT_MODEL_SIGNING?.split(' ')

test.for(reference === undefined ? [] : ['P-256', 'P-384', 'P-521'])(
  'the reference verifies what we sign with %s, and we what it signs; neither takes another key or a changed byte (only with SALLYPORT_MODEL_SIGNING, a command)',
  async (curve) => {
    const [program = '', ...words] = reference ?? []
    const own = openBench(curve)
    try {
      own.write({ 'model/a.bin': 'weights', 'model/a-b': 'x', 'model/sub/b.bin': 'more' })
      const at = (name: string) => join(own.folder, name)
      const pub = (bench: Bench) => (bench.believed.kind === 'key' ? bench.believed.publicKeyPem : '')
      own.write({ 'key.pub': pub(own), 'stranger.pub': pub(bench) })
      const run = (...args: readonly string[]) => spawnSync(program, [...words, ...args]).status
      const theirs = (signature: string, key: string) =>
        run('verify', 'key', at('model'), '--signature', at(signature), '--public-key', at(key))
      await signHere(own, 'model')
      expect(theirs('model.sig', 'key.pub')).toBe(0)
      expect(theirs('model.sig', 'stranger.pub')).not.toBe(0)
      expect(run('sign', 'key', at('model'), '--signature', at('theirs.sig'), '--private-key', own.key)).toBe(
        0,
      )
      const more = { signaturePath: at('theirs.sig') }
      expect((await verifyHere(own, 'model', more)).files).toBe(3)
      expect(await refusalOf(verifyHere(own, 'model', { ...more, believed: [bench.believed] }))).toMatch(
        /^SIGNER_UNTRUSTED/,
      )
      own.write({ 'model/a.bin': 'weighty' })
      expect(theirs('model.sig', 'key.pub')).not.toBe(0)
      expect(await refusalOf(verifyHere(own, 'model', more))).toMatch(/^SIGNATURE_INVALID/)
    } finally {
      own.close()
    }
  },
)
