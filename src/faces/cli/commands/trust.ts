import { buildCommand, buildRouteMap } from '@stricli/core'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import type { TrustOutput } from '../doors/sigstore.ts'
import { bold, dim, safe } from '../format-text.ts'
import { table } from '../table.ts'

interface ShowFlags extends CommonFlags {
  readonly trustConfig?: string
}

const show = buildCommand({
  async func(this: CliContext, flags: ShowFlags) {
    const trust = await (await this.house.sigstore()).trust(flags.trustConfig)
    print(this, flags, { kind: 'trust', ...trust }, () => linesOf(trust))
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      trustConfig: {
        kind: 'parsed',
        parse: String,
        brief: 'This file in place of the one in force',
        optional: true,
      },
    },
  },
  docs: { brief: 'List whom Sigstore bundles are checked against' },
})

interface UpdateFlags extends CommonFlags {
  readonly trustRootUrl?: string
  readonly trustRoot?: string
}

const update = buildCommand({
  async func(this: CliContext, flags: UpdateFlags) {
    const { trustRootUrl: url, trustRoot: root } = flags
    const door = await this.house.sigstore()
    this.io.progress(`Updating from ${url ?? 'the public-good repository'}`)
    const trust = await door.updateTrust({
      ...(url !== undefined && { url }),
      ...(root !== undefined && { root }),
    })
    print(this, flags, { kind: 'trust', ...trust }, () => linesOf(trust))
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      trustRootUrl: {
        kind: 'parsed',
        parse: String,
        brief: 'A TUF repository in place of the public-good one',
        optional: true,
      },
      trustRoot: {
        kind: 'parsed',
        parse: String,
        brief: 'The root.json of that repository that you believe, got by another way',
        optional: true,
      },
    },
  },
  docs: {
    brief: 'Get the newest trust root over TUF and keep it in this home',
    fullDescription: 'The one command that asks the network for a trust root. Everything else works offline.',
    customUsage: [
      { input: '', brief: 'the public-good instance' },
      { input: '--trust-root-url https://tuf.example.com --trust-root ./root.json', brief: 'a private one' },
    ],
  },
})

function linesOf({ source, sha256, canSign, services }: TrustOutput): string[] {
  return [
    `${bold(safe(source))}  ${dim(`sha256:${sha256}`)}`,
    `  ${canSign ? 'verifies and signs' : 'verifies; signing needs a ClientTrustConfig'}`,
    '',
    ...table(
      ['SERVICE', 'ADDRESS', 'FROM', 'UNTIL'],
      services.map(({ kind, url, from, until }) => [
        kind,
        safe(url),
        from.slice(0, 10),
        until?.slice(0, 10) ?? '',
      ]),
    ),
  ]
}

export const trustCommands = buildRouteMap({
  routes: { show, update },
  docs: { brief: 'Whom Sigstore bundles are checked against' },
})
