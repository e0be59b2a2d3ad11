/** One line of a list of packages that means something. */
export type Requirement =
  | { readonly kind: 'package'; readonly name: string; readonly line: number }
  /** `git+https://…`, `https://…/x.whl`, `name @ https://…`. */
  | { readonly kind: 'address'; readonly address: string; readonly line: number }
  /** `--index-url`, `--extra-index-url`, `--find-links`, `--trusted-host`. */
  | { readonly kind: 'index'; readonly option: string; readonly address: string; readonly line: number }
  | { readonly kind: 'editable'; readonly path: string; readonly line: number }

/** Lines that are read. */
const MAX_LINES = 20_000

const OPTION =
  /^(?:-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)[\s=]+["']?([^\s"']{1,2000})/
const ADDRESS = /(?:^|@\s*)((?:git|hg|svn|bzr)\+[^\s;]{1,2000}|(?:https?|file|ftp):\/\/[^\s;]{1,2000})/

/** A requirements file of pip, https://pip.pypa.io/en/stable/reference/requirements-file-format/. */
export function readRequirements(text: string): readonly Requirement[] {
  return text
    .split(/\r?\n/, MAX_LINES)
    .flatMap((raw, i) => readRequirement(raw.replace(/(?:^|\s)#.*$/, '').trim(), i + 1) ?? [])
}

/** One requirement as it stands in a line, or between quotes in pyproject.toml and setup.cfg. */
function readRequirement(text: string, line: number): Requirement | undefined {
  if (text === '' || text.length > 5000) return undefined
  const option = OPTION.exec(text)
  if (option !== null)
    return { kind: 'index', option: text.split(/[\s=]/, 1)[0] ?? '', address: option[1] ?? '', line }
  const editable = /^(?:-e|--editable)[\s=]+(\S{1,500})/.exec(text)
  if (editable !== null && !/^\w+\+|:\/\//.test(editable[1] ?? ''))
    return { kind: 'editable', path: editable[1] ?? '', line }
  const address = ADDRESS.exec(editable?.[1] ?? text)
  if (address !== null) return { kind: 'address', address: address[1] ?? '', line }
  const name = /^([a-z0-9][\w.-]{0,100})\s*(?:\[[^\]]{0,200}\])?\s*(?:[<>=!~;(,@]|$)/i.exec(text)
  return name === null ? undefined : { kind: 'package', name: name[1] ?? '', line }
}

/** Requirements in other files: the quoted ones of pyproject.toml and setup.cfg, the pip part of environment.yml. */
export function readOtherRequirements(text: string, ending: string): readonly Requirement[] {
  const lines = text.split(/\r?\n/, MAX_LINES)
  if (/ya?ml$/.test(ending))
    return lines.flatMap((line, i) => {
      const item = /^\s*-\s*["']?([^"'#]{1,500})/.exec(line)?.[1]?.trim()
      return item === undefined ? [] : (readRequirement(item, i + 1) ?? [])
    })
  return lines.flatMap((line, i) => [
    ...unquoted(line.slice(0, 2000), i + 1),
    ...[...line.slice(0, 2000).matchAll(/["']([^"']{0,400})["']/g)].flatMap(([, item = '']) =>
      /\s@\s|^git\+|[<>=~!]=/.test(item) ? (readRequirement(item, i + 1) ?? []) : [],
    ),
  ])
}

/** What stands without quotes of its own: a table of Poetry or Pipenv that names a repository, a line of setup.cfg. */
function unquoted(line: string, at: number): readonly Requirement[] {
  const table = /\bgit\s{0,9}=\s{0,9}["']([^"']{1,1000})["']/.exec(line)?.[1]
  if (table !== undefined) {
    const commit = /\b(?:rev|ref)\s{0,9}=\s{0,9}["']([0-9a-f]{40})["']/.exec(line)?.[1]
    const address = `git+${table}${commit === undefined ? '' : `@${commit}`}`
    return [{ kind: 'address', address, line: at }]
  }
  const named = /^\s{0,40}([\w.-]{1,100}\s{0,9}@\s{0,9}(?:git\+|https?:)\S{1,1000})$/.exec(line)?.[1]
  const found = named === undefined ? undefined : readRequirement(named, at)
  return found === undefined ? [] : [found]
}
