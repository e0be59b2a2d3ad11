import { existsSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type House, lightStreams, startCli } from './faces/cli/index.ts'
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
    scan: (paths, settings) =>
      scan(paths, {
        ...settings,
        inThread: true,
        isLast: process.argv[2] === 'scan',
        cacheFolder: cacheFolder(),
      }),
    formatReport: (report, format, failOn) => formatReport(report, format, { failOn }),
    rules: listRules,
    explainRule,
    dependencies: async () => (await import('./home-dependencies.ts')).dependencyDoor(),
    signing: async () => (await import('./home-oms.ts')).furnishSigning(cacheFolder()),
    weights: async () => (await import('./home-compare.ts')).weightsDoor(),
    boms: async () => (await import('./home-bom.ts')).pathBoms(process.env),
    keyFiles: async () => (await import('./home-keys.ts')).keyFiles(),
    openHome: async () => (await furnished()).openHome(),
    up: async (options) => (await furnished()).up(options),
    hub: async () => (await furnished()).hub(),
    revokedModels: async () => (await furnished()).revokedModels(),
    guard: async () => (await furnished()).guard(),
    doctor: async () => (await furnished()).doctor(),
    sigstore: async () => (await import('./home-sigstore.ts')).sigstoreDoor(),
    training: async () => (await import('./home-training.ts')).trainingDoor(),
    verifyProof: async (...args) => (await furnished()).verifyProof(...args),
    checkPolicy: async (yaml) => (await furnished()).checkPolicy(yaml),
    policyText: async () => (await furnished()).policyText(),
    policySentences: async () => (await furnished()).policySentences(),
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

const light = lightStreams(process)
/** Whether something was written to Node's own streams, which may still hold it. */
let isOwnUsed = false

async function main(): Promise<number> {
  try {
    return await startCli(buildHouse(), ownProcess(), light, process.argv.slice(2))
  } catch (error) {
    process.stderr.write(
      `sallyport: ${error instanceof SallyportError ? error.message : (error as Error).stack}\n`,
    )
    return error instanceof SallyportError && error.code === 'BAD_CONFIG' ? 3 : 2
  }
}

/** This process, whose output is set up when it is asked for. `| head` closes it early: that is no failure. */
function ownProcess(): Parameters<typeof startCli>[1] {
  return {
    env: process.env,
    get stderr() {
      isOwnUsed = true
      return process.stderr
    },
    get stdout() {
      if (process.stdout.listenerCount('error') === 0)
        process.stdout.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EPIPE') throw error
        })
      isOwnUsed = true
      return process.stdout
    },
  }
}

// No top-level await: the published command line is one CommonJS script, which starts faster.
void main().then((code) => {
  process.exitCode = code
  // Nothing is left to be done or written: to leave at once spares taking the heap apart, a tenth of a small scan.
  if (light.isWritten() && !isOwnUsed) process.exit(code)
})
