import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import { provenKey } from '../../services/keys/index.ts'
import type { ModelKey } from '../../services/signing/index.ts'
import { type Pkcs11Name, parsePkcs11Uri } from './parse-pkcs11-uri.ts'
import { readPublicKey } from './read-public-key.ts'

/** What a token needs of the world. */
export interface Pkcs11Deps {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The PIN where the URI names no file for it. */
  readonly secret: () => Promise<string | undefined>
}

/** Milliseconds. A smart card signs in seconds; a person may have to touch it. */
const TIMEOUT_MS = 60_000
/** Bytes of what the tool prints. */
const MAX_PRINTED_BYTES = 1024 * 1024
/** How the PIN reaches the child: only the same user can read another process's environment. */
const PIN_VARIABLE = 'SALLYPORT_CHILD_PIN'
/** Variables of ours and of other services that a vendor's library has no business with. */
const WITHHELD = /^(SALLYPORT|AWS|VAULT|GOOGLE|GITHUB|ACTIONS)_|TOKEN|SECRET|PASSWORD|PASSPHRASE/

/**
 * A key in a token or HSM, through OpenSC's `pkcs11-tool` as a child process: the vendor's library never runs inside
 * this process, and its crash or its hanging is an error message.
 * @param uri RFC 7512, with `module-path`; the PIN by `pin-source`, or by `deps.secret`, never on a command line
 * @throws SallyportError `BAD_INPUT`, `NOT_SUPPORTED` without pkcs11-tool, `KEY_INVALID`, `PEER_FAILED`
 */
export async function openPkcs11Key(uri: string, deps: Pkcs11Deps): Promise<ModelKey> {
  const name = parsePkcs11Uri(uri)
  const modulePath = name.modulePath ?? deps.env.PKCS11_MODULE_PATH
  if (modulePath === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      "name the token's library: ?module-path=/usr/lib/….so, or PKCS11_MODULE_PATH",
    )
  const env = Object.fromEntries(Object.entries(deps.env).filter(([key]) => !WITHHELD.test(key)))
  const label = `pkcs11:token=${name.token};${name.object === undefined ? `id=${name.id}` : `object=${name.object}`}`
  const slot = ['--module', modulePath, '--token-label', name.token]
  const listing = await run([...slot, '--list-objects', '--type', 'pubkey'], {
    ...{ what: `${label} (public key)`, env },
  })
  const key = readPublicKey(listing, name, label)
  const pin = await pinOf(name, deps, label)
  // By id, for `--sign` of OpenSC 0.23 takes the first private key of the token when it is given a label.
  const select = [...slot, '--id', key.id]
  return provenKey({
    label,
    publicKey: { der: key.der },
    signDigest: (digest, _hash, signal) =>
      sign(select, digest, { what: `${label} (sign)`, env: { ...env, [PIN_VARIABLE]: pin }, signal }),
  })
}

interface Run {
  readonly what: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

/** By files of our own: the tool opens its input and output by name, which the pipes of a child do not have. */
async function sign(select: readonly string[], digest: Uint8Array, options: Run): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-token-'))
  try {
    const [from, to] = [join(folder, 'in'), join(folder, 'out')]
    await writeFile(from, digest, { mode: 0o600 })
    const how = ['--sign', '--mechanism', 'ECDSA', '--signature-format', 'openssl']
    const files = ['--input-file', from, '--output-file', to]
    await run([...select, '--login', '--pin', `env:${PIN_VARIABLE}`, ...how, ...files], options)
    return await readFile(to)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function run(args: readonly string[], { what, env, signal }: Run): Promise<string> {
  const limits = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: MAX_PRINTED_BYTES } as const
  const options = { ...limits, env: { ...env, LC_ALL: 'C' }, ...(signal && { signal }) }
  return new Promise((done, fail) => {
    execFile('pkcs11-tool', args, options, (error, stdout, stderr) => {
      if (error === null) return done(stdout)
      if (error.code === 'ENOENT')
        return fail(
          new SallyportError('NOT_SUPPORTED', `${what}: pkcs11-tool is not installed; it comes with OpenSC`),
        )
      const code = signal?.aborted === true ? 'ABORTED' : 'PEER_FAILED'
      fail(new SallyportError(code, `${what}: ${wordsOf(stdout + stderr, error)}`))
    })
  })
}

/** What the tool says, on one line; a PIN is never in it. The error itself is not passed on: it holds the command. */
function wordsOf(printed: string, error: { readonly killed?: boolean | undefined }): string {
  if (error.killed === true) return `no answer within ${TIMEOUT_MS / 1000} s`
  if (printed.includes('CKR_PIN_INCORRECT'))
    return 'the PIN is wrong; a token locks itself after some wrong ones'
  if (printed.includes('CKR_PIN_LOCKED'))
    return 'the PIN is locked; the token’s security officer must unlock it'
  const line = printed.replaceAll(/[^\x20-\x7e]+/g, ' ').trim()
  return line === '' ? 'pkcs11-tool failed' : line.slice(0, 300)
}

async function pinOf(name: Pkcs11Name, deps: Pkcs11Deps, label: string): Promise<string> {
  const pin =
    name.pinFile === undefined
      ? await deps.secret()
      : await readFile(name.pinFile, 'utf8').catch((cause) => {
          throw new SallyportError('BAD_INPUT', `cannot read the PIN in ${name.pinFile}`, { cause })
        })
  const trimmed = pin?.replace(/\r?\n$/, '')
  if (trimmed !== undefined && trimmed !== '' && !trimmed.includes('\0')) return trimmed
  throw new SallyportError(
    'KEY_INVALID',
    `${label} wants a PIN: pin-source=file:/path in the URI, or a password file`,
  )
}
