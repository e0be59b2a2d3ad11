import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LocalSigstore, makeToken, startLocalSigstore } from './local-sigstore.ts'

// The command line against a private instance on loopback, as a person would point it there.
const BIN = join(import.meta.dirname, '../../bin/sallyport')
let local: LocalSigstore
let folder: string
beforeAll(async () => {
  local = await startLocalSigstore()
  folder = mkdtempSync(join(tmpdir(), 'sallyport-keyless-cli-'))
  mkdirSync(join(folder, 'model'))
  writeFileSync(join(folder, 'model/weights.safetensors'), 'weights')
  writeFileSync(join(folder, 'trust.json'), local.trustConfig(2))
})
afterAll(async () => {
  await local.close()
  rmSync(folder, { recursive: true })
})

async function sallyport(...args: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: folder, SALLYPORT_HOME: join(folder, 'home'), NO_COLOR: '1' }
  try {
    return { code: 0, ...(await promisify(execFile)(BIN, [...args], { cwd: folder, env })) }
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string }
  }
}

const TRUST = ['--trust-config', 'trust.json'] as const
const WHO = ['--identity', 'release@ci.example', '--identity-provider', 'https://issuer.example'] as const

// Five starts of the program: too slow for every run beside what the other files show.
test.skipIf(process.env.SALLYPORT_FULL !== '1')(
  'a model is signed keyless and verified; another identity and another type are refused (skipped without SALLYPORT_FULL=1)',
  {
    timeout: 60_000,
  },
  async () => {
    const token = makeToken({ sub: 'release@ci.example', email: 'release@ci.example', email_verified: true })
    writeFileSync(join(folder, 'token'), `${token}\n`)
    const signed = await sallyport(
      'sign',
      'model',
      ...TRUST,
      '--identity-token',
      '@token',
      '--signature',
      'model.sig',
    )
    expect(signed, signed.stderr).toMatchObject({ code: 0 })
    expect(`${signed.stdout}${signed.stderr}`).not.toContain(token.slice(0, 40))
    const verify = (...who: readonly string[]) =>
      sallyport('verify', 'model', '--signature', 'model.sig', '--signature-only', ...TRUST, ...who)
    const good = await verify(...WHO)
    expect(good, good.stdout + good.stderr).toMatchObject({ code: 0 })
    const bad = await verify('--identity', 'release@evil.example', ...WHO.slice(2))
    expect(bad.code).not.toBe(0)
    expect(`${bad.stdout}${bad.stderr}`).toContain('release@ci.example')
    const statement = JSON.parse(
      Buffer.from(
        JSON.parse(readFileSync(join(folder, 'model.sig'), 'utf8')).dsseEnvelope.payload,
        'base64',
      ).toString(),
    )
    const attest = (type: string) =>
      sallyport(
        'attest',
        'verify',
        'model.sig',
        ...TRUST,
        ...WHO,
        '--digest',
        `sha256:${statement.subject[0].digest.sha256}`,
        '--type',
        type,
        '--json',
      )
    expect(JSON.parse((await attest('https://model_signing/signature/v1.0')).stdout)).toMatchObject({
      kind: 'attestation',
      outcome: 'allow',
      signer: { identity: 'release@ci.example' },
    })
    expect(await attest('https://slsa.dev/provenance/v1')).toMatchObject({ code: 1 })
  },
)
