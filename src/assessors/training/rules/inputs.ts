import { exampleCase, exampleRun, type TrainingRule } from '../run-case.ts'

/** Things named in one message. */
const MAX_NAMED = 8

const INPUTS = exampleRun().inputs
const OTHER = `sha256:${'e'.repeat(64)}`

export const unvettedData: TrainingRule = {
  id: 'training/unvetted-data',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The run read data for which no current vetting speaks',
  source: 'https://atlas.mitre.org/techniques/AML.T0020',
  taxonomy: ['AML.T0020', 'OWASP LLM04:2025'],
  remedy: 'Vet the data set, then train again; hold back what came out of this run until then.',
  examples: { fires: [exampleCase({ unvetted: ['reviews'] })], silent: [exampleCase()] },
  check: ({ unvetted }) => (unvetted.length === 0 ? [] : [`no current vetting of ${named(unvetted)}`]),
}

export const changedData: TrainingRule = {
  id: 'training/data-changed',
  severity: 'high',
  verdict: 'suspicious',
  title: 'Data was written to while the run read it',
  source: 'https://cwe.mitre.org/data/definitions/367.html',
  taxonomy: ['CWE-367', 'AML.T0020'],
  remedy:
    'The recorded digest is that of before the run: what was read is not known. Train again on data that stands still.',
  examples: { fires: [exampleCase({ touched: ['reviews'] })], silent: [exampleCase()] },
  check: ({ touched }) =>
    touched.length === 0 ? [] : [`files of ${named(touched)} were changed during the run`],
}

export const newDependency: TrainingRule = {
  id: 'training/new-dependency',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A package is there that no earlier run had',
  source: 'https://atlas.mitre.org/techniques/AML.T0010.001',
  taxonomy: ['AML.T0010.001', 'CWE-1357'],
  remedy:
    'Make sure that the package was wanted and is what its name says; pin it with hashes in a lock file.',
  examples: {
    fires: [
      exampleCase({
        run: exampleRun({
          inputs: { ...INPUTS, packages: { names: ['numpy==2.1.0', 'torchtriton==3.0.0'] } },
        }),
      }),
    ],
    silent: [
      exampleCase(),
      // Another version of the same is an update, which the lock file tells of.
      exampleCase({
        run: exampleRun({ inputs: { ...INPUTS, packages: { names: ['numpy==2.1.1', 'torch==2.9.0'] } } }),
      }),
      exampleCase({ history: [] }),
    ],
  },
  check: ({ run, history }) => {
    const told = history.filter(({ inputs }) => inputs.packages !== undefined)
    if (told.length === 0) return []
    const before = new Set(told.flatMap(({ inputs }) => bareNames(inputs.packages?.names ?? [])))
    const fresh = bareNames(run.inputs.packages?.names ?? []).filter((name) => !before.has(name))
    return fresh.length === 0 ? [] : [`new: ${named(fresh)}`]
  },
}

export const changedLock: TrainingRule = {
  id: 'training/changed-lock',
  severity: 'low',
  verdict: 'clean',
  title: 'The lists of dependencies are others than in the run before',
  source: 'https://slsa.dev/spec/v1.0/provenance',
  taxonomy: ['CWE-1357'],
  remedy: 'Read what changed in them.',
  examples: {
    fires: [
      exampleCase({
        run: exampleRun({ inputs: { ...INPUTS, locks: [{ path: 'requirements.txt', digest: OTHER }] } }),
      }),
    ],
    silent: [exampleCase(), exampleCase({ history: [] })],
  },
  check: ({ run, history }) => {
    const before = history.at(-1)?.inputs.locks
    if (before === undefined) return []
    const known = new Map(before.map(({ path, digest }) => [path, digest]))
    const changed = run.inputs.locks.filter(({ path, digest }) => known.get(path) !== digest)
    return changed.length === 0 ? [] : [`changed or new: ${named(changed.map(({ path }) => path))}`]
  },
}

export const newBaseModel: TrainingRule = {
  id: 'training/new-base-model',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The run began from a model that no earlier run began from',
  source: 'https://atlas.mitre.org/techniques/AML.T0010.003',
  taxonomy: ['AML.T0010.003'],
  remedy: 'Make sure that the other base model was wanted, and that it was assessed and approved.',
  examples: {
    fires: [
      exampleCase({ run: exampleRun({ inputs: { ...INPUTS, baseModel: { name: 'bert', digest: OTHER } } }) }),
    ],
    silent: [exampleCase(), exampleCase({ history: [] })],
  },
  check: ({ run, history }) => {
    const base = run.inputs.baseModel
    const before = history.flatMap(({ inputs }) => inputs.baseModel?.digest ?? [])
    if (base === undefined || history.length === 0 || before.includes(base.digest)) return []
    return [`${base.name} (${base.digest.slice(0, 19)}) was never the base of ${run.name}`]
  },
}

export const newCodeOrigin: TrainingRule = {
  id: 'training/new-code-origin',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The code comes from another repository than before',
  source: 'https://atlas.mitre.org/techniques/AML.T0010.001',
  taxonomy: ['AML.T0010.001'],
  remedy: 'Make sure that the code of this run is yours.',
  examples: {
    fires: [
      exampleCase({
        run: exampleRun({
          inputs: {
            ...INPUTS,
            code: { commit: 'f'.repeat(40), remote: 'https://git.example.net/x/train.git' },
          },
        }),
      }),
    ],
    silent: [exampleCase(), exampleCase({ history: [] })],
  },
  check: ({ run, history }) => {
    const remotes = history.flatMap(({ inputs }) => inputs.code?.remote ?? [])
    const remote = run.inputs.code?.remote
    if (remote === undefined || remotes.length === 0 || remotes.includes(remote)) return []
    return [`${remote} instead of ${named([...new Set(remotes)])}`]
  },
}

export const uncommittedCode: TrainingRule = {
  id: 'training/uncommitted-code',
  severity: 'low',
  verdict: 'clean',
  title: 'The code differed from its commit',
  source: 'https://slsa.dev/spec/v1.0/provenance',
  taxonomy: ['CWE-1357'],
  remedy: 'Commit before a run whose model is to be deployed: what ran cannot be had again.',
  examples: {
    fires: [
      exampleCase({
        run: exampleRun({ inputs: { ...INPUTS, code: { commit: 'c'.repeat(40), changes: OTHER } } }),
      }),
    ],
    silent: [exampleCase()],
  },
  check: ({ run }) =>
    run.inputs.code?.changes === undefined
      ? []
      : [`changes beyond ${run.inputs.code.commit.slice(0, 12)}: ${run.inputs.code.changes.slice(0, 19)}`],
}

function bareNames(packages: readonly string[]): readonly string[] {
  return packages.map((one) => one.split('==')[0] ?? one)
}

/** A few names, and how many more there are. */
export function named(names: readonly string[]): string {
  const more = names.length - MAX_NAMED
  return `${names.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
