import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callLine, type Line, type ServedLine, serveLine } from './adapters/home-line/index.ts'
import type { Home } from './faces/cli/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import type { Settings } from './services/settings/index.ts'

// The command line beside a server: whoever cannot open the home asks the process that holds it (ADR 0017).
const SOCKET = 'line.sock'

const root = fileURLToPath(new URL('..', import.meta.url))
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version

/** All of its verbs, less those left out: a new one that is not listed here does not compile. */
type Verbs<T, Left extends keyof T = never> = Readonly<Record<Exclude<keyof T, Left>, true>>
type Opened<Door extends keyof Home> = Home[Door] extends () => Promise<infer T> ? T : never

/** Verbs of the home itself. */
type HomeVerbs = Pick<Home, 'actor' | 'addPerson' | 'keys' | 'people' | 'rebuild' | 'recordSignature'>

/** A server signs with the keys that it opened, and answers from the projection: both change under nobody's hands. It gives no private key away. */
const ALONE = [
  'keyring.exportKey',
  'keyring.rotate',
  'keyring.revoke',
  'keyring.trust',
  'keyring.changePassphrase',
  'home.rebuild',
]

const HOME: Verbs<HomeVerbs> = {
  actor: true,
  addPerson: true,
  keys: true,
  people: true,
  rebuild: true,
  recordSignature: true,
}
const REGISTRY: Verbs<Home['registry']> = {
  list: true,
  get: true,
  importModel: true,
  assess: true,
  approve: true,
  askChanges: true,
  reject: true,
  revoke: true,
  waive: true,
  promote: true,
  decide: true,
  explain: true,
  verify: true,
}
const LOG: Verbs<Home['log']> = {
  state: true,
  prove: true,
  fsck: true,
  export: true,
  cosign: true,
  envelope: true,
}
const KEYRING: Verbs<Home['keyring']> = {
  list: true,
  rotate: true,
  preview: true,
  revoke: true,
  trust: true,
  exportKey: true,
  changePassphrase: true,
  check: true,
}
const LINEAGE: Verbs<Opened<'lineage'>> = { graph: true, claims: true, derive: true }
const SUBJECTS: Verbs<Opened<'subjects'>> = { register: true, list: true, changes: true }
const REVIEW: Verbs<Opened<'review'>> = {
  list: true,
  get: true,
  take: true,
  setDeadline: true,
  approve: true,
  reject: true,
  askChanges: true,
  reader: true,
  actor: true,
}
const COMPARISON: Verbs<Opened<'comparison'>> = { between: true }
const CONVERSION: Verbs<Opened<'conversion'>> = { canConvert: true, convert: true }
const STANDINGS: Verbs<Opened<'standings'>> = { ask: true, follow: true }
const EVIDENCE: Verbs<Opened<'evidence'>> = { recordVulns: true, addReport: true }
const BOMS: Verbs<Opened<'boms'>> = { bom: true, card: true, record: true }
const BUNDLES: Verbs<Opened<'bundles'>> = { export: true, show: true, import: true }

const VERBS: Readonly<Record<string, Readonly<Record<string, true>>>> = {
  ...{ home: HOME, registry: REGISTRY, log: LOG, keyring: KEYRING, lineage: LINEAGE, subjects: SUBJECTS },
  ...{ review: REVIEW, comparison: COMPARISON, conversion: CONVERSION, evidence: EVIDENCE },
  ...{ boms: BOMS, bundles: BUNDLES, standings: STANDINGS },
}

/**
 * Lets the command line of this user work on a home that this process holds.
 * @param open the home, for whoever acts with a token of their own
 * @throws SallyportError `NOT_SUPPORTED` for a home whose path is too long for a socket, `STORE_FAILED`
 */
export function serveHome(
  folder: string,
  open: (caller: { readonly token?: string }) => Home,
): Promise<ServedLine> {
  return serveLine({
    path: join(folder, SOCKET),
    version,
    open: async (caller) => {
      const home = open(caller)
      return { call: (name, args) => callHome(home, name, args) }
    },
  })
}

async function callHome(home: Home, name: string, args: readonly unknown[]): Promise<unknown> {
  const [door = '', verb = ''] = name.split('.')
  const verbs = Object.hasOwn(VERBS, door) ? VERBS[door] : undefined
  if (verbs === undefined || !Object.hasOwn(verbs, verb))
    throw new SallyportError('NOT_SUPPORTED', `nobody can ask a server for ${name}`)
  if (ALONE.includes(name))
    throw new SallyportError(
      'LOG_LOCKED',
      'a server holds this home, and this needs the home to itself: stop the server first, and start it again after',
    )
  const place = door === 'home' ? home : home[door as 'registry' | 'lineage']
  const target = typeof place === 'function' ? await place() : place
  return (target as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[verb]?.(...args)
}

/**
 * The home of these settings in the hands of the server that holds it.
 * @returns undefined where no server answers
 * @throws SallyportError `NOT_SUPPORTED` when the server is another version
 */
export async function reachHome({ home, token }: Settings): Promise<Home | undefined> {
  const path = join(home, SOCKET)
  const line = await callLine({ path, version, ...(token === undefined ? {} : { token }) })
  return line === undefined ? undefined : farHome(home, line)
}

function farHome(folder: string, line: Line): Home {
  const door = <T>(name: string, verbs: Verbs<T>): T =>
    Object.fromEntries(
      Object.keys(verbs).map((verb) => [
        verb,
        (...args: readonly unknown[]) => line.call(`${name}.${verb}`, args),
      ]),
    ) as T
  const registry = door('registry', REGISTRY)
  const log = door('log', LOG)
  const bundles = door('bundles', BUNDLES)
  const subjects = door('subjects', SUBJECTS)
  // Paths mean what they mean where they were typed.
  return {
    folder,
    ...door<HomeVerbs>('home', HOME),
    registry: {
      ...registry,
      importModel: (request, ...more) =>
        registry.importModel({ ...request, path: resolve(request.path) }, ...more),
      verify: (what, ...more) =>
        registry.verify(
          typeof what === 'string' ? resolve(what) : { ...what, path: resolve(what.path) },
          ...more,
        ),
    },
    log: { ...log, export: (to) => log.export(resolve(to)) },
    keyring: door('keyring', KEYRING),
    lineage: async () => door('lineage', LINEAGE),
    subjects: async () => ({
      ...subjects,
      register: (request, actor) =>
        subjects.register(
          request.kind === 'dataset' ? { ...request, content: resolve(request.content) } : request,
          actor,
        ),
    }),
    review: async () => door('review', REVIEW),
    comparison: async () => door('comparison', COMPARISON),
    conversion: async () => door('conversion', CONVERSION),
    standings: async () => door('standings', STANDINGS),
    evidence: async () => door('evidence', EVIDENCE),
    boms: async () => door('boms', BOMS),
    bundles: async () => ({
      export: (models, stage, out, onBytes) => bundles.export(models, stage, resolve(out), onBytes),
      show: (path, accepted) => bundles.show(resolve(path), accepted),
      import: (path, ...more) => bundles.import(resolve(path), ...more),
    }),
    close: () => line.close(),
  }
}
