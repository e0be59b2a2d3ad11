import type { YamlView } from '../../../formats/yaml/index.ts'
import type { ImportPolicy } from '../import-policy.ts'
import type { ConfigPart } from '../subjects/config-subject.ts'
import { calleeRole } from './callee-role.ts'

const MAX_PARTS = 50

/** Tags of PyYAML that make a plain value. https://pyyaml.org/wiki/PyYAMLDocumentation#yaml-tags-and-python-types */
const PLAIN = /^python\/(?:none|bool|bytes|str|unicode|int|long|float|complex|list|tuple|dict)$/
/** Tags that name Python: PyYAML, and HyperPyYAML of SpeechBrain. */
const NAMING =
  /^(?:python\/(object\/apply|object\/new|object|name|module):|!(new|apply|name|module):)(.{1,300})$/

/** Tags of a YAML text that have a loader make Python objects. */
export function tagParts(view: YamlView, policy: ImportPolicy): readonly ConfigPart[] {
  const parts: ConfigPart[] = []
  for (const { tag, line, at } of view.tags) {
    if (parts.length >= MAX_PARTS) break
    const short = tag.replace(/^tag:yaml\.org,2002:/, '')
    const found = NAMING.exec(short)
    if (found === null || PLAIN.test(short)) continue
    const callee = decodeURIComponentSafely(found[3] ?? '')
    const deed = deedOf(policy, found[1] ?? found[2] ?? '', callee)
    if (deed !== undefined) parts.push({ deed, path: line, why: `holds ${short}`, text: line, at })
  }
  return parts
}

function deedOf(policy: ImportPolicy, how: string, callee: string): ConfigPart['deed'] | undefined {
  const role = how === 'module' ? calleeRole(policy, `${callee}.any`) : calleeRole(policy, callee)
  if (role === 'inert') return undefined
  // A name or module that is only read runs nothing but its import.
  if (how === 'name' || how === 'module') return role === 'active' ? 'unknown-tag' : undefined
  return role === 'active' ? 'active-tag' : 'unknown-tag'
}

/** Tags may be written as URIs are: `%6f%73.system`. */
function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // Information: it is written as it is meant.
  }
}
