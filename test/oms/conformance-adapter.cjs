#!/usr/bin/env node
'use strict'
// The adapter that the OMS conformance suite asks for (docs/conformance_adapter_cli_protocol.md there): its flags, told to
// the command line of Sallyport. SALLYPORT_BIN names another program than that of this checkout, such as an installed one.
const { spawnSync } = require('node:child_process')
const path = require('node:path')

const [verb, ...rest] = process.argv.slice(2)
const given = new Map()
for (let i = 0; i < rest.length; i++) {
  const isBare = rest[i + 1] === undefined || rest[i + 1].startsWith('--')
  given.set(rest[i], [...(given.get(rest[i]) ?? []), ...(isBare ? [] : [rest[++i]])])
}

const NAMES = {
  '--private-key': '--private-key',
  '--signing-cert': '--signing-certificate',
  '--cert-chain': '--certificate-chain',
  '--public-key': '--public-key',
  '--identity-token': '--identity-token',
  '--identity': '--identity',
  '--identity-provider': '--identity-provider',
  '--ignore-paths': '--ignore-paths',
  '--output-bundle': '--signature',
  '--bundle': '--signature',
}
const SWITCHES = ['--ignore-unsigned-files', '--use-staging']
const verbs = { 'sign-model': ['sign'], 'verify-model': ['verify', '--signature-only'] }

if (verbs[verb] === undefined) {
  console.error(`no such subcommand: ${verb}`)
  process.exit(3)
}
const [model] = given.get('--model-path') ?? []
const args = [
  ...verbs[verb],
  ...Object.entries(NAMES).flatMap(([theirs, ours]) =>
    (given.get(theirs) ?? []).flatMap((value) => [ours, value]),
  ),
  ...SWITCHES.filter((flag) => given.has(flag)),
  model,
]
const program = process.env.SALLYPORT_BIN ?? path.join(__dirname, '../../bin/sallyport')
const { status, error } = spawnSync(program, args, { stdio: 'inherit' })
if (error) throw error
process.exitCode = status ?? 2
