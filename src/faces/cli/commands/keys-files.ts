import { buildCommand, buildRouteMap } from '@stricli/core'
import { confirm, readPassphrase } from '../confirm.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { safe } from '../format-text.ts'
import { passphraseFlag, printChange, ROLES, type Role, reasonFlag, roleArgument, YES } from '../key-flags.ts'
import { withHome } from '../with-home.ts'

interface NewFlags extends CommonFlags {
  readonly passphraseFile?: string
}

export const newCommand = buildCommand({
  async func(this: CliContext, flags: NewFlags, path: string) {
    const files = await this.house.keyFiles()
    const { passphraseFile } = flags
    const passphrase = passphraseFile === undefined ? undefined : await readPassphrase(this, passphraseFile)
    const made = await files.makePair(path, passphrase)
    print(this, flags, { kind: 'key-pair', ...made }, () => [
      `${safe(made.path)}  the private key, ${passphrase === undefined ? 'not encrypted' : 'encrypted'}: for whoever signs, and nobody else`,
      `${safe(made.publicPath)}  the public key: for everybody`,
      `  → sallyport sign MODEL --private-key ${safe(made.path)}`,
    ])
  },
  parameters: {
    flags: { ...JSON_FLAG, ...passphraseFlag('Encrypt the private key with what stands in this file') },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A file that is not there yet', placeholder: 'file' }],
    },
  },
  docs: { brief: 'Make a key to sign models with: P-256, as PEM, the public half beside it' },
})

interface ImportFlags extends CommonFlags {
  readonly role: Role
  readonly passphraseFile?: string
  readonly reason?: string
  readonly yes: boolean
}

export const importCommand = buildCommand({
  async func(this: CliContext, flags: ImportFlags, path: string) {
    const pem = new TextDecoder().decode(await this.house.readFile(path))
    const { role, passphraseFile, reason } = flags
    const passphrase =
      passphraseFile === undefined ? {} : { passphrase: await readPassphrase(this, passphraseFile) }
    await withHome(this, async (home) => {
      await confirm(this, flags, [
        `The key in ${safe(path)} will sign for ${role}; the key before is retired, and what it signed stands.`,
      ])
      const change = await home.keyring.rotate(role, { kind: 'pem', pem, ...passphrase }, reason)
      printChange(this, flags, change, [
        `remove ${safe(path)}, or lock it away: the home has a copy of its own`,
      ])
    })
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      role: { kind: 'enum', values: ROLES, brief: 'What it will sign' },
      ...passphraseFlag('The file with the passphrase of this key'),
      ...reasonFlag('Why, for the log'),
      ...YES,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A private P-256 key as PKCS#8 PEM', placeholder: 'file' }],
    },
  },
  docs: { brief: 'Let a private key that you bring sign for a role' },
})

interface ExportFlags extends CommonFlags {
  readonly passphraseFile?: string
  readonly output: string
}

export const exportCommand = buildCommand({
  async func(this: CliContext, flags: ExportFlags, role: Role | 'log') {
    const passphrase = await readPassphrase(this, flags.passphraseFile)
    const pem = await withHome(this, (home) => home.keyring.exportKey(role, passphrase))
    await (await this.house.keyFiles()).writeSecret(flags.output, pem)
    print(this, flags, { kind: 'key-export', role, path: flags.output }, () => [
      `${safe(flags.output)}  the private ${role} key, encrypted: keep it and its passphrase in two places`,
    ])
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      output: { kind: 'parsed', parse: String, brief: 'A file that is not there yet' },
      ...passphraseFlag('Encrypt it with what stands in this file; asked for on a terminal when not given'),
    },
    positional: roleArgument,
  },
  docs: { brief: 'Write an encrypted copy of a private key, for a safe' },
})

interface PassphraseFlags extends CommonFlags {
  readonly yes: boolean
}

const setPassphrase = buildCommand({
  async func(this: CliContext, flags: PassphraseFlags, file?: string) {
    const next = await readPassphrase(this, file)
    await withHome(this, (home) => home.keyring.changePassphrase(next))
    print(this, flags, { kind: 'key-passphrase', isSet: true }, () => [
      'The private keys are encrypted with this passphrase from now on.',
      `  → every command needs it: export SALLYPORT_KEY_PASSPHRASE_FILE=${file === undefined ? 'FILE' : safe(file)}`,
    ])
  },
  parameters: {
    flags: { ...JSON_FLAG, ...YES },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          brief: 'A file with the new passphrase; asked for on a terminal when not given',
          placeholder: 'file',
          optional: true,
        },
      ],
    },
  },
  docs: { brief: 'Encrypt the private keys, or encrypt them anew with another passphrase' },
})

const removePassphrase = buildCommand({
  async func(this: CliContext, flags: PassphraseFlags) {
    await withHome(this, async (home) => {
      await confirm(this, flags, ['The private keys will lie open in files that only their owner can read.'])
      await home.keyring.changePassphrase(undefined)
    })
    print(this, flags, { kind: 'key-passphrase', isSet: false }, () => [
      'The private keys are not encrypted any more.',
      '  → unset SALLYPORT_KEY_PASSPHRASE_FILE',
    ])
  },
  parameters: { flags: { ...JSON_FLAG, ...YES } },
  docs: { brief: 'Leave the private keys without a passphrase' },
})

export const passphraseCommands = buildRouteMap({
  routes: { set: setPassphrase, remove: removePassphrase },
  docs: { brief: 'The passphrase of the private keys' },
})
