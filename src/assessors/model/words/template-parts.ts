import { foldJinja, readJinja, type Sight, type Trigger } from '../../../formats/jinja/index.ts'
import type { TemplatePart } from '../subjects/template-subject.ts'
import { instructionIn, invisibleIn, isArmed, isNaturalText, isNaturalTrigger } from './instructions.ts'
import { escapeOf, isInternal, isPrivateName, rootOf } from './template-names.ts'

/** Parts of one template that are told of. */
const MAX_PARTS = 20
const MAX_SHOWN = 160

/** How a template is used. */
export interface TemplateUse {
  /** It writes conversations for a model; other templates may include files and read names of their values freely. */
  readonly isChat: boolean
}

/** A template that was looked at: `reason` says why it could not be read, if so. */
export interface TemplateParts {
  readonly parts: readonly TemplatePart[]
  readonly reason: string | undefined
}

/** The parts of a template that no chat template needs. Its constants are followed; it is never rendered. */
export function templateParts(template: string, use: TemplateUse): TemplateParts {
  const view = readJinja(template)
  if (view.problem !== undefined) {
    const name = /__\w{2,40}__|\|\s*attr\b/.exec(template)
    const parts: TemplatePart[] =
      name === null
        ? []
        : [
            {
              deed: 'unreadable',
              why: `cannot be parsed (${view.problem.message})`,
              text: name[0],
              at: name.index,
            },
          ]
    return { parts, reason: `the template cannot be parsed: ${view.problem.message}` }
  }
  const found = new Map<string, TemplatePart>()
  for (const sight of foldJinja(view)) {
    const part = partOf(sight, use)
    if (part === undefined) continue
    const shown = { ...part, text: part.text.trim().slice(0, MAX_SHOWN).toWellFormed() }
    const key = `${part.deed} ${shown.text}`
    if (found.size < MAX_PARTS || part.deed === 'escape') found.set(key, found.get(key) ?? shown)
  }
  return { parts: mainParts([...found.values()]), reason: undefined }
}

/** One cause, one part: what is armed is not told again as a trigger, what escapes not again as hidden. */
function mainParts(parts: readonly TemplatePart[]): readonly TemplatePart[] {
  const has = (deed: string): boolean => parts.some((part) => part.deed === deed)
  return parts.filter(({ deed }) => {
    if (deed === 'hidden-name') return !has('escape')
    if (deed === 'trigger' || deed === 'instruction') return !has('armed-trigger')
    return true
  })
}

type Part = TemplatePart | undefined

function partOf(sight: Sight, use: TemplateUse): Part {
  switch (sight.kind) {
    case 'access':
      return accessPart(sight, use)
    case 'blind-access':
      return blindPart(sight)
    case 'call':
      return callPart(sight, use)
    case 'inclusion':
      return use.isChat
        ? {
            deed: 'inclusion',
            why: 'takes in another template',
            text: `${sight.tag} ${sight.words.join()}`,
            at: sight.at,
          }
        : undefined
    case 'huge':
      return { deed: 'endless', why: sight.message, text: sight.message, at: sight.at }
    case 'triggered-text':
      return triggeredPart(sight)
    case 'rewriting':
      return rewritingPart(sight)
    case 'text':
      return textPart(sight.text, sight.at, use)
  }
}

function accessPart(sight: Extract<Sight, { kind: 'access' }>, use: TemplateUse): Part {
  const { name, of, how, at } = sight
  const text = how === 'dot' ? `${of}.${name}` : `${of}[${JSON.stringify(name)}]`
  const reason = escapeOf(name, how, use.isChat)
  const hidden = sight.isHidden ? ', a name that is put together' : ''
  if (reason !== undefined) return { deed: 'escape', why: `${reason}${hidden}`, text, at }
  if (isPrivateName(name) && isInternal(of))
    return { deed: 'escape', why: 'goes through an object of Jinja to its inside', text, at }
  if (use.isChat && isPrivateName(name) && how !== 'item')
    return { deed: 'hidden-name', why: 'reads a private attribute', text, at }
  return undefined
}

function blindPart({ how, of, isBuilt, at }: Extract<Sight, { kind: 'blind-access' }>): Part {
  const text = `${of}[…]`
  if (isInternal(of))
    return { deed: 'escape', why: 'reads a name of an object of Jinja that is made at run time', text, at }
  const isBlind = isBuilt || how === 'attr'
  if (!isBlind || how === 'format') return undefined
  return { deed: 'hidden-name', why: 'reads a name that is made at run time', text, at }
}

/** Functions of Python that no environment of a chat template gives. */
const ACTIVE_CALLS = new Set([
  'eval',
  'exec',
  'open',
  '__import__',
  'getattr',
  'setattr',
  'compile',
  'globals',
  'locals',
  'vars',
])
const ACTIVE_ROOTS = new Set([
  'os',
  'subprocess',
  'importlib',
  'builtins',
  'sys',
  'shutil',
  'socket',
  'requests',
  'urllib',
  'posix',
  'pty',
])
const ACTIVE_METHODS = new Set([
  'popen',
  'check_output',
  'check_call',
  'execve',
  'spawnl',
  '__import__',
  'import_module',
])

function callPart({ of, words, at }: Extract<Sight, { kind: 'call' }>, use: TemplateUse): Part {
  const last = of.slice(of.lastIndexOf('.') + 1)
  const isActive =
    (use.isChat && (ACTIVE_CALLS.has(of) || (of.includes('.') && ACTIVE_ROOTS.has(rootOf(of))))) ||
    ACTIVE_METHODS.has(last)
  if (!isActive) return undefined
  return {
    deed: 'escape',
    why: 'calls a function of Python',
    text: `${of}(${words.map((w) => JSON.stringify(w)).join(', ')})`,
    at,
  }
}

function triggeredPart({ text, triggers, at }: Extract<Sight, { kind: 'triggered-text' }>): Part {
  const trigger = triggers.find(({ words, on }) => on === 'date' || isNaturalTrigger(words))
  if (trigger === undefined) {
    const instruction = isArmed(text) ? triggers[0] : undefined
    return instruction === undefined ? undefined : { deed: 'trigger', why: whyOf(instruction), text, at }
  }
  if (isArmed(text)) return { deed: 'armed-trigger', why: whyOf(trigger), text, at }
  return isNaturalText(text) ? { deed: 'trigger', why: whyOf(trigger), text, at } : undefined
}

function whyOf({ on, words }: Trigger): string {
  return on === 'date'
    ? `writes this text only when the date compares with ${JSON.stringify(words)}`
    : `writes this text only when a message holds ${JSON.stringify(words)}`
}

/** Taking marks away is what templates do; other words, or another address, for what was said is not. */
function rewritingPart({ from, to, at }: Extract<Sight, { kind: 'rewriting' }>): Part {
  if (!isNaturalTrigger(from) && !/[\w-]\.[a-z]{2,}/i.test(from)) return undefined
  const isMeant = isNaturalTrigger(to) || isArmed(to) || /[\w-]\.[a-z]{2,}/i.test(to)
  if (!isMeant) return undefined
  return {
    deed: 'trigger',
    why: `puts ${JSON.stringify(to)} in the place of what people say`,
    text: from,
    at,
  }
}

function textPart(text: string, at: number, use: TemplateUse): Part {
  if (!use.isChat) return undefined
  const invisible = invisibleIn(text)
  if (invisible !== undefined) return { deed: 'invisible', why: invisible, text, at }
  const instruction = instructionIn(text)
  return instruction === undefined
    ? undefined
    : { deed: 'instruction', why: instruction.why, text: instruction.text, at }
}
