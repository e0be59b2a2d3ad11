import { type PickleEvent, type PickleRun, runPickle, type Value } from '../../formats/pickle/index.ts'
import type { ByteSource } from '../../ground/lang/index.ts'
import { TORCH_DTYPES, TORCH_STORAGES } from './dtypes.ts'
import type { ForeignStep } from './weights-view.ts'

/** Opcodes of one checkpoint: forty a tensor, so half a million tensors. */
const MAX_STEPS = 20_000_000
/** Steps that are told of; a person needs one. */
const MAX_FOREIGN = 20

/** What a dict of tensors is made with: all that a checkpoint may call. */
const MAKERS = new Set([
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_parameter',
  'torch.Size',
])

/** One stream that was run without running anything. */
export interface TorchPickle {
  readonly run: PickleRun
  /** What it does beyond making dicts of tensors. */
  readonly foreign: readonly ForeignStep[]
  /** Ids of storages, in order. */
  readonly persistent: readonly Value[]
  /** Keys and values that were set on an OrderedDict, in turn. */
  readonly itemsOf: (dict: Value) => readonly Value[]
}

/** Runs a checkpoint's pickle in the abstract machine, keeping all that its dicts hold. @throws SallyportError what the source throws */
export async function runTorchPickle(
  source: ByteSource,
  start = 0,
  signal?: AbortSignal,
): Promise<TorchPickle> {
  const set = new Map<Value, Value[]>()
  const foreign: ForeignStep[] = []
  const persistent: Value[] = []
  const run = await runPickle(source, {
    start,
    steps: { left: MAX_STEPS },
    keepsAll: true,
    // torch.load knows no inline arrays: what joblib would skip are opcodes to it.
    arrays: 'opcodes',
    signal,
    sink: (event) => {
      if (event.kind === 'mutate' && isOrdered(event.target)) note(set, event.target, event.items)
      if (event.kind === 'persistent') persistent.push(event.id)
      const what = foreignStep(event)
      if (what !== undefined && foreign.length < MAX_FOREIGN) foreign.push({ what, offset: event.offset })
    },
  })
  if (run.crossing !== undefined)
    foreign.push({ what: 'reads across the end of a frame, where loaders differ', offset: run.crossing.from })
  return { run, foreign, persistent, itemsOf: (dict) => set.get(dict) ?? [] }
}

function note(set: Map<Value, Value[]>, target: Value, items: readonly Value[]): void {
  const known = set.get(target)
  if (known === undefined) set.set(target, [...items])
  else for (const item of items) known.push(item)
}

/** Whether a value is an OrderedDict that the stream makes. */
export function isOrdered(value: Value): boolean {
  return value.kind === 'call' && calleeOf(value) === 'collections.OrderedDict'
}

/** The full name of what makes a value; undefined for what no import makes. */
export function calleeOf(value: Value): string | undefined {
  if (value.kind !== 'call' || value.callee.kind !== 'global') return undefined
  return `${value.callee.module}.${value.callee.name}`
}

/** What a step does that a dict of tensors does not need; undefined for what is in order. */
function foreignStep(event: PickleEvent): string | undefined {
  switch (event.kind) {
    case 'global':
      return isKnownName(event.module, event.name) ? undefined : `imports ${event.module}.${event.name}`
    case 'call': {
      const callee = calleeOf(event.call)
      if (callee !== undefined && MAKERS.has(callee) && event.way !== 'derived') return undefined
      return `calls ${callee ?? 'something that it made itself'}`
    }
    case 'build':
      return isOrdered(event.target) && event.state.kind === 'dict'
        ? undefined
        : 'sets the state of an object'
    case 'mutate':
      return isOrdered(event.target) ? undefined : 'sets items on an object'
    case 'attribute':
      return 'reads an attribute of an object'
    case 'unresolved':
      return 'imports a name that is made at run time'
    case 'costly':
      return `holds ${event.what}`
    case 'ext':
      return `uses extension ${event.code} of copyreg`
    // A text that looks like a pickle is a text until somebody loads it, and storages are named by persistent ids.
    case 'nested':
    case 'persistent':
      return undefined
  }
}

function isKnownName(module: string, name: string): boolean {
  if (MAKERS.has(`${module}.${name}`)) return true
  if (module === 'torch.storage') return name === 'UntypedStorage'
  return module === 'torch' && (TORCH_STORAGES.has(name) || TORCH_DTYPES.has(name))
}
