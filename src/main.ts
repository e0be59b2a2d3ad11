import { existsSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type House, runCli } from './faces/cli/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { explainRule, formatReport, listRules, scan } from './scan.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version

/** Late: a command that only looks at files starts without ledger, policy and server. */
const furnished = async () => (await import('./home.ts')).furnishHouse()

/** The XDG cache folder of this user. */
function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'sallyport')
}

function buildHouse(): House {
  return {
    version,
    scan: (paths, settings) => scan(paths, { ...settings, inThread: true, cacheFolder: cacheFolder() }),
    formatReport: (report, format, failOn) => formatReport(report, format, { failOn }),
    rules: listRules,
    explainRule,
    openHome: async () => (await furnished()).openHome(),
    up: async (options) => (await furnished()).up(options),
    doctor: async () => (await furnished()).doctor(),
    verifyProof: async (...args) => (await furnished()).verifyProof(...args),
    checkPolicy: async (yaml) => (await furnished()).checkPolicy(yaml),
    policyText: async () => (await furnished()).policyText(),
    hasFile: existsSync,
    readFile: (path) =>
      (path === '-' ? buffer(process.stdin) : readFile(path)).catch((cause) => {
        throw new SallyportError('BAD_INPUT', `cannot read ${path}: ${(cause as Error).message}`, { cause })
      }),
    writeFile: (path, text) =>
      writeFile(path, text).catch((cause) => {
        throw new SallyportError('BAD_INPUT', `cannot write ${path}: ${(cause as Error).message}`, { cause })
      }),
  }
}

async function main(): Promise<number> {
  // `| head` closes our output early: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  try {
    return await runCli(buildHouse(), process, process.argv.slice(2))
  } catch (error) {
    process.stderr.write(
      `sallyport: ${error instanceof SallyportError ? error.message : (error as Error).stack}\n`,
    )
    return error instanceof SallyportError && error.code === 'BAD_CONFIG' ? 3 : 2
  }
}

// No top-level await: the published command line is one CommonJS script, which starts faster.
void main().then((code) => {
  process.exitCode = code
})
