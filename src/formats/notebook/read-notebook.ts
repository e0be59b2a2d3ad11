/** A command line of a notebook: `!pip install x`, or a line of a `%%bash` cell. */
export interface NotebookCommand {
  /** Counted from 1, all cells together, as people see them. */
  readonly cell: number
  readonly text: string
}

/** Output that a page would run: a script, or HTML with one. */
export interface ActiveOutput {
  readonly cell: number
  readonly mimeType: string
}

/** A text that a browser shows as a page. */
export interface NotebookPage {
  readonly cell: number
  readonly text: string
}

/** What stands in a Jupyter notebook, nbformat 3 and 4 (https://nbformat.readthedocs.io). */
export interface NotebookView {
  /** The Python of all cells, one after the other; lines that are not Python are empty. */
  readonly python: string
  /** Cell of every line of `python`, from its first one. */
  readonly cellOfLine: readonly number[]
  readonly commands: readonly NotebookCommand[]
  readonly activeOutputs: readonly ActiveOutput[]
  /** What a browser shows as a page: Markdown, HTML, scripts. */
  readonly pages: readonly NotebookPage[]
  readonly problems: readonly string[]
}

/** Cells that are read. */
const MAX_CELLS = 5000
/** Characters of Python in all cells. */
const MAX_SOURCE = 2 * 1024 * 1024
/** Command lines kept. */
const MAX_COMMANDS = 5000

const SHELL_CELL = /^%%(?:bash|sh|script|system|sx|!|ruby|perl)\b/
const PAGE_CELL = /^%%(?:html|javascript|js|markdown|svg)\b/
const OTHER_CELL = /^%%(?:html|javascript|js|latex|markdown|svg|writefile|file|cython|R|sql|bigquery)\b/

interface Gathered {
  readonly lines: string[]
  readonly cellOfLine: number[]
  readonly commands: NotebookCommand[]
  readonly activeOutputs: ActiveOutput[]
  readonly pages: NotebookPage[]
  readonly problems: string[]
  left: number
}

/** Reads a notebook from its JSON; undefined when it is none. */
export function readNotebook(json: unknown): NotebookView | undefined {
  const cells = cellsOf(json)
  if (cells === undefined) return undefined
  const gathered: Gathered = {
    lines: [],
    cellOfLine: [],
    commands: [],
    activeOutputs: [],
    pages: [],
    problems: [],
    left: MAX_SOURCE,
  }
  if (cells.length > MAX_CELLS) gathered.problems.push(`it has more than ${MAX_CELLS} cells`)
  cells.slice(0, MAX_CELLS).forEach((cell, i) => {
    gatherCell(gathered, cell, i + 1)
  })
  const { lines, ...rest } = gathered
  return { python: lines.join('\n'), ...rest }
}

function cellsOf(json: unknown): readonly unknown[] | undefined {
  if (!isRecord(json) || typeof json.nbformat !== 'number') return undefined
  if (Array.isArray(json.cells)) return json.cells
  const sheets: readonly unknown[] = Array.isArray(json.worksheets) ? json.worksheets : []
  return sheets.flatMap((sheet) => (isRecord(sheet) && Array.isArray(sheet.cells) ? sheet.cells : []))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** nbformat writes texts whole or line by line. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string').join('') : ''
}

function gatherCell(gathered: Gathered, cell: unknown, number: number): void {
  if (!isRecord(cell)) return
  if (cell.cell_type !== 'code') {
    notePage(gathered, textOf(cell.source), number)
    return
  }
  gatherOutputs(gathered, cell.outputs, number)
  const source = textOf(cell.source ?? cell.input)
  gathered.left -= source.length
  if (gathered.left < 0) {
    if (!gathered.problems.includes(TOO_LONG)) gathered.problems.push(TOO_LONG)
    return
  }
  const lines = source.split(/\r?\n/)
  const first = lines.find((line) => line.trim() !== '')?.trim() ?? ''
  if (PAGE_CELL.test(first)) notePage(gathered, source, number)
  if (OTHER_CELL.test(first)) return
  const isShell = SHELL_CELL.test(first)
  for (const line of lines) gatherLine(gathered, line, { number, isShell })
}

const TOO_LONG = `its cells have more than ${MAX_SOURCE} characters`

function gatherLine(
  gathered: Gathered,
  line: string,
  { number, isShell }: { readonly number: number; readonly isShell: boolean },
): void {
  const command = isShell ? line : commandIn(line)
  const isMagic = /^\s*(?:%|\?)|\?\s*$/.test(line)
  if (command !== undefined && command.trim() !== '' && gathered.commands.length < MAX_COMMANDS)
    gathered.commands.push({ cell: number, text: command.trim() })
  const indent = /^\s*/.exec(line)?.[0] ?? ''
  gathered.lines.push(isShell ? '' : command !== undefined || isMagic ? `${indent}pass` : line)
  gathered.cellOfLine.push(number)
}

/** What a line gives to the shell: `!x`, `!!x`, `a = !x`, `%system x`, `%sx x`, `%pip x`. */
function commandIn(line: string): string | undefined {
  const bang = /^\s*(?:[\w, ]{1,60}=\s*)?!{1,2}(?!=)(.*)$/.exec(line)
  if (bang !== null) return bang[1]
  const magic = /^\s*(?:[\w, ]{1,60}=\s*)?%(?:system|sx|alias \w+)\s+(.*)$/.exec(line)
  if (magic !== null) return magic[1]
  return /^\s*%((?:pip|conda|mamba|uv)\s.*)$/.exec(line)?.[1]
}

function gatherOutputs(gathered: Gathered, outputs: unknown, cell: number): void {
  if (!Array.isArray(outputs)) return
  for (const output of outputs.slice(0, 1000)) {
    if (!isRecord(output) || !isRecord(output.data)) continue
    for (const [mimeType, data] of Object.entries(output.data))
      gatherData(gathered, { mimeType, text: textOf(data), cell })
  }
}

/** Pages kept, with those of outputs. */
const MAX_PAGES = 1000
const PAGE_TYPES = /^(?:text\/(?:html|markdown)|image\/svg\+xml|application\/javascript)$/

/** Keeps a text that may act when it is shown: one with a tag or a script. */
function notePage(gathered: Gathered, text: string, cell: number): void {
  if (gathered.pages.length < MAX_PAGES && /[<(]/.test(text)) gathered.pages.push({ cell, text })
}

function gatherData(
  gathered: Gathered,
  { mimeType, text, cell }: { readonly mimeType: string; readonly text: string; readonly cell: number },
): void {
  if (PAGE_TYPES.test(mimeType)) notePage(gathered, text, cell)
  const isScript = mimeType === 'application/javascript'
  const isPage = mimeType === 'text/html' && /<script\b/i.test(text.slice(0, 1024 * 1024))
  if ((isScript || isPage) && gathered.activeOutputs.length < 1000)
    gathered.activeOutputs.push({ cell, mimeType: mimeType.slice(0, 100) })
}
