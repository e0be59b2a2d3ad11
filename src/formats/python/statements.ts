import { assignStatement, assignTarget, updateStatement } from './assign.ts'
import { assignTargets } from './assign-targets.ts'
import { decorated, defineClass, defineFunction } from './definitions.ts'
import { type PythonNode, splitByComma } from './python-node.ts'
import { itemsOf, listValue, originsOf, type PythonValue, UNKNOWN, unknownFrom } from './python-value.ts'
import { readImport } from './read-import.ts'
import { bind, lookUp, MAX_NESTING, noteProblem, type Run, type Scope, spend } from './scope.ts'

type Statement = (run: Run, scope: Scope, node: PythonNode) => void

const STATEMENTS: Readonly<Record<string, Statement>> = {
  ImportStatement: readImport,
  AssignStatement: assignStatement,
  UpdateStatement: updateStatement,
  FunctionDefinition: (run, scope, node) => defineFunction(run, scope, node, []),
  ClassDefinition: (run, scope, node) => void defineClass(run, scope, node),
  DecoratedStatement: decorated,
  IfStatement: ifStatement,
  ForStatement: forStatement,
  WhileStatement: (run, scope, node) => inBranch(run, () => runParts(run, scope, node)),
  TryStatement: tryStatement,
  WithStatement: withStatement,
  MatchStatement: (run, scope, node) => inBranch(run, () => runParts(run, scope, node)),
  ReturnStatement: (run, scope, node) => {
    const parts = splitByComma(node.children.slice(1)).map((part) =>
      run.acts.evaluate(run, scope, part.at(-1)),
    )
    if (scope.returned.length < 20)
      scope.returned.push(parts.length === 1 ? (parts[0] ?? UNKNOWN) : listValue(parts))
  },
  ScopeStatement: (run, scope, node) => {
    for (const name of node.children.filter((one) => one.name === 'VariableName'))
      scope.declaredGlobal.add(run.text.slice(name.from, name.to))
  },
}

/** Walks the statements of a body in order. */
export function runBody(run: Run, scope: Scope, node: PythonNode | undefined): void {
  if (node === undefined) return
  if (run.depth >= MAX_NESTING) {
    noteProblem(run, 'depth', `blocks are nested deeper than ${MAX_NESTING}`, node.from)
    return
  }
  run.depth++
  try {
    for (const child of node.children) runStatement(run, scope, child)
  } finally {
    run.depth--
  }
}

function runStatement(run: Run, scope: Scope, node: PythonNode): void {
  if (!spend(run, node.from)) return
  const known = STATEMENTS[node.name]
  if (known !== undefined) known(run, scope, node)
  else if (node.name === 'StatementGroup' || node.name === 'Body') runBody(run, scope, node)
  else runParts(run, scope, node)
}

/** For statements of no own meaning here: their expressions in order, and their blocks. */
function runParts(run: Run, scope: Scope, node: PythonNode): void {
  for (const child of node.children)
    if (child.name === 'Body' || child.name === 'MatchBody' || child.name === 'MatchClause')
      runBodyOrParts(run, scope, child)
    else run.acts.evaluate(run, scope, child)
}

function runBodyOrParts(run: Run, scope: Scope, node: PythonNode): void {
  if (node.name === 'Body') {
    runBody(run, scope, node)
    return
  }
  for (const child of node.children)
    if (child.name === 'Body') runBody(run, scope, child)
    else if (child.name === 'MatchClause') runBodyOrParts(run, scope, child)
    else if (child.name === 'Guard') run.acts.evaluate(run, scope, child)
}

function inBranch(run: Run, walk: () => void): void {
  run.branches++
  walk()
  run.branches--
}

function isMainTest(run: Run, scope: Scope, node: PythonNode | undefined): boolean {
  if (node === undefined || lookUp(scope, '__name__') !== undefined) return false
  const text = run.text.slice(node.from, node.to).replace(/\s/g, '')
  return /^\(?(?:__name__==(["'])__main__\1|(["'])__main__\2==__name__)\)?$/.test(text)
}

function ifStatement(run: Run, scope: Scope, node: PythonNode): void {
  let test: PythonNode | undefined
  run.branches++
  for (const child of node.children) {
    if (child.name === 'Body') {
      const { phase } = run
      if (phase === 'import' && isMainTest(run, scope, test)) run.phase = 'main'
      runBody(run, scope, child)
      run.phase = phase
      test = undefined
    } else if (!/^(?:if|elif|else)$/.test(child.name)) {
      test = child
      run.acts.evaluate(run, scope, child)
    }
  }
  run.branches--
}

/** Rounds of a loop over known values that are followed. */
const MAX_ROUNDS = 2048

function forStatement(run: Run, scope: Scope, node: PythonNode): void {
  const start = node.children.findIndex(({ name }) => name === 'for')
  const inAt = node.children.findIndex(({ name }) => name === 'in')
  const bodies = node.children.filter(({ name }) => name === 'Body')
  const targets = splitByComma(node.children.slice(start + 1, inAt))
  const sources = splitByComma(
    node.children.slice(inAt + 1).filter(({ name }) => name !== 'Body' && name !== 'else'),
  )
  const values = sources.map((part) => run.acts.evaluate(run, scope, part.at(-1)))
  const source = values.length === 1 ? (values[0] ?? UNKNOWN) : listValue(values)
  const items = itemsOf(source)
  const isKnown =
    items !== undefined && items.length > 0 && items.length <= MAX_ROUNDS && bodies[0] !== undefined
  // Rounds over anything but short texts and numbers seldom make a text: one round is enough.
  const rounds =
    isKnown && items.every((item) => 'value' in item || item.kind === 'list') ? items : items?.slice(0, 4)
  for (const item of rounds === undefined || rounds.length === 0
    ? [unknownFrom(originsOf(source))]
    : rounds) {
    if (run.stepsLeft <= 0) return
    assignTargets(run, scope, targets, item)
    runBody(run, scope, bodies[0])
  }
  for (const body of bodies.slice(1)) runBody(run, scope, body)
}

function tryStatement(run: Run, scope: Scope, node: PythonNode): void {
  run.branches++
  let isAfterAs = false
  for (const child of node.children) {
    if (child.name === 'Body') runBody(run, scope, child)
    else if (isAfterAs) bind(run, scope, run.text.slice(child.from, child.to), UNKNOWN)
    else if (!/^(?:try|except|else|finally|as|\*)$/.test(child.name)) run.acts.evaluate(run, scope, child)
    isAfterAs = child.name === 'as'
  }
  run.branches--
}

function withStatement(run: Run, scope: Scope, node: PythonNode): void {
  let value: PythonValue = UNKNOWN
  let isAfterAs = false
  for (const child of node.children) {
    if (child.name === 'Body') runBody(run, scope, child)
    else if (isAfterAs) assignTarget(run, scope, child, value)
    else if (!/^(?:with|async|as|,)$/.test(child.name)) value = run.acts.evaluate(run, scope, child)
    isAfterAs = child.name === 'as'
  }
}
