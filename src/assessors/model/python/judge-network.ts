import { type PythonValue, prefixOf } from '../../../formats/python/index.ts'
import { collectorIn, originMarks, PYTHON_LISTS, sensitivePath, textsIn } from './call-groups.ts'
import type { Case, Judgement } from './case.ts'
import { asksThisMachine } from './this-machine.ts'

/** Arguments that carry a credential to the one it is for. */
const CREDENTIALS = new Set(['headers', 'auth', 'cookies', 'cert', 'proxies', 'verify', 'timeout', 'token'])

/** Services that models call openly. */
const SERVICES =
  /^https?:\/\/(?:[\w-]+\.)*(?:huggingface\.co|huggingface\.cloud|hf\.co|hf\.space|openai\.com|anthropic\.com|googleapis\.com|azure\.com|amazonaws\.com|cohere\.ai|mistral\.ai|localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?\//

/** A request to a service of the machine itself: nothing leaves it. A redirection could lead away, but not what is sent by POST. */
function isOfThisMachine({ event, group }: Case): boolean {
  return (group === 'send' || group === 'fetch') && asksThisMachine(event)
}

/** Whatever reaches other machines. */
export function judgeNetwork(one: Case): Judgement | undefined {
  const { event, group, moment, name } = one
  const payload = payloadOf(one)
  const texts = textsIn(payload)
  const shown = `${name}${texts[0] === undefined ? '' : `: ${texts[0]}`}`
  const isNear = moment !== 'other'
  // A module that asks at once whoever imports it is judged all the same: what listens there is not its own.
  if (!(moment === 'import' && one.role === 'loaded') && isOfThisMachine(one))
    return { level: 'note', what: `asks a service of this machine: ${shown}` }
  const stolen = theft(one, payload, shown)
  if (stolen !== undefined) return stolen
  const collector = collectorIn(texts)
  if (collector !== undefined)
    return {
      level: isNear ? 'malicious' : 'suspicious',
      what: `reaches a place that collects data: ${shown}`,
    }
  if (event.isHidden && isNear)
    return { level: 'malicious', what: `hides that it reaches ${shown}`, isHiding: true }
  if (group === 'remote') return remote(one, texts)
  if (moment === 'import') return onImport(one, shown)
  const what = moment === 'loader' ? fixedPlace(one, texts) : undefined
  if (what !== undefined) return { level: 'suspicious', what: `${what}: ${shown}` }
  return { level: 'note', what: `uses the network: ${shown}` }
}

/** What is done with a place that is written down, where that is more than asking a service. */
function fixedPlace(one: Case, texts: readonly string[]): string | undefined {
  const { group } = one
  if (group === 'connect' && isFixed(one)) return 'connects to a fixed machine'
  if (group === 'send' && texts.some((text) => /^https?:\/\//.test(text) && !SERVICES.test(text)))
    return 'sends data to a fixed address'
  return texts.some((text) => BARE_ADDRESS.test(text)) ? 'reaches a fixed machine' : undefined
}

/** A public machine by its number: services of models have names. */
const BARE_ADDRESS =
  /^(?:https?|ftp):\/\/(?!127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}(?:[:/]|$)/

function theft(one: Case, payload: readonly PythonValue[], shown: string): Judgement | undefined {
  const stolen = stolenBy(one, payload)
  if (stolen === undefined) return undefined
  const what = `sends ${stolen.what} away: ${shown}`
  const isNear = one.moment !== 'other'
  if (isNear && (stolen.isClear || one.moment === 'import')) return { level: 'malicious', what }
  if (isNear) return { level: 'suspicious', what }
  return stolen.what.startsWith('all settings') ? { level: 'suspicious', what } : undefined
}

function onImport({ role, group }: Case, shown: string): Judgement {
  if (role !== 'loaded')
    return { level: group === 'connect' ? 'suspicious' : 'note', what: `uses the network: ${shown}` }
  return { level: 'malicious', what: `uses the network: ${shown}` }
}

function remote(one: Case, texts: readonly string[]): Judgement {
  const owner = texts[0]?.split('/')[0] ?? ''
  const what = `runs code of another repository: ${one.name}${texts[0] === undefined ? '' : ` ${texts[0]}`}`
  const isKnown = PYTHON_LISTS.hubOwners.includes(owner.toLowerCase())
  const isFixed = texts[0]?.includes('/') === true
  return {
    level: isFixed && !isKnown && one.moment !== 'other' && one.role === 'loaded' ? 'suspicious' : 'note',
    what,
  }
}

/** An address that is written down, and is not this machine. */
function isFixed({ event }: Case): boolean {
  const texts = textsIn(event.args)
  return (
    texts.length > 0 &&
    !texts.some((text) => /^(?:localhost|127\.|0\.0\.0\.0|8\.8\.8\.8|)$|^127\./.test(text))
  )
}

function payloadOf({ event }: Case): readonly PythonValue[] {
  const named = [...event.keywords].filter(([key]) => !CREDENTIALS.has(key)).map(([, value]) => value)
  return [...event.args, ...named]
}

interface Stolen {
  readonly what: string
  /** Nothing but theft sends this. */
  readonly isClear: boolean
}

const CLEAR =
  /environ\.(?:\w*(?:PASSWORD|SECRET|CREDENTIAL)|HF_|HUGGING|AWS_|GITHUB|GH_|SSH|AZURE|GOOGLE_APP|KAGGLE|WANDB|NPM|PYPI|DOCKER)|get_token|HfFolder|^(?:pwd|keyring|netrc)\./

/** Secrets in what is sent. An address or a part of it that comes from the settings is none, unless the machine is fixed. */
function stolenBy({ event, group }: Case, payload: readonly PythonValue[]): Stolen | undefined {
  for (const value of payload) {
    const isFirst = value === event.args[0] || value === event.keywords.get('url')
    // A request carries what it sends beside its address.
    const isAddress = isFirst && !(value.kind === 'name' && /(?:^|\.)Request\(\)$/.test(value.path))
    if (isAddress && !/^\w+:\/\/[^/?]+[/?]/.test(prefixOf(value)) && group !== 'connect') continue
    const found = secretIn(value, isAddress)
    if (found !== undefined) return found
  }
  return undefined
}

function secretIn(value: PythonValue, isAddress: boolean): Stolen | undefined {
  if (isWholeEnvironment(value)) return { what: 'all settings of the process', isClear: true }
  const { secret } = originMarks([value])
  const isSetting = value.kind === 'name' && value.path.startsWith('os.environ.')
  if (secret !== undefined && !(isSetting && isAddress))
    return { what: `what ${secret} gives`, isClear: CLEAR.test(secret) || (isAddress && !isSetting) }
  const path = sensitivePath(textsIn([value]))
  return path !== undefined && /^[/~.]/.test(path) ? { what: path, isClear: true } : undefined
}

function isWholeEnvironment(value: PythonValue, depth = 3): boolean {
  if (value.from.includes('os.environ') || (value.kind === 'name' && value.path === 'os.environ')) return true
  if (depth <= 0) return false
  const parts =
    value.kind === 'dict' ? value.entries.map(([, item]) => item) : value.kind === 'list' ? value.items : []
  return parts.some((part) => isWholeEnvironment(part, depth - 1))
}
