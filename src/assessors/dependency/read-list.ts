import {
  type Distro,
  isPackageList,
  kindOfList,
  type PackageList,
  readPipRequirements,
  unreadableList,
} from '../../formats/lockfiles/index.ts'
import { readCycloneDx, readSpdx, type SbomView } from '../../formats/sbom/index.ts'
import { readToml } from '../../formats/toml/index.ts'
import { readYaml } from '../../formats/yaml/index.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** Bytes of one list. The largest lock files known have some 20 MB, bills of materials of images 60. */
export const MAX_LIST_BYTES = 128 * 1024 * 1024

const SBOM_NAME = /(?:^|\/)(?:[^/]*\.(?:cdx|spdx)\.json|(?:bom|sbom)[^/]*\.json)$/i

/** Whether a file of this name says which packages are there: a list, or a bill of materials. */
export function isDependencyFile(path: string): boolean {
  return isPackageList(path) || SBOM_NAME.test(path)
}

/**
 * Reads a list of packages or a bill of materials. One that cannot be read comes back empty with the reason: what is in
 * it is unknown, which is not nothing. A file that a person names is tried as a bill of materials whatever it is called.
 */
export async function readList(path: string, text: string, distro?: Distro): Promise<PackageList> {
  const kind = kindOfList(path, text)
  if (kind === undefined) return readBill(path, text)
  if (kind.syntax === 'text') return kind.read(text, path, distro)
  const parsed = await parse(kind.syntax, text)
  return parsed.ok
    ? kind.read({ path, text, value: parsed.value })
    : unreadableList(kind.format, path, `it is no ${kind.syntax.toUpperCase()}: ${parsed.error}`)
}

function readBill(path: string, text: string): PackageList {
  const parsed = parseJson(text)
  if (!parsed.ok && /\.(?:txt|in)$/.test(path)) return readPipRequirements(text, path)
  if (!parsed.ok) return unreadableList('unknown', path, 'it is no list of packages that is known here')
  const bill = readCycloneDx(parsed.value, path) ?? readSpdx(parsed.value, path)
  if (bill === undefined)
    return unreadableList(
      'unknown',
      path,
      'it is neither CycloneDX nor SPDX 2, nor a list of packages that is known here',
    )
  return listOfBill(bill, path)
}

function listOfBill(bill: SbomView, path: string): PackageList {
  return {
    format: `${bill.format} ${bill.specVersion}`,
    path,
    kind: 'installed',
    components: bill.components,
    options: [],
    includes: [],
    scripts: [],
    problems: bill.problems,
  }
}

async function parse(syntax: 'json' | 'yaml' | 'toml', text: string): Promise<Result<unknown>> {
  if (syntax === 'toml') return readToml(text)
  if (syntax === 'json') return parseJson(text)
  const { documents, problems } = await readYaml(text)
  const [problem] = problems
  return problem === undefined ? ok(documents[0]) : fail(problem.message)
}

function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text))
  } catch (error) {
    return fail(error instanceof Error ? error.message.slice(0, 200) : 'not JSON')
  }
}
