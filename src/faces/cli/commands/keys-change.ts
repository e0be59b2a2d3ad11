import { buildCommand } from '@stricli/core'
import { confirm } from '../confirm.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { safe } from '../format-text.ts'
import {
  nextKey,
  parseMoment,
  printChange,
  ROLES,
  type Role,
  reasonFlag,
  roleArgument,
  TO,
  YES,
} from '../key-flags.ts'
import { withHome } from '../with-home.ts'

interface RotateFlags extends CommonFlags {
  readonly to?: string
  readonly reason?: string
  readonly yes: boolean
}

export const rotateCommand = buildCommand({
  async func(this: CliContext, flags: RotateFlags, role: Role | 'log') {
    await withHome(this, async (home) => {
      const all = await home.keyring.list()
      const before = all.find((key) => key.role === role && key.state === 'current')
      await confirm(this, flags, [
        `The ${role} key ${before?.keyId.slice(0, 16)} will sign no more; ${flags.to === undefined ? 'a new key' : safe(flags.to)} will.`,
        '  Everything it signed stands. Its private half is removed when it is a file here.',
        '  If somebody else may have the key, stop here: `sallyport keys revoke` is the command for that.',
      ])
      const change = await home.keyring.rotate(role, nextKey(flags.to), flags.reason)
      printChange(this, flags, change, [`give away the new public key: sallyport keys show ${role}`])
    })
  },
  parameters: {
    flags: { ...JSON_FLAG, ...TO, ...reasonFlag('Why, for the log'), ...YES },
    positional: roleArgument,
  },
  docs: {
    brief: 'Let a new key sign for a role; what the old one signed stands',
    customUsage: [
      { input: 'assessor', brief: 'a new key in a file' },
      { input: 'assessor --to awskms:///alias/assessor', brief: 'a key that stays in a KMS' },
    ],
  },
})

interface RevokeFlags extends CommonFlags {
  readonly since?: string
  readonly reason: string
  readonly to?: string
  readonly yes: boolean
}

export const revokeCommand = buildCommand({
  async func(this: CliContext, flags: RevokeFlags, keyId: string) {
    const { since, reason } = flags
    await withHome(this, async (home) => {
      const { key, isCurrent, stand, fall } = await home.keyring.preview(keyId, since)
      await confirm(this, flags, [
        `The ${key.role} key ${key.keyId.slice(0, 16)} will not be believed from ${since ?? 'now'} on.`,
        `  ${stand} of its statements were in the log before: they stand.`,
        `  ${fall} of its statements fall, as if they were never made.`,
        ...(isCurrent
          ? [
              `  It signs now: ${flags.to === undefined ? 'a new key' : safe(flags.to)} takes its place in the same step.`,
            ]
          : []),
        '  This cannot be undone.',
      ])
      const change = await home.keyring.revoke(keyId, {
        ...{ reason, next: nextKey(flags.to) },
        ...(since === undefined ? {} : { since }),
      })
      printChange(this, flags, change, nextSteps(key.role, fall))
    })
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      since: {
        kind: 'parsed',
        parse: parseMoment,
        brief:
          'When others may first have had it: 2026-11-21 or 2026-11-21T14:30:00Z, UTC; now when not given',
        optional: true,
      },
      reason: { kind: 'parsed', parse: String, brief: 'Why, for the log' },
      ...TO,
      ...YES,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'Id of the key, eight digits at least', placeholder: 'key-id' }],
    },
  },
  docs: {
    brief: 'A key is lost or stolen: nothing that it signs is believed from a date on',
    fullDescription:
      'What the log held before the date stands; the log’s own checkpoints say when that was, so that whoever\nhas the key gains nothing by an older date on a statement. Choose the date early rather than late.',
    customUsage: [
      { input: '4c68fdfe --reason "laptop lost"', brief: 'from now on' },
      { input: '4c68fdfe --since 2026-11-20 --reason "backup stolen"', brief: 'from a day on' },
    ],
  },
})

function nextSteps(role: string, fall: number): readonly string[] {
  const again = {
    assessor: 'sallyport assess MODEL',
    consent: 'ask for the approvals again',
    policy: 'sallyport promote MODEL',
  }
  return [
    `give away the new public key: sallyport keys show ${role}`,
    ...(fall === 0 ? [] : [`make anew what fell: ${again[role as Role] ?? 'see sallyport models'}`]),
    'find out how the key got away before you go on: sallyport keys check',
  ]
}

interface TrustFlags extends CommonFlags {
  readonly role: Role
  readonly from?: string
  readonly until?: string
  readonly reason?: string
  readonly yes: boolean
}

export const trustCommand = buildCommand({
  async func(this: CliContext, flags: TrustFlags, path: string) {
    const pem = new TextDecoder().decode(await this.house.readFile(path))
    const { role, from, until, reason } = flags
    await withHome(this, async (home) => {
      await confirm(this, flags, [
        `Statements by the key in ${safe(path)} will count as ${role}'s here${role === 'consent' ? ': whoever has it can approve' : ''}.`,
      ])
      const key = await home.keyring.trust(pem, {
        role,
        ...(from === undefined ? {} : { notBefore: from }),
        ...(until === undefined ? {} : { notAfter: until }),
        ...(reason === undefined ? {} : { reason }),
      })
      print(this, flags, { kind: 'key-change', before: key }, () => [
        `The key ${key.keyId.slice(0, 16)} is believed as ${role}.`,
        `  → to end that: sallyport keys revoke ${key.keyId.slice(0, 16)} --reason …`,
      ])
    })
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      role: { kind: 'enum', values: ROLES, brief: 'What its statements count as' },
      from: { kind: 'parsed', parse: parseMoment, brief: 'Not for older statements', optional: true },
      until: { kind: 'parsed', parse: parseMoment, brief: 'Not for younger statements', optional: true },
      ...reasonFlag('Whose it is, for the log'),
      ...YES,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A public key as PEM', placeholder: 'file' }],
    },
  },
  docs: {
    brief: 'Believe the public key of another house for a role',
    customUsage: [
      { input: 'ci.pub.pem --role assessor --reason "the CI cluster"', brief: 'scans by the CI count here' },
    ],
  },
})
