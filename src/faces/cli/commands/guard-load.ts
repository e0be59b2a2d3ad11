import { buildCommand } from '@stricli/core'
import { GATED_STAGES } from '../../../ground/domain/index.ts'
import { SallyportError } from '../../../ground/lang/index.ts'
import {
  type Guarded,
  type GuardOrder,
  guardModel,
  type OnRevoke,
  type Wanted,
} from '../../../services/guard-load/index.ts'
import { readTime } from '../../../services/training/index.ts'
import { type CliContext, JSON_FLAG, print } from '../context.ts'
import type { GuardDoor } from '../doors/guard-load.ts'
import { EXIT_OF_OUTCOME } from '../exit-code.ts'
import { safe } from '../format-text.ts'
import { execOn, type GuardFlags, type Guarding, watchOnly } from '../guarded-run.ts'
import { progressLine } from '../progress-line.ts'
import { guardedLines, guardedOutput } from '../show-guarded.ts'

function wantedOf(flags: GuardFlags, door: GuardDoor, path: string | undefined): Wanted {
  const { hfCache, repo, revision } = flags
  if (hfCache === undefined) {
    if (repo !== undefined || revision !== undefined)
      throw new SallyportError('BAD_INPUT', '--repo and --revision go with --hf-cache')
    if (path === undefined) throw new SallyportError('BAD_INPUT', 'name a path, or --hf-cache with --repo')
    return { kind: 'path', path }
  }
  return {
    kind: 'cache',
    folder: hfCache === '' ? door.cacheFolder : hfCache,
    ...(repo === undefined ? {} : { repo }),
    ...(revision === undefined ? {} : { revision }),
  }
}

function orderOf(flags: GuardFlags, door: GuardDoor, wanted: Wanted): GuardOrder {
  const { stage, partial: allowPart, model: of, copy, exec } = flags
  const copyInto = copy ?? (exec ? door.copyFolder : undefined)
  return {
    ...{ wanted, stage, allowPart, isOurs: exec },
    ...(of === undefined ? {} : { of }),
    ...(copyInto === undefined ? {} : { copyInto }),
  }
}

/** `kill`, `exit`, or `exec:` and a command. */
function onRevokeOf(text: string): OnRevoke {
  if (text === 'kill' || text === 'exit') return { kind: text }
  if (text.startsWith('exec:') && text.length > 'exec:'.length)
    return { kind: 'run', command: text.slice('exec:'.length) }
  throw new SallyportError(
    'BAD_INPUT',
    `--on-revoke "${text.slice(0, 80)}" is none of kill, exit, exec:COMMAND`,
  )
}

function maxStaleOf(text: string): number {
  const ms = readTime(text)
  if (ms === undefined)
    throw new SallyportError('BAD_INPUT', `--max-stale "${text}" is no time such as 30s or 5m`)
  return ms
}

