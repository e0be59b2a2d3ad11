import type { PythonNode } from './python-node.ts'
import { nameValue } from './python-value.ts'
import { bind, type Run, type Scope } from './scope.ts'

/** Imports noted of one text. */
const MAX_IMPORTS = 5000

interface Imported {
  readonly path: string
  readonly as: string | undefined
}

/** `import a.b as c`, `from a import b as c`, `from . import *`. */
export function readImport(run: Run, scope: Scope, node: PythonNode): void {
  const importAt = node.children.findIndex(({ name }) => name === 'import')
  const imported = namesOf(run, node.children.slice(importAt + 1))
  if (node.children[0]?.name === 'from') {
    const module = joined(run, node.children.slice(1, importAt))
    for (const one of imported) importFrom(run, scope, { node, module, ...one })
    return
  }
  for (const { path, as } of imported) {
    note(run, node, { module: path, name: undefined })
    const local = path.split('.')[0] ?? path
    bind(run, scope, as ?? local, nameValue(as === undefined ? local : path))
  }
}

function importFrom(
  run: Run,
  scope: Scope,
  { node, module, path, as }: Imported & { readonly node: PythonNode; readonly module: string },
): void {
  note(run, node, { module, name: path })
  if (path === '*') scope.stars.push(module)
  else
    bind(run, scope, as ?? path, nameValue(module.endsWith('.') ? `${module}${path}` : `${module}.${path}`))
}

function note(run: Run, node: PythonNode, named: { module: string; name: string | undefined }): void {
  if (run.imports.length < MAX_IMPORTS)
    run.imports.push({ ...named, offset: run.generatedAt ?? node.from, phase: run.phase })
}

function joined(run: Run, nodes: readonly PythonNode[]): string {
  return nodes.map(({ from, to }) => run.text.slice(from, to)).join('')
}

function namesOf(run: Run, nodes: readonly PythonNode[]): readonly Imported[] {
  const result: Imported[] = []
  let path = ''
  let as: string | undefined
  let isAs = false
  const flush = (): void => {
    if (path !== '') result.push({ path, as })
    path = ''
    as = undefined
    isAs = false
  }
  for (const node of nodes) {
    if (node.name === ',') flush()
    else if (node.name === 'as') isAs = true
    else if (isAs) as = run.text.slice(node.from, node.to)
    else path += run.text.slice(node.from, node.to)
  }
  flush()
  return result
}
