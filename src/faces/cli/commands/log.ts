import { buildCommand, buildRouteMap } from '@stricli/core'
import { type Digest, parseDigest } from '../../../ground/domain/index.ts'
import { SallyportError } from '../../../ground/lang/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { EXIT_COULD_NOT_CHECK } from '../exit-code.ts'
import { dim, safe, showVerdict } from '../format-text.ts'
import { withHome } from '../with-home.ts'

const fsck = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const report = await withHome(this, (home) =>
      home.log.fsck((done, total) => this.io.progress(`Checking entry ${done} of ${total}`)),
    )
    print(this, flags, { kind: 'fsck', ...report }, () =>
      report.problems.length === 0
        ? [
            `${showVerdict('clean')}  ${report.entries} entries: every leaf, envelope, tile and the checkpoint agree`,
          ]
        : report.problems.map(
            ({ what, where }) => `${showVerdict('malicious')}  ${safe(where)}: ${safe(what)}`,
          ),
    )
    if (report.problems.length > 0) this.process.exitCode = 1
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: {
    brief: 'Check the whole log: envelopes, leaves, tiles, checkpoint',
    fullDescription: 'Exit code: 0 whole, 1 tampered or broken, 2 could not check.',
  },
})

interface ProveFlags extends CommonFlags {
  readonly out?: string
}

const prove = buildCommand({
  async func(this: CliContext, flags: ProveFlags, text: string) {
    const proved = await withHome(this, (home) => home.log.prove(statementOf(text)))
    if (flags.out !== undefined) await this.house.writeFile(flags.out, proved.proof)
    print(this, flags, { kind: 'proof', ...proved }, () =>
      flags.out === undefined
        ? [proved.proof.trimEnd()]
        : [`Entry ${proved.index} is proved in ${safe(flags.out)}`, dim(`  statement ${proved.statement}`)],
    )
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      out: { kind: 'parsed', parse: String, brief: 'Write the proof to this file', optional: true },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'Digest of a statement, or its index', placeholder: 'statement' }],
    },
  },
  docs: { brief: 'Make a .tlog-proof that verifies offline, without this log' },
})

/** A statement by its digest or by its place in the log. */
function statementOf(text: string): Digest | number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text)
  const digest = parseDigest(text)
  if (!digest.ok) throw new SallyportError('BAD_INPUT', `${digest.error}; or give the index of a log entry`)
  return digest.value
}

interface VerifyFlags extends CommonFlags {
  readonly statement: string
  readonly vkey: string
}

const verifyProof = buildCommand({
  async func(this: CliContext, flags: VerifyFlags, path: string) {
    const proof = new TextDecoder().decode(await this.house.readFile(path))
    const result = await this.house.verifyProof(proof, await this.house.readFile(flags.statement), flags.vkey)
    print(this, flags, { kind: 'proof-verification', ...result }, () => [
      result.ok
        ? `${showVerdict('clean')}  the statement stands in the log as entry ${result.index}`
        : `${showVerdict('malicious')}  ${safe(result.reason)}`,
    ])
    if (!result.ok) this.process.exitCode = 1
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      statement: { kind: 'parsed', parse: String, brief: 'File with the statement (a Sigstore bundle)' },
      vkey: { kind: 'parsed', parse: String, brief: 'Verifier key of the log: `sallyport keys` prints it' },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A .tlog-proof file', placeholder: 'proof' }],
    },
  },
  docs: { brief: 'Check a .tlog-proof against a statement and a log key, offline' },
})

const exportLog = buildCommand({
  async func(this: CliContext, flags: CommonFlags, folder: string) {
    const done = await withHome(this, (home) => home.log.export(folder))
    print(this, flags, { kind: 'log-export', ...done }, () => [
      `${done.entries} entries written to ${safe(done.folder)}`,
    ])
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A folder that does not exist yet', placeholder: 'folder' }],
    },
  },
  docs: { brief: 'Copy the log as C2SP tiles with every envelope' },
})

const show = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const state = await withHome(this, ({ log }) => log.state())
    print(this, flags, { kind: 'log', ...state }, () => [
      state.checkpoint.trimEnd(),
      '',
      dim(`verifier key ${state.vkey}`),
    ])
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: { brief: 'Print the signed checkpoint' },
})

const cosign = buildCommand({
  async func(this: CliContext, flags: CommonFlags, path: string) {
    const note = new TextDecoder().decode(await this.house.readFile(path))
    const state = await withHome(this, async ({ log }) => {
      await log.cosign(note)
      return log.state()
    })
    print(this, flags, { kind: 'log', ...state }, () => [state.checkpoint.trimEnd()])
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: String, brief: 'The checkpoint with a line by the witness', placeholder: 'note' },
      ],
    },
  },
  docs: { brief: 'Take in a witness’s cosignature on the current checkpoint' },
})

const statement = buildCommand({
  async func(this: CliContext, _flags: CommonFlags, text: string) {
    const digest = parseDigest(text)
    if (!digest.ok) throw new SallyportError('BAD_INPUT', digest.error)
    const bytes = await withHome(this, (home) => home.log.envelope(digest.value))
    // The very bytes: a line's end more, and the statement would be another.
    this.process.stdout.write(new TextDecoder().decode(bytes))
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'Digest of a statement', placeholder: 'statement' }],
    },
  },
  docs: { brief: 'Print a statement as it was sealed: a Sigstore bundle' },
})

export const logCommands = buildRouteMap({
  routes: { show, fsck, prove, 'verify-proof': verifyProof, cosign, export: exportLog, statement },
  docs: { brief: 'The ledger: check it, prove entries, copy it' },
})

export const rebuildCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const done = await withHome(this, (home) =>
      home.rebuild((at, total) => this.io.progress(`Folding entry ${at} of ${total}`)),
    )
    print(this, flags, { kind: 'rebuild', ...done }, () => [
      `${done.folded} entries folded`,
      ...(done.refused === 0
        ? []
        : [`${done.refused} of them do not verify and are left out; \`sallyport log fsck\` says more`]),
    ])
    if (done.refused > 0) this.process.exitCode = EXIT_COULD_NOT_CHECK
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: { brief: 'Drop every projection and fold the ledger again' },
})
