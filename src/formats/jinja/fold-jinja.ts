import { itemsOf } from './fold-call.ts'
import { foldExpression } from './fold-expression.ts'
import { foldFilter } from './fold-filter.ts'
import { MAX_FOLDED_CHARS } from './fold-text.ts'
import { Folding } from './folding.ts'
import { type Guess, isDict, known, open, textOf, traitsOf } from './guess.ts'
import type { BlockStatement, Expression, JinjaView, Parameter, Statement, Target } from './jinja-ast.ts'
import type { Sight } from './sight.ts'
import { armTriggers, wordsOf } from './triggers.ts'

/** Turns of a loop over constants that are followed. */
const MAX_TURNS = 300

/** What a template does, found by following its constants; nothing is rendered and every loop is bounded. */
export function foldJinja(view: JinjaView): readonly Sight[] {
  const folding = new Folding(render)
  folding.render(view.statements)
  return folding.sights
}

/** The text that statements write, where it is known. */
function render(folding: Folding, body: readonly Statement[]): Guess {
  const parts: Guess[] = []
  for (const statement of body) {
    if (!folding.step(statement.at)) break
    const written = folding.nest(statement.at, () => foldStatement(folding, statement), undefined)
    if (written !== undefined) parts.push(written)
  }
  return joinParts(parts)
}

/** Pieces of output as one text. */
function joinParts(parts: readonly Guess[]): Guess {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0]
  const texts = parts.map((part) =>
    part.values.length === 1 && !part.isOpen ? textOf(part.values[0]) : undefined,
  )
  const isKnown = texts.every((text) => text !== undefined)
  const text = isKnown ? texts.join('') : ''
  const traits = traitsOf(parts)
  if (isKnown && text.length <= MAX_FOLDED_CHARS) return { ...known(text), triggers: traits.triggers ?? [] }
  const hasConstant = texts.some((part) => part !== undefined && part.trim() !== '')
  return open('', { ...traits, isBuilt: traits.isBuilt === true || hasConstant })
}

function foldStatement(folding: Folding, statement: Statement): Guess | undefined {
  const fold = (node: Expression): Guess => foldExpression(folding, node)
  switch (statement.kind) {
    case 'text':
      folding.write(statement.text, statement.at)
      return known(statement.text)
    case 'output': {
      const value = fold(statement.value)
      folding.writeValues(value.values, statement.at)
      return value
    }
    case 'effect':
      fold(statement.value)
      return undefined
    case 'set':
      assignTarget(folding, statement.target, fold(statement.value))
      return undefined
    case 'if':
      return foldIf(folding, statement)
    case 'for':
      return foldFor(folding, statement)
    case 'inclusion': {
      const words = wordsOf(folding.ask(() => fold(statement.value)))
      folding.see({ kind: 'inclusion', tag: statement.tag, words, at: statement.at })
      return undefined
    }
    case 'jump':
      return undefined
    case 'capture':
    case 'macro':
    case 'call-block':
    case 'filter-block':
    case 'with':
    case 'group':
      return foldBlock(folding, statement)
  }
}

function foldBlock(folding: Folding, statement: BlockStatement): Guess | undefined {
  const fold = (node: Expression): Guess => foldExpression(folding, node)
  switch (statement.kind) {
    case 'capture': {
      const body = folding.inScope(() => folding.render(statement.body))
      assignTarget(folding, statement.target, filtered(folding, statement.filter, body))
      return undefined
    }
    case 'macro':
      folding.macros.set(statement.name, statement)
      // Its body is looked at even when nobody calls it: another template may.
      folding.maybe(() => runBody(folding, statement.parameters, statement.body))
      return undefined
    case 'call-block':
      folding.maybe(() => runBody(folding, statement.parameters, statement.body))
      return fold(statement.call)
    case 'filter-block':
      return filtered(
        folding,
        statement.filter,
        folding.inScope(() => folding.render(statement.body)),
      )
    case 'with':
      return folding.inScope(() => {
        for (const [target, value] of statement.targets) assignTarget(folding, target, fold(value))
        return folding.render(statement.body)
      })
    case 'group':
      if (statement.value !== undefined) fold(statement.value)
      return folding.inScope(() => folding.render(statement.body))
  }
}

