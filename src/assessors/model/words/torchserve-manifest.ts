import type { ImportPolicy } from '../import-policy.ts'
import type { ConfigPart } from '../subjects/config-subject.ts'
import type { Place, Walk } from '../walk-report.ts'
import { calleeRole } from './callee-role.ts'

/** Handlers that TorchServe brings. https://pytorch.org/serve/default_handlers.html */
const DEFAULT_HANDLERS = new Set([
  'image_classifier',
  'image_segmenter',
  'object_detector',
  'text_classifier',
  'text_handler',
  'base_handler',
  'vision_handler',
  'dali_image_classifier',
  'request_envelope',
])

/** What the manifest of a TorchServe archive has the server load from outside the archive. The other members were walked before. */
export function manifestParts(walk: Walk, place: Place, root: unknown): readonly ConfigPart[] {
  if (!/(?:^|\/)MAR-INF\/MANIFEST\.json$/i.test(place.members.at(-1) ?? '')) return []
  const outer = place.members.slice(0, -1)
  const beside = walk.coverage
    .map(({ members = [] }) => members)
    .filter((members) => members.length > outer.length && outer.every((name, i) => members[i] === name))
    .map((members) => members[outer.length] ?? '')
  const model = fieldOf(root, 'model')
  const handler = fieldOf(model, 'handler')
  const parts: ConfigPart[] = []
  if (typeof handler === 'string') {
    const [file = '', entry] = handler.split(':', 2)
    const isOwn =
      /^[\w-]+(?:\.py)?$/.test(file) && !isForeign(walk.policy, file, entry) && isThere(file, beside)
    if (!isOwn)
      parts.push({
        deed: 'foreign-handler',
        path: 'model.handler',
        why: `the handler ${handler} is not a file of the archive`,
        text: handler,
      })
  }
  for (const key of ['serializedFile', 'modelFile', 'requirementsFile', 'configFile']) {
    const file = fieldOf(model, key)
    if (typeof file === 'string' && /^[/\\]|^[a-zA-Z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|^\w+:\/\//.test(file))
      parts.push({
        deed: 'foreign-handler',
        path: `model.${key}`,
        why: `${key} ${file} is not a file of the archive`,
        text: file,
      })
  }
  return parts
}

/** The handler as a member; names are compared as Python imports them, without folders. */
function isThere(file: string, beside: readonly string[]): boolean {
  if (DEFAULT_HANDLERS.has(file)) return true
  const name = file.endsWith('.py') ? file : `${file}.py`
  return beside.some((member) => member === name || member.endsWith(`/${name}`))
}

/** A handler without `.py` is a module of Python: TorchServe's own, or any other that can be imported. */
function isForeign(policy: ImportPolicy, file: string, entry: string | undefined): boolean {
  if (file.endsWith('.py') || DEFAULT_HANDLERS.has(file)) return false
  return calleeRole(policy, `${file}.${entry ?? 'handle'}`) === 'active'
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}
