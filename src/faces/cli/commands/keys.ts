import { buildCommand, buildRouteMap } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import type { KeyCheckOutput, KeyOutput } from '../doors/keys.ts'
import { dim, safe } from '../format-text.ts'
import { table } from '../table.ts'
import { withHome } from '../with-home.ts'
import { revokeCommand, rotateCommand, trustCommand } from './keys-change.ts'
import { exportCommand, importCommand, newCommand, passphraseCommands } from './keys-files.ts'

interface ListFlags extends CommonFlags {
  readonly all: boolean
}

const listKeys = buildCommand({
  async func(this: CliContext, flags: ListFlags) {
    const { keys, logVkey, all } = await withHome(this, async (home) => ({
      ...{ keys: await home.keys(), logVkey: (await home.log.state()).vkey, all: await home.keyring.list() },
    }))
    const history = flags.all ? { history: all } : {}
    print(this, flags, { kind: 'keys', keys, logVkey, ...history }, () => [
      ...table(
        ['ROLE', 'ALGORITHM', 'KEY ID', 'FILE'],
        keys.map((key) => [key.role, key.algorithm, key.keyId.slice(0, 16), safe(key.path)]),
      ),
      ...(flags.all ? ['', ...historyOf(all)] : []),
      '',
      dim(`log verifier key ${logVkey}`),
    ])
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      all: {
        kind: 'boolean',
        brief: 'Also keys that no longer sign, and keys of others that are believed',
        default: false,
        withNegated: false,
      },
    },
  },
  docs: {
    brief: 'List the four keys of this home, and the log’s verifier key',
    customUsage: [
      { input: '', brief: 'the keys that sign now' },
      { input: '--all', brief: 'with every key that ever signed here' },
    ],
  },
})

function historyOf(all: readonly KeyOutput[]): readonly string[] {
  return table(
    ['KEY ID', 'ROLE', 'STATE', 'FROM', 'UNTIL', 'REASON'],
    all.map((key) => [
      key.keyId.slice(0, 16),
      key.role,
      key.state,
      key.notBefore ?? '-',
      key.revokedAt ?? key.notAfter ?? '-',
      safe(key.reason ?? '-'),
    ]),
  )
}

const showKey = buildCommand({
  async func(this: CliContext, flags: CommonFlags, role: string) {
    const { signing, past } = await withHome(this, async (home) => ({
      ...{ signing: await home.keys(), past: await home.keyring.list() },
    }))
    const isId = /^[0-9a-f]{8,64}$/.test(role)
    const old = isId ? past.filter(({ keyId }) => keyId.startsWith(role)) : []
    const key = signing.find((one) => (isId ? one.keyId === old[0]?.keyId : one.role === role))
    if (key !== undefined) return print(this, flags, { kind: 'key', key }, () => [key.publicKeyPem.trimEnd()])
    const [found] = old
    if (found === undefined || old.length > 1)
      throw new SallyportError(
        'NOT_FOUND',
        `there is no key for "${role}"; the roles are assessor, policy, consent and log, and \`sallyport keys list --all\` shows the ids`,
      )
    const { keyId, publicKeyPem, place = '' } = found
    const shown = { role: found.role, keyId, algorithm: 'P-256', publicKeyPem, path: place }
    print(this, flags, { kind: 'key', key: shown }, () => [publicKeyPem.trimEnd()])
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          brief: 'assessor, policy, consent or log; or the id of any key',
          placeholder: 'role',
        },
      ],
    },
  },
  docs: { brief: 'Print one public key as PEM, for cosign and others' },
})

const SIGN: Readonly<Record<KeyCheckOutput['status'], string>> = { ok: '✓', warning: '▲', failed: '✗' }

const checkKeys = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const checks = await withHome(this, (home) => home.keyring.check())
    print(this, flags, { kind: 'keys-check', checks }, () =>
      checks.flatMap((check) => [
        `${SIGN[check.status]} ${check.name.padEnd(10)} ${safe(check.message)}`,
        ...(check.nextStep === undefined ? [] : [`  → ${safe(check.nextStep)}`]),
      ]),
    )
    if (checks.some(({ status }) => status === 'failed')) this.process.exitCode = 2
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: { brief: 'Look whether every key signs, and nothing is left of a change' },
})

export const keysCommands = buildRouteMap({
  routes: {
    list: listKeys,
    show: showKey,
    check: checkKeys,
    rotate: rotateCommand,
    revoke: revokeCommand,
    trust: trustCommand,
    new: newCommand,
    import: importCommand,
    export: exportCommand,
    passphrase: passphraseCommands,
  },
  docs: { brief: 'The signing keys of this home: see them, change them, and what to do when one is stolen' },
})
