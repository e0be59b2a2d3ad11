import { type PythonValue, prefixOf } from '../../../formats/python/index.ts'
import { attackIn, downloadedProgramIn, programOf } from '../shell-commands.ts'
import { PYTHON_LISTS, textsIn } from './call-groups.ts'
import type { Case, Judgement } from './case.ts'

/** Programs and shells that are started. */
export function judgeProcess(one: Case): Judgement {
  const command = commandOf(one)
  const attack = command === undefined ? undefined : (attackIn(command) ?? downloaded(command))
  const shown = command === undefined ? one.name : `${one.name}: ${command}`
  if (attack !== undefined) {
    // In a notebook a person has just read the cell; the attack stays one.
    const isDistant = one.moment === 'other' && one.role !== 'notebook'
    return { level: isDistant ? 'suspicious' : 'malicious', what: `${attack}: ${shown}` }
  }
  const decoded = decoderOf(one)
  const hidden = one.event.isHidden || decoded !== undefined
  if (decoded !== undefined)
    return {
      level: 'malicious',
      what: `starts a program that is hidden by ${decoded}: ${shown}`,
      isHiding: true,
    }
  if (one.marks.network !== undefined && one.moment !== 'other')
    return {
      level: 'malicious',
      what: `starts a program with what it fetched by ${one.marks.network}: ${shown}`,
    }
  if (one.moment === 'import') return onImport(one, { command, hidden, shown })
  if (one.moment === 'loader') return inLoader(one, { command, hidden, shown })
  return { level: hidden ? 'suspicious' : 'note', what: `starts a program: ${shown}` }
}

/** What these give is wrapped to be sent, as the body of a request of curl; nobody can read a command in it. */
const ENCODERS =
  /^(?:base64\.\w{0,20}encode\w{0,10}|binascii\.(?:hexlify|b2a_\w{1,20})|(?:zlib|gzip|bz2|lzma)\.compress)(?:\(|$)/

function decoderOf({ marks }: Case): string | undefined {
  return ENCODERS.test(marks.decoded ?? '') ? undefined : marks.decoded
}

interface Command {
  readonly command: string | undefined
  readonly hidden: boolean
  readonly shown: string
}

function onImport(one: Case, { command, hidden, shown }: Command): Judgement {
  const what = `starts a program: ${shown}`
  if (hidden) return { level: 'malicious', what: `hides that it ${what}`, isHiding: true }
  const tool = toolOf(command)
  if (one.role === 'loaded') {
    if (tool === 'plain') return { level: 'note', what }
    return { level: tool === 'install' ? 'suspicious' : 'malicious', what }
  }
  if (tool !== undefined || command === undefined) return { level: 'note', what }
  if (PYTHON_LISTS.scriptTools.includes(programOf(command))) return { level: 'note', what }
  return { level: 'suspicious', what }
}

function inLoader(one: Case, { command, hidden, shown }: Command): Judgement {
  const what = `starts a program: ${shown}`
  if (hidden) return { level: 'malicious', what: `hides that it ${what}`, isHiding: true }
  const tool = toolOf(command)
  if (one.role === 'setup') return { level: isOfBuild(command, tool) ? 'note' : 'suspicious', what }
  if (tool === 'plain' || beginsPlain(one.event.args[0])) return { level: 'note', what }
  const isShell = one.group === 'shell' || one.event.keywords.has('shell')
  if (isShell && command !== undefined && tool === undefined) return { level: 'malicious', what }
  return { level: 'suspicious', what }
}

/** What a step of setup.py starts to build, test or publish a package. A command that is not known is one of many such steps. */
function isOfBuild(command: string | undefined, tool: 'plain' | 'install' | undefined): boolean {
  if (command === undefined || tool !== undefined || IDLE.test(command)) return true
  const program = programOf(command)
  const { buildTools, installTools, plainTools, scriptTools } = PYTHON_LISTS
  // A shell does what its line says, not what it is.
  if (/^(?:ba|z|da)?sh$/.test(program) && /\s-\w*c\b/.test(command)) return false
  return [buildTools, installTools, plainTools, scriptTools].some((tools) => tools.includes(program))
}

/** A command of which only the beginning is known, and that names one of the usual tools: `"gcc -O3 {}".format(source)`. */
function beginsPlain(value: PythonValue | undefined): boolean {
  if (value?.kind === 'any') return value.of.every((one) => beginsPlain(one))
  const [program, ...more] = prefixOf(value).trimStart().split(/\s/)
  return more.length > 0 && PYTHON_LISTS.plainTools.includes(program ?? '')
}

/** A program that only says what the code says already: nobody starts one in earnest, and attacks are tried out so. */
const IDLE = /^\s*echo\b[^$|;&]*$/

/** `plain` when every program of the line only tells something, `install` when it is one of the usual tools of setting up. */
function toolOf(command: string | undefined): 'plain' | 'install' | undefined {
  if (command === undefined || /[`><]|\$\(/.test(command) || IDLE.test(command)) return undefined
  const tools = command.split(/\|\|?|&&?|;/).map((part) => programOf(part))
  if (tools.every((tool) => PYTHON_LISTS.plainTools.includes(tool))) return 'plain'
  // More than one command: the first word does not say what happens.
  return tools.length === 1 && PYTHON_LISTS.installTools.includes(tools[0] ?? '') ? 'install' : undefined
}

function downloaded(command: string): string | undefined {
  return downloadedProgramIn(command) === undefined ? undefined : 'runs what it downloads'
}

/** The command line, when it is known; of a list of words as the words joined. `sys.executable` counts as python. */
function commandOf({ event }: Case): string | undefined {
  const value = event.args[0] ?? event.keywords.get('args') ?? event.keywords.get('cmd')
  if (value?.kind === 'text' || value?.kind === 'bytes') return value.value
  if (value?.kind !== 'list') return undefined
  const words = value.items.map((item) =>
    item.kind === 'name' && item.path === 'sys.executable' ? 'python' : (textsIn([item])[0] ?? '…'),
  )
  return words[0] === '…' || words.length === 0 ? undefined : words.join(' ')
}
