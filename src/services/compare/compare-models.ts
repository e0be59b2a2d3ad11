import { compareUtf8 } from '../../ground/lang/index.ts'
import { collectImports, type Imports, mayImport } from './collect-imports.ts'
import { compareFiles } from './compare-files.ts'
import type { Differences, FileChange } from './compare-port.ts'
import { type CompareLimits, compareTensors } from './compare-tensors.ts'
import { compareLicence, compareTemplates, compareTexts } from './compare-texts.ts'
import type { ComparedModel } from './ports.ts'
import { summarise } from './summarise.ts'

/** Names of imports that are listed on each side. */
const MAX_IMPORTS = 500

/**
 * What differs between two models. Files with equal digests are the same; of all others the contents are compared. What
 * cannot be compared is named with its reason.
 * @throws SallyportError what opening and reading files throws
 */
export async function compareModels(
  before: ComparedModel,
  after: ComparedModel,
  limits: CompareLimits,
  signal?: AbortSignal,
): Promise<Differences> {
  const files = compareFiles(before.files, after.files)
  const { imports, unclear } = await compareImports(before, after, files)
  const templates = await compareTemplates(before, after, files)
  const texts = await compareTexts(before, after, files)
  const licence = await compareLicence(before, after)
  const tensors = await compareTensors({ before, after }, files, limits, signal)
  const found = {
    files,
    imports,
    templates,
    texts,
    ...(licence === undefined ? {} : { licence }),
    tensors: { ...tensors, notCompared: [...unclear, ...tensors.notCompared] },
  }
  return { before: sideOf(before), after: sideOf(after), summary: summarise(found), ...found }
}

function sideOf({ digest, name }: ComparedModel): Differences['before'] {
  return { digest, name }
}

async function compareImports(
  before: ComparedModel,
  after: ComparedModel,
  changes: readonly FileChange[],
): Promise<Pick<Differences, 'imports'> & Pick<Imports, 'unclear'>> {
  const touched = changes.filter(({ change, path }) => change !== 'renamed' && mayImport(path))
  const names = (without: FileChange['change']) =>
    touched.filter(({ change }) => change !== without).map(({ path }) => path)
  const old = await collectImports(before, names('added'))
  const fresh = await collectImports(after, names('removed'))
  let added = [...fresh.names].filter((name) => !old.names.has(name))
  let removed = [...old.names].filter((name) => !fresh.names.has(name))
  if (added.length + removed.length > 0) {
    // What a file that nobody touched imports too is neither new nor gone.
    const paths = new Set(touched.map(({ path }) => path))
    const rest = after.files.map(({ name }) => name).filter((name) => !paths.has(name) && mayImport(name))
    const kept = (await collectImports(after, rest)).names
    added = added.filter((name) => !kept.has(name))
    removed = removed.filter((name) => !kept.has(name))
  }
  const sorted = (list: readonly string[]) => [...list].sort(compareUtf8).slice(0, MAX_IMPORTS)
  return {
    imports: { added: sorted(added), removed: sorted(removed) },
    unclear: [...old.unclear, ...fresh.unclear],
  }
}
