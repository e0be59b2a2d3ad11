import type { RunFiles, RunInputs, TrainingRunPredicate } from '../../trust/evidence/index.ts'

/** What a run depends on, by kind. */
export type InputKind =
  | 'command'
  | 'data'
  | 'base-model'
  | 'code'
  | 'lock'
  | 'packages'
  | 'seed'
  | 'environment'
  | 'image'
  | 'versions'

/** One input that is not what it was. */
export interface InputDifference {
  readonly kind: InputKind
  readonly name: string
  /** Absent where it was not there. */
  readonly before?: string
  readonly after?: string
}

/** One product of a run, and what is there of it now. */
export interface ProductComparison {
  readonly path: string
  readonly isSame: boolean
  readonly before?: string
  readonly after?: string
}

/** Two runs, or a run and what is there now. */
export interface RunComparison {
  readonly inputs: readonly InputDifference[]
  readonly products: readonly ProductComparison[]
}

/** The parts of a record that can be compared. */
export type ComparableRun = Pick<TrainingRunPredicate, 'command' | 'inputs' | 'products'>

/** Which inputs of two runs differ, and whether their products are the same bit for bit. */
export function compareRuns(before: ComparableRun, after: ComparableRun): RunComparison {
  const names = new Map(before.products.map((product) => [product.path ?? product.name, product]))
  for (const product of after.products) {
    const path = product.path ?? product.name
    if (!names.has(path)) names.set(path, product)
  }
  return {
    inputs: [
      ...difference('command', 'command', JSON.stringify(before.command), JSON.stringify(after.command)),
      ...inputDifferences(before.inputs, after.inputs),
    ],
    products: [...names.keys()].sort().map((path) => {
      const [old, fresh] = [find(before.products, path), find(after.products, path)]
      return {
        path,
        isSame: old?.digest !== undefined && old.digest === fresh?.digest,
        ...(old === undefined ? {} : { before: old.digest }),
        ...(fresh === undefined ? {} : { after: fresh.digest }),
      }
    }),
  }
}

function find(products: readonly RunFiles[], path: string): RunFiles | undefined {
  return products.find((product) => (product.path ?? product.name) === path)
}

function inputDifferences(a: RunInputs, b: RunInputs): readonly InputDifference[] {
  return [
    ...tableDifferences('data', dataTable(a.datasets), dataTable(b.datasets)),
    ...difference('base-model', 'base model', a.baseModel?.digest, b.baseModel?.digest),
    ...difference('code', 'commit', a.code?.commit, b.code?.commit),
    ...difference('code', 'changes beyond the commit', a.code?.changes, b.code?.changes),
    ...difference('code', 'remote', a.code?.remote, b.code?.remote),
    ...tableDifferences('lock', lockTable(a), lockTable(b)),
    ...packageDifferences(a, b),
    ...difference('seed', 'seed', a.seed, b.seed),
    ...tableDifferences('environment', a.environment, b.environment),
    ...difference('image', 'image', imageOf(a), imageOf(b)),
    ...tableDifferences('versions', a.versions, b.versions),
  ]
}

type Table = Readonly<Record<string, string>>

function dataTable(datasets: readonly RunFiles[]): Table {
  return Object.fromEntries(datasets.map(({ path, name, digest }) => [path ?? name, digest]))
}

function lockTable({ locks }: RunInputs): Table {
  return Object.fromEntries(locks.map(({ path, digest }) => [path, digest]))
}

function imageOf({ container }: RunInputs): string | undefined {
  return container?.digest ?? container?.image
}

/** By name and version, so that a person sees which package it was. */
function packageDifferences(a: RunInputs, b: RunInputs): readonly InputDifference[] {
  const table = ({ packages }: RunInputs): Table =>
    Object.fromEntries(
      (packages?.names ?? []).map((one) => [one.split('==')[0] ?? one, one.split('==')[1] ?? '']),
    )
  return tableDifferences('packages', table(a), table(b))
}

function tableDifferences(kind: InputKind, a: Table, b: Table): readonly InputDifference[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .flatMap((name) => difference(kind, name, a[name], b[name]))
}

function difference(
  kind: InputKind,
  name: string,
  before: string | undefined,
  after: string | undefined,
): readonly InputDifference[] {
  if (before === after) return []
  return [
    { kind, name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
  ]
}