export const guardLoadCommand = buildCommand({
  async func(this: CliContext, flags: GuardFlags, ...args: string[]) {
    const door = await this.house.guard()
    const path = flags.hfCache === undefined ? args[0] : undefined
    const command = flags.hfCache === undefined ? args.slice(1) : args
    if (flags.exec !== command.length > 0)
      throw new SallyportError(
        'BAD_INPUT',
        '--exec and a command behind -- go together: --exec -- python serve.py {}',
      )
    const source = await door.source({
      ...(flags.server === undefined ? {} : { server: flags.server }),
      ...(flags.tokenFile === undefined ? {} : { tokenFile: flags.tokenFile }),
    })
    const order = orderOf(flags, door, wantedOf(flags, door, path))
    const it: Guarding = {
      ...{ context: this, flags, door, source, order },
      onRevoke: onRevokeOf(flags.onRevoke),
      maxStaleMs: maxStaleOf(flags.maxStale),
    }
    const line = progressLine(this.io, order.copyInto === undefined ? 'Hashing' : 'Copying')
    const onBytes = (doneBytes: number, totalBytes: number, name: string) =>
      line({ doneBytes, totalBytes, path: name })
    const guarded = await guardModel({ ...door, source, onBytes }, order)
    this.process.exitCode = EXIT_OF_OUTCOME[guarded.outcome]
    show(it, guarded)
    if (guarded.load === undefined) return
    if (flags.exec) await execOn(it, guarded, command)
    else if (flags.watch) await watchOnly(it, guarded)
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      stage: { kind: 'enum', values: GATED_STAGES, brief: 'Where it is to be loaded', default: 'production' },
      hfCache: {
        kind: 'parsed',
        parse: String,
        brief: 'The cache of the Hugging Face client in place of a path; --hf-cache=DIR names its folder',
        optional: true,
        inferEmpty: true,
      },
      repo: { kind: 'parsed', parse: String, brief: 'org/name in that cache', optional: true },
      revision: {
        kind: 'parsed',
        parse: String,
        brief: 'Commit, branch or tag; main by default',
        optional: true,
      },
      model: {
        kind: 'parsed',
        parse: String,
        brief: 'Name or digest of the model that it should be, where only a part is there',
        optional: true,
      },
      partial: {
        kind: 'boolean',
        brief: 'Accept some of the files of one approved model; of a cache always',
        default: false,
        withNegated: false,
      },
      copy: {
        kind: 'parsed',
        parse: String,
        brief: 'Folder for a private copy: what was hashed is what is loaded',
        optional: true,
      },
      exec: {
        kind: 'boolean',
        brief: 'Run the command behind -- on a private copy; {} stands for its path',
        default: false,
        withNegated: false,
      },
      watch: {
        kind: 'boolean',
        brief: 'Go on watching decision and files',
        default: false,
        withNegated: false,
      },
      onRevoke: {
        kind: 'parsed',
        parse: String,
        brief: 'What --watch does when the model is withdrawn: kill, exit, exec:COMMAND',
        default: 'kill',
      },
      maxStale: {
        kind: 'parsed',
        parse: String,
        brief: 'How long the last answer is believed while nobody can be asked',
        default: '5m',
      },
      server: { kind: 'parsed', parse: String, brief: 'Ask this Sallyport server', optional: true },
      tokenFile: {
        kind: 'parsed',
        parse: String,
        brief: 'Where the token for that server stands',
        optional: true,
      },
    },
    positional: {
      kind: 'array',
      parameter: { parse: String, brief: 'Folder or file, then the command behind --', placeholder: 'path' },
    },
  },
  docs: {
    brief: 'Where models are loaded: hand over what is approved now, and nothing else',
    fullDescription: [
      'Hashes a folder, a file or snapshots of a Hugging Face cache, and asks this home or a server whether they may be loaded.',
      'With --copy or --exec a loader gets a private copy of the very bytes that were hashed; without, a swap between check and',
      'load cannot be ruled out. With --watch a revocation, an expiry or a change of the files ends the command.',
      'Exit code: 0 allow, 1 deny or withdrawn, 2 could not check, 4 review; with --exec that of the command.',
    ].join('\n'),
    customUsage: [
      { input: './bert --copy /dev/shm', brief: 'prints the path of a private copy' },
      {
        input: '--hf-cache --repo org/model --exec --watch -- python serve.py {}',
        brief: 'a server that ends when its model is revoked',
      },
      {
        input: './bert --server https://sallyport.example --token-file token',
        brief: 'ask a server',
      },
    ],
  },
})

/** For a program one object; for a person lines, and where a copy was asked for its path alone on standard output. */
function show(it: Guarding, guarded: Guarded): void {
  const { context, flags } = it
  const output = { kind: 'guard-load', ...guardedOutput(guarded) } as const
  if (flags.json && flags.watch && !flags.exec) {
    // Lines of JSON follow, so this is one too.
    context.io.clearProgress()
    context.io.out(JSON.stringify({ schemaVersion: 1, ...output }))
    return
  }
  const isPiped = flags.exec || flags.copy !== undefined
  if (flags.json || !isPiped) {
    print(context, flags, { kind: 'guard-load', ...guardedOutput(guarded) }, () => guardedLines(guarded))
    return
  }
  context.io.clearProgress()
  for (const line of guardedLines(guarded)) context.io.err(line)
  if (!flags.exec && guarded.load !== undefined) context.io.out(safe(guarded.load.path))
}