function runBody(folding: Folding, parameters: readonly Parameter[], body: readonly Statement[]): void {
  folding.inScope(() => {
    for (const { name, fallback } of parameters) {
      const value =
        fallback === undefined ? open(name) : { ...foldExpression(folding, fallback), isOpen: true }
      folding.assign(name, value)
    }
    folding.render(body)
  })
}

/** A row of filters over a block: the innermost stands over the text of the block. */
function filtered(folding: Folding, filter: Expression | undefined, body: Guess): Guess {
  if (filter?.kind !== 'filter') return body
  const of = filter.of === undefined ? body : filtered(folding, filter.of, body)
  const positional = filter.args.positional.map(({ value }) => foldExpression(folding, value))
  const named = new Map(filter.args.named.map(([name, value]) => [name, foldExpression(folding, value)]))
  return foldFilter(folding, {
    of,
    name: filter.name,
    args: { positional, named, isPlain: true },
    at: filter.at,
  })
}

function assignTarget(folding: Folding, target: Target, value: Guess): void {
  const items = target.length === 1 ? [value] : itemsOf(value)
  for (const [i, one] of target.entries())
    assignOne(
      folding,
      one,
      items?.[i] ?? open(value.path, { isContent: value.isContent, isBuilt: value.isBuilt }),
    )
}

function assignOne(folding: Folding, { name, attribute }: Target[number], value: Guess): void {
  if (attribute === undefined) folding.assign(name, value)
  else
    for (const plain of folding.lookUp(name)?.values ?? [])
      if (isDict(plain)) folding.assignInto(plain.entries, attribute, value)
}

function foldIf(folding: Folding, statement: Extract<Statement, { kind: 'if' }>): Guess | undefined {
  const test = folding.ask(() => foldExpression(folding, statement.test))
  const isCertain = !test.isOpen && test.values.length === 1 && typeof test.values[0] === 'boolean'
  if (isCertain) return folding.render(test.values[0] === true ? statement.yes : statement.no)
  const written: Guess[] = []
  folding.maybe(() => written.push(folding.render(statement.yes)), armTriggers(test, false))
  if (statement.no.length > 0)
    folding.maybe(() => written.push(folding.render(statement.no)), armTriggers(test, true))
  const some = written.filter((guess) => guess.values.length > 0 && guess.values[0] !== '')
  return written.length === 0 ? undefined : open('', { ...traitsOf(written), isBuilt: some.length > 0 })
}

function foldFor(folding: Folding, statement: Extract<Statement, { kind: 'for' }>): Guess | undefined {
  const over = foldExpression(folding, statement.over)
  const items = itemsOf(over)
  const written: Guess[] = []
  const turn = (item: Guess): void => {
    folding.inScope(() => {
      folding.assign('loop', open('loop'))
      assignTarget(folding, statement.target, item)
      const test = statement.test
      const triggers =
        test === undefined
          ? []
          : armTriggers(
              folding.ask(() => foldExpression(folding, test)),
              false,
            )
      const turns = items?.length ?? over.least ?? 1
      written.push(
        folding.under(triggers, () =>
          folding.loop(turns, statement.at, () => folding.render(statement.body)),
        ),
      )
    })
  }
  if (items !== undefined && items.length <= MAX_TURNS && statement.test === undefined) {
    for (const item of items) {
      if (!folding.step(statement.at)) break
      turn(item)
    }
  } else {
    const { path, isContent, isBuilt } = over
    folding.maybe(() => turn(open(`${path}[]`, { isContent, isBuilt })))
    written.push(open(''))
  }
  if (statement.otherwise.length > 0) folding.maybe(() => written.push(folding.render(statement.otherwise)))
  return joinParts(written)
}
