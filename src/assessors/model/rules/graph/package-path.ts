import { pathEscape } from '../../path-escape.ts'
import { type Example, example, type ModelRule } from '../../rule.ts'

export const coreMlPackagePath: ModelRule = {
  id: 'coreml/package-path',
  severity: 'high',
  verdict: 'malicious',
  title: 'A package of Core ML lists files outside of itself',
  source: 'https://apple.github.io/coremltools/docs-guides/source/convert-to-ml-program.html',
  taxonomy: ['CWE-22', 'AML.T0011.000'],
  why: 'Manifest.json of an .mlpackage says where its parts stand. A path that leads out makes tools read, copy or replace other files.',
  remedy: 'Do not open the package.',
  examples: {
    fires: [manifest('../../../etc/passwd'), manifest('/etc/passwd')],
    silent: [manifest('com.apple.CoreML/model.mlmodel')],
  },
  check: (subject) =>
    subject.kind === 'text' && /(^|\/)Manifest\.json$/i.test(subject.name)
      ? pathsOf(subject.text).flatMap((path) => {
          const reason = pathEscape(path)
          return reason === undefined
            ? []
            : [{ key: path, message: `the path ${JSON.stringify(path.slice(0, 200))}; ${reason}` }]
        })
      : [],
}

/** A manifest with one item, for examples (synthetic: as coremltools writes it). */
function manifest(path: string): Example {
  const itemInfoEntries = { A: { author: 'com.apple.CoreML', name: 'model.mlmodel', path } }
  return example(
    'Manifest.json',
    JSON.stringify({ fileFormatVersion: '1.0.0', itemInfoEntries, rootModelIdentifier: 'A' }),
  )
}

/** Paths of the items, up to a number that no package reaches. */
function pathsOf(text: string): string[] {
  if (!text.includes('itemInfoEntries')) return []
  return [...text.matchAll(/"path"\s{0,10}:\s{0,10}("(?:[^"\\]|\\.){0,4096}")/g)]
    .slice(0, 1000)
    .flatMap(([, literal]) => parsed(literal ?? '') ?? [])
}

function parsed(literal: string): string | undefined {
  try {
    return String(JSON.parse(literal))
  } catch {
    return undefined // Information: the manifest is no JSON, and no tool takes it.
  }
}
