import { guideAttackIn, secretsSentIn } from '../shell-commands.ts'
import type { DocumentPart } from '../subjects/document-subject.ts'
import { hidesFromPeople, tellsToIgnore } from './instructions.ts'
import { pageTheftIn } from './page-theft.ts'

/** Characters of one document that are looked at. The longest card of a popular model has 200,000. */
const MAX_DOCUMENT_CHARS = 1024 * 1024
/** Parts of one document that are told of. */
const MAX_PARTS = 20
const CONTEXT_CHARS = 160

const DOCUMENT = /\.(?:md|mdx|mdc|markdown)$|(?:^|\/)README[^/.]*$/i
/** Files that coding agents read as their orders, by the names that the agents look for. */
const AGENT_FILE =
  /(?:^|\/)(?:(?:CLAUDE|AGENTS?|GEMINI|CODEX|SKILL|QWEN|CONVENTIONS)(?:\.local)?\.md|copilot-instructions\.md|\.(?:cursor|windsurf|cline|roo)rules|\.goosehints|[^/]+\.mdc)$|(?:^|\/)\.(?:claude|cursor|windsurf|clinerules|roo|continue|codex|gemini|github\/(?:instructions|prompts|chatmodes|agents))\/.+\.(?:md|txt)$/i

/** Whether a file of this name holds the orders of an agent. */
function isAgentFile(name: string): boolean {
  return AGENT_FILE.test(name)
}

/** What a model card, a guide or a file of orders holds against its reader. Empty for other texts. */
export function documentParts(name: string, text: string): readonly DocumentPart[] {
  const isAgents = isAgentFile(name)
  if (!isAgents && !DOCUMENT.test(name)) return []
  const looked = text.slice(0, MAX_DOCUMENT_CHARS)
  const shown = withoutFences(looked)
  return [
    ...hiddenParts(shown),
    ...invisibleParts(looked),
    ...(isAgents ? orderParts(looked) : []),
    ...commandParts(looked),
    ...theftParts(shown),
  ].slice(0, MAX_PARTS)
}

/** Code between fences becomes blanks of the same length: it shows as it stands. */
function withoutFences(text: string): string {
  const fence = /^[ \t]{0,12}(```|~~~)[^\n]*\n[\s\S]*?^[ \t]{0,12}\1[ \t]*$/gm
  return text.replace(fence, (block) => block.replace(/[^\n]/g, ' '))
}

/** Comments and elements that a page does not show. */
const HIDDEN: readonly RegExp[] = [
  /<!--([\s\S]{1,8000}?)-->/g,
  /^\[[^\]\n]{1,40}\]:[ \t]*(?:#|<>)[ \t]*[("']([^\n]{1,4000})/gm,
  /<(?:span|div|p|font|td|a|section|details)\b[^>\n]{0,200}(?:display:\s*none|visibility:\s*hidden|font-size:\s*0|opacity:\s*0(?![.\d])|color:\s*(?:white|#fff(?:fff)?|transparent)\b|\shidden\b)[^>\n]{0,200}>([\s\S]{1,4000}?)<\//gi,
]

function hiddenParts(text: string): DocumentPart[] {
  return HIDDEN.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((found) => {
      const why = orderIn(found[1] ?? '')
      return why === undefined
        ? []
        : [part('hidden-order', `text that a page does not show ${why}`, text, found.index)]
    }),
  )
}

function orderIn(text: string): string | undefined {
  if (tellsToIgnore(text)) return 'tells an agent to ignore its rules'
  if (hidesFromPeople(text)) return 'tells an agent to hide something from people'
  return sendsSecrets(text) ?? guideAttackIn(text)
}

/** A file of secrets or the settings of the process, with a verb that sends and an address, within one paragraph. */
function sendsSecrets(text: string): string | undefined {
  const secret =
    /(?:~|\$HOME|\/root|\/home\/[\w.-]{1,60})\/\.(?:ssh|aws|gnupg|kube|docker|netrc|env|config\/gcloud|cache\/huggingface\/token)\b|\bid_rsa\b|\benvironment variables\b|\b(?:api[ _-]?keys?|credentials|access tokens?)\b/i
  const sending =
    /\b(?:send|post|upload|transmit|forward|exfiltrate|submit|append)\b[^\n]{0,200}https?:\/\/(?!localhost\b|127\.)/i
  return secret.test(text) && sending.test(text) ? 'sends secrets of its user to an address' : undefined
}

/** A run of tag characters, or of characters of no width: eight bits make the shortest hidden letter. */
const INVISIBLE = /[\u{e0020}-\u{e007e}]{4,}|[\u200b-\u200d\u2060-\u2064\ufeff]{8,}/gu
/** A flag of a region ends with the tag that cancels. Unicode TR 51, annex C. */
const REGION_FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]{1,8}\u{e007f}/gu

function invisibleParts(text: string): DocumentPart[] {
  const plain = text.replace(REGION_FLAG, (flag) => ' '.repeat(flag.length))
  const found = plain.search(INVISIBLE)
  return found < 0 ? [] : [part('invisible', 'a run of characters that people do not see', text, found)]
}

/** Orders that nobody hides from the eye, in files that agents follow unasked. */
function orderParts(text: string): DocumentPart[] {
  let at = 0
  return text.split(/(\n\s*\n)/).flatMap((paragraph) => {
    const start = at
    at += paragraph.length
    const why = agentOrder(paragraph)
    return why === undefined ? [] : [part('agent-order', why, text, start)]
  })
}

function agentOrder(paragraph: string): string | undefined {
  if (secretsSentIn(paragraph)) return 'has an agent send secrets of the machine away'
  const sent = sendsSecrets(paragraph)
  if (sent !== undefined && /~\/\.|\bid_rsa\b|\/\.(?:ssh|aws)\b/.test(paragraph))
    return `has an agent act: ${sent}`
  // Much is not to be told to users. Together with an address or a command it is what must not be seen.
  const reaches = /https?:\/\/|\b(?:curl|wget)\s|\b\d{1,3}(?:\.\d{1,3}){3}\b/.test(paragraph)
  return reaches && hidesFromPeople(paragraph)
    ? 'has an agent do something and hide it from the one it works for'
    : undefined
}

function commandParts(text: string): DocumentPart[] {
  let at = 0
  return text.split('\n').flatMap((line) => {
    const start = at
    at += line.length + 1
    if (
      !/curl|wget|base64|\/dev\/(?:tcp|udp)|\bnc\b|ncat|powershell|\biex\b|invoke-expression|mkfifo/i.test(
        line,
      )
    )
      return []
    const attack = guideAttackIn(line)
    return attack === undefined ? [] : [part('attack-command', `a command to copy ${attack}`, text, start)]
  })
}

function theftParts(text: string): DocumentPart[] {
  const found = pageTheftIn(text)
  return found === undefined ? [] : [part('page-theft', found.why, text, found.at)]
}

function part(deed: DocumentPart['deed'], why: string, text: string, at: number): DocumentPart {
  return { deed, why, text: text.slice(at, at + CONTEXT_CHARS), at }
}
