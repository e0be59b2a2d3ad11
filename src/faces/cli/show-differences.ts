import type { Differences, TensorChange, TextChange } from '../../services/compare/index.ts'
import { bold, dim, safe, shortDigest, showBytes } from './format-text.ts'
import { green, red } from './paint.ts'

/** Tensors, imports and files that a screen shows; `--json` has them all. */
const SHOWN = 20
/** Lines of one text that a screen shows. */
const SHOWN_LINES = 40

const FILE_SIGN = { added: '+', removed: '-', changed: '~', renamed: '>' } as const

/** What differs between two models, for a person. */
export function differencesLines(found: Differences): readonly string[] {
  const { before, after } = found
  return [
    `${bold(safe(before.name))} ${dim(shortDigest(before.digest))}  →  ${bold(safe(after.name))} ${dim(shortDigest(after.digest))}`,
    `  ${safe(found.summary)}`,
    ...fileLines(found),
    ...importLines(found.imports),
    ...found.templates.flatMap((text) => textLines('template', text)),
    ...found.texts.flatMap((text) => textLines('text', text)),
    ...(found.licence === undefined
      ? []
      : [
          '',
          bold('licence'),
          `  ${safe(found.licence.before ?? '(none)')}  →  ${safe(found.licence.after ?? '(none)')}`,
        ]),
    ...tensorLines(found.tensors),
  ]
}

function section(title: string, lines: readonly string[], more = 0): readonly string[] {
  if (lines.length === 0) return []
  return ['', bold(title), ...lines, ...(more > 0 ? [dim(`  … and ${more} more (--json has all)`)] : [])]
}

function fileLines({ files }: Differences): readonly string[] {
  const lines = files.slice(0, SHOWN).map(({ path, change, pathBefore, sizeBefore, sizeAfter }) => {
    const sizes = [sizeBefore, sizeAfter].filter((size) => size !== undefined).map(showBytes)
    const from = pathBefore === undefined ? '' : dim(` from ${safe(pathBefore)}`)
    return `  ${FILE_SIGN[change]} ${safe(path)}${from}  ${dim([...new Set(sizes)].join(' → '))}`
  })
  return section('files', lines, files.length - SHOWN)
}

function importLines({ added, removed }: Differences['imports']): readonly string[] {
  const all = [
    ...added.map((name) => red(`  + ${safe(name)}`)),
    ...removed.map((name) => `  - ${safe(name)}`),
  ]
  return section('what loading imports', all.slice(0, SHOWN), all.length - SHOWN)
}

function textLines(what: string, { path, lines, cut }: TextChange): readonly string[] {
  const shown = lines.slice(0, SHOWN_LINES).map(({ sign, text }) => {
    const line = `  ${sign} ${safe(text)}`
    return sign === '+' ? green(line) : sign === '-' ? red(line) : dim(line)
  })
  const isCut = cut || lines.length > SHOWN_LINES
  return [...section(`${what} ${safe(path)}`, shown), ...(isCut ? [dim('  … more lines differ')] : [])]
}

function tensorLines({ same, changed, cut, notCompared }: Differences['tensors']): readonly string[] {
  if (same === 0 && changed.length === 0 && notCompared.length === 0) return []
  const lines = [
    `  ${same} the same, ${changed.length}${cut ? ' and more' : ''} not`,
    ...changed.slice(0, SHOWN).map(tensorLine),
  ]
  const reasons = notCompared
    .slice(0, SHOWN)
    .map(({ path, reason }) => `  ? ${safe(path === '*' ? 'several' : path)}: ${safe(reason)}`)
  return [
    ...section('tensors', lines, changed.length - SHOWN),
    ...section('not compared', reasons, notCompared.length - SHOWN),
  ]
}

function tensorLine(tensor: TensorChange): string {
  const { name, change, dtypeBefore, dtypeAfter, shapeBefore, shapeAfter, relative, maxAbs, changedShare } =
    tensor
  const kind = (dtype: string | undefined, shape: readonly number[] | undefined) =>
    dtype === undefined ? undefined : `${dtype} [${shape?.join(', ') ?? ''}]`
  const kinds = new Set(
    [kind(dtypeBefore, shapeBefore), kind(dtypeAfter, shapeAfter)].filter((one) => one !== undefined),
  )
  const numbers = [
    relative === undefined ? undefined : `relative ${relative.toPrecision(3)}`,
    maxAbs === undefined ? undefined : `at most ${maxAbs.toPrecision(3)}`,
    changedShare === undefined ? undefined : `${(100 * changedShare).toFixed(1)} % of the values`,
  ].filter((part) => part !== undefined)
  const sign = change === 'added' ? '+' : change === 'removed' ? '-' : '~'
  return `  ${sign} ${safe(name)}  ${dim(safe([...kinds].join(' → ')))}  ${numbers.join(', ')}`.trimEnd()
}
