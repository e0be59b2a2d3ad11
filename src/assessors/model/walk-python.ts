import { readNotebook } from '../../formats/notebook/index.ts'
import { readPython } from '../../formats/python/index.ts'
import { readOtherRequirements, readRequirements } from '../../formats/requirements/index.ts'
import { judgePython } from './python/judge-python.ts'
import { roleOf } from './python/loader-hooks.ts'
import type { DocumentPart } from './subjects/document-subject.ts'
import { SYSTEM_SCRIPT } from './text-use.ts'
import { applyRules, type Place, type Walk } from './walk-report.ts'
import { pageTheftIn } from './words/page-theft.ts'

/** A text with its name, as the walkers of texts get it. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/** Judges Python; gives why not all of it was understood. */
export async function walkPython(
  walk: Walk,
  place: Place,
  { name, text }: NamedText,
): Promise<string | undefined> {
  const view = await readPython(text)
  const role = roleOf(name, text, view)
  applyRules(walk, place, { kind: 'python', name, role, view, acts: judgePython(view, role) })
  const [problem] = view.problems
  return problem === undefined ? undefined : `${problem.message} (at ${problem.offset})`
}

/** Judges a notebook: its Python, its commands, its outputs. Undefined when it is none; else why it was not understood, or ''. */
export async function walkNotebook(
  walk: Walk,
  place: Place,
  { name, text }: NamedText,
): Promise<string | undefined> {
  const view = readNotebook(JSON.parse(text))
  if (view === undefined) return undefined
  const commands = view.commands.map(({ cell, text: command }) => ({ text: command, place: `cell ${cell}` }))
  applyRules(walk, place, { kind: 'notebook', view })
  const thefts = view.pages.flatMap(({ cell, text: page }) => theftOf(page, cell))
  if (thefts.length > 0) applyRules(walk, place, { kind: 'document', name, parts: thefts })
  applyRules(walk, place, { kind: 'shell', name, commands })
  // Cells may be of other languages or half-written; then their Python is not expected to fit.
  await walkPython(walk, place, { name, text: view.python })
  return view.problems[0] ?? ''
}

function theftOf(page: string, cell: number): readonly DocumentPart[] {
  const found = pageTheftIn(page)
  if (found === undefined) return []
  const { why, at } = found
  return [{ deed: 'page-theft', why: `cell ${cell} ${why}`, text: page.slice(at, at + 160), at }]
}

const SHELL =
  /(?:^|\/)(?:Dockerfile|Containerfile|Makefile|GNUmakefile|Justfile|Procfile|Jenkinsfile|\.envrc)[\w.-]*$|\.(?:sh|bash|zsh|ksh|fish|bat|cmd|ps1|command|mk|dockerfile)$|(?:^|\/)(?:\.githooks|\.husky|hooks)\/[\w.-]+$/i

/** Languages that start programs by a line of text: the command stands in it as a shell would get it. */
const SCRIPT = /\.(?:r|rprofile|jl|lua|js|mjs|cjs|ts|rb|pl|php|tcl)$|(?:^|\/)\.Rprofile$/i

/** Judges the command lines of a script. */
export function walkShell(walk: Walk, place: Place, { name, text }: NamedText): void {
  if (
    !SHELL.test(name) &&
    !SYSTEM_SCRIPT.test(name) &&
    !SCRIPT.test(name) &&
    !/^#! ?\/(?:usr\/)?bin\/(?:env )?(?:ba|z|da|k)?sh\b/.test(text)
  )
    return
  const commands = commandsOf(text.slice(0, MAX_SCRIPT))
  applyRules(walk, place, { kind: 'shell', name, commands })
}

/** Lines with what continues them, without comments. */
function commandsOf(text: string): { readonly text: string; readonly place: string }[] {
  const commands: { text: string; place: string }[] = []
  let held = ''
  let start = 0
  text.split(/\r?\n/).forEach((line, i) => {
    if (held === '') start = i + 1
    if (line.endsWith('\\') && held.length < MAX_COMMAND) {
      held += `${line.slice(0, -1)} `
      return
    }
    const command = held + line
    held = ''
    if (!/^\s*(?:#|::|REM\b)/i.test(command)) commands.push({ text: command, place: `line ${start}` })
  })
  return commands
}

/** Characters of one command that are joined. */
const MAX_COMMAND = 20_000
/** Characters of one script that are looked at. */
const MAX_SCRIPT = 4 * 1024 * 1024

const REQUIREMENTS =
  /(?:^|\/)(?:[\w.-]*requirements?[\w.-]*|constraints[\w.-]*)\.(?:txt|in|pip)$|(?:^|\/)requirements\/[\w.-]+\.txt$/i
const OTHER =
  /(?:^|\/)(?:pyproject\.toml|setup\.(?:cfg|py)|Pipfile|(?:environment|conda|env)[\w.-]*\.ya?ml)$/i

/** Judges a list of packages. */
export function walkRequirements(walk: Walk, place: Place, { name, text }: NamedText): void {
  const short = text.slice(0, MAX_SCRIPT)
  if (REQUIREMENTS.test(name))
    applyRules(walk, place, { kind: 'requirements', name, requirements: readRequirements(short) })
  else if (OTHER.test(name))
    applyRules(walk, place, { kind: 'requirements', name, requirements: readOtherRequirements(short, name) })
}
