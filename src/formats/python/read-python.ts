import { assignTarget } from './assign.ts'
import { applyCall } from './call.ts'
import { collapseSums } from './collapse-sums.ts'
import { evaluate } from './evaluate.ts'
import { followCall } from './follow-call.ts'
import { loadParser, type ParsePython } from './python-node.ts'
import type { LocalClass, PythonValue } from './python-value.ts'
import type { PythonView } from './python-view.ts'
import { MAX_STEPS, makeScope, noteProblem, type Run } from './scope.ts'
import { runBody } from './statements.ts'

/** Characters of one file that are parsed. The longest file of code seen in a model, ChatGLM with its kernels, has 2.6 million; parsing takes 0.15 s a million. */
const MAX_PYTHON_CHARS = 4 * 1024 * 1024

/**
 * Reads Python without running it: follows what happens on import, then every function as if somebody called it. Names are
 * resolved, constants are folded, texts given to exec are followed.
 */
export async function readPython(source: string): Promise<PythonView> {
  const parse = await loadParser()
  const text = collapseSums(asName(source.startsWith('\ufeff') ? ` ${source.slice(1)}` : source))
  const run = makeRun(parse, text.slice(0, MAX_PYTHON_CHARS))
  if (text.length > MAX_PYTHON_CHARS)
    noteProblem(run, 'cut', `only the first ${MAX_PYTHON_CHARS} characters were read`, MAX_PYTHON_CHARS)
  const { root, errorAt } = parse(run.text)
  if (errorAt !== undefined) noteProblem(run, 'syntax', 'it is not the Python that is known here', errorAt)
  runBody(run, run.module, root)
  followModuleHooks(run)
  followFunctions(run)
  return {
    events: [...run.events.values()],
    imports: run.imports,
    encoding: encodingOf(source),
    definitions: [...run.module.names]
      .filter(([, { kind }]) => kind === 'class' || kind === 'function')
      .map(([name]) => name),
    problems: run.problems,
  }
}

/** Whether the grammar fits a text from its beginning to its end. */
export async function isPython(text: string): Promise<boolean> {
  const parse = await loadParser()
  return text.length <= MAX_PYTHON_CHARS && parse(collapseSums(asName(text))).errorAt === undefined
}

/** To the grammar `print` is a word of Python 2. Where a text assigns to it, it is a name, here another of the same length. */
function asName(text: string): string {
  return /^[ \t]*print[ \t]*=(?!=)/m.test(text) ? text.replace(/\bprint\b/g, 'pr1nt') : text
}

/** The declared encoding stands in a comment of the first two lines, the second only when the first is empty or a comment. */
function encodingOf(text: string): string | undefined {
  for (const line of text.slice(0, 2000).split(/\r\n|\r|\n/, 2)) {
    const found = /^[\ufeff \t\f]*#[^\n]{0,500}?coding[:=][ \t]{0,50}([-\w.]{1,50})/.exec(line)
    if (found !== null) return found[1]?.toLowerCase().replaceAll('-', '_')
    if (!/^[\ufeff \t\f]*(?:#|$)/.test(line)) return undefined
  }
  return undefined
}

function makeRun(parse: ParsePython, text: string): Run {
  return {
    parse,
    text,
    events: new Map(),
    imports: [],
    problems: [],
    functions: [],
    classes: [],
    patches: new Map(),
    walks: new Map(),
    results: new Map(),
    module: makeScope(undefined),
    stepsLeft: MAX_STEPS,
    depth: 0,
    calls: 0,
    branches: 0,
    phase: 'import',
    root: '',
    within: '',
    generatedAt: undefined,
    generations: 0,
    acts: { evaluate, runBody, apply: applyCall, assign: assignTarget },
  }
}

/** A module's own __getattr__ and __dir__ run when somebody imports a name from it. */
function followModuleHooks(run: Run): void {
  for (const name of ['__getattr__', '__dir__']) {
    const hook = run.module.names.get(name)
    if (hook?.kind === 'function') followCall(run, hook.fn.key, { args: [], keywords: new Map() })
  }
}

/** What functions do once somebody calls them. Those found while walking are walked too. */
function followFunctions(run: Run): void {
  run.phase = 'later'
  for (let key = 0; key < run.functions.length && run.stepsLeft > 0; key++) {
    const fn = run.functions[key]
    if (fn === undefined) continue
    run.root = fn.qualifiedName
    const self = fn.owner === undefined || fn.binding === 'nothing' ? [] : [selfOf(fn.owner, fn.binding)]
    // Each function is walked as the root once, even when others have walked it before.
    run.walks.set(`${key} later`, 0)
    followCall(run, key, { args: self, keywords: new Map() })
  }
}

function selfOf(of: LocalClass, binding: 'self' | 'class'): PythonValue {
  return binding === 'self' ? { kind: 'instance', of, from: [] } : { kind: 'class', of, from: [] }
}
