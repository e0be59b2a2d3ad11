import { textOf } from '../../../formats/python/index.ts'
import { originMarks, sensitivePath, textsIn } from './call-groups.ts'
import type { Case, Judgement } from './case.ts'

/** Files, native code, hooks of the interpreter, and ways round its names. */
export function judgeReach(one: Case): Judgement | undefined {
  if (one.event.kind === 'assign') return judgeAssignment(one)
  switch (one.group) {
    case 'native':
      return judgeNative(one)
    case 'memory':
      return near(one, { level: 'malicious', what: `calls into the machine: ${one.name}` })
    case 'duplicate':
      return originMarks(one.event.args).network === undefined
        ? undefined
        : { level: 'malicious', what: `hands its input and output to another machine: ${one.name}` }
    case 'hook':
      return near(one, { level: 'suspicious', what: `changes how Python imports or runs: ${one.name}` })
    case 'write':
      return judgeWrite(
        one,
        [...(one.event.seed === undefined ? [] : [one.event.seed]), ...textsIn(one.event.args)].slice(0, 2),
      )
    default:
      return judgeOther(one)
  }
}

/** Full weight where it runs by itself, a note elsewhere. */
function near(one: Case, judgement: Judgement): Judgement {
  const isNear =
    one.moment === 'import'
      ? one.role === 'loaded' || judgement.level === 'malicious'
      : one.moment === 'loader'
  return isNear ? judgement : { ...judgement, level: 'note' }
}

function judgeNative(one: Case): Judgement {
  const [path] = textsIn(one.event.args)
  const what = `loads native code: ${one.name}${path === undefined ? '' : ` ${path}`}`
  const isOwn =
    path !== undefined &&
    /^\.{0,2}\/|^\w+\/|\.dll$/i.test(path) &&
    !/^\/usr\/|^\/opt\/|cuda|^lib\w+\.so/i.test(path)
  return one.moment === 'import' && one.role === 'loaded' && isOwn
    ? { level: 'suspicious', what }
    : { level: 'note', what }
}

function judgeOther(one: Case): Judgement | undefined {
  const { callee } = one.event
  if (/^object\.__(?:class|base|bases|mro)__.*__(?:subclasses|globals|import)__/.test(callee))
    return near(one, { level: 'malicious', what: `goes round Python's names: ${callee}` })
  if (/^(?:os|subprocess|builtins|sys\.modules)\.\?$/.test(callee))
    return near(one, {
      level: 'suspicious',
      what: `calls something of ${callee.slice(0, -2)} by a name that is not known`,
    })
  if (callee === 'open') return judgeOpen(one)
  return callee === 'importlib.import_module' ? judgeImport(one) : undefined
}

function judgeImport(one: Case): Judgement | undefined {
  const { marks, event } = one
  if (marks.network !== undefined)
    return near(one, { level: 'malicious', what: 'imports a module that it fetches' })
  const isHidden =
    event.isHidden && /^(?:os|posix|subprocess|socket|ctypes|pty|builtins)$/.test(textOf(event.args[0]) ?? '')
  return isHidden
    ? near(one, { level: 'suspicious', what: `hides the name of the module ${textOf(event.args[0])}` })
    : undefined
}

function judgeOpen(one: Case): Judgement | undefined {
  const { event } = one
  const mode = textOf(event.args[1]) ?? textOf(event.keywords.get('mode')) ?? 'r'
  const paths = textsIn(event.args.slice(0, 1))
  if (event.args[0]?.kind === 'name' && event.args[0].path === 'os.devnull') return undefined
  if (/[wax+]/.test(mode)) return judgeWrite(one, paths)
  const secret = paths.find((path) =>
    /\.ssh\/|\.aws\/|id_rsa|\/etc\/(?:passwd|shadow)|huggingface\/token|\.netrc|\.git-credentials|\/proc\/self\/environ|\.kube\/config/.test(
      path,
    ),
  )
  return secret === undefined ? undefined : near(one, { level: 'suspicious', what: `reads ${secret}` })
}

function judgeWrite(one: Case, paths: readonly string[]): Judgement | undefined {
  const place = sensitivePath(paths.filter((path) => path.length < 200))
  const what = `changes files: ${one.name}${paths[0] === undefined ? '' : ` ${paths[0]}`}`
  if (place !== undefined && one.role !== 'notebook') {
    const isNear = one.moment !== 'other'
    return { level: isNear ? 'malicious' : 'note', what: `changes ${place}: ${one.name}` }
  }
  const isOutside = paths.some(
    (path) =>
      /^(?:\/|~|[A-Z]:\\|\.\.\/)/.test(path) &&
      !/^\/(?:tmp|home\/user|app|var\/tmp|dev\/null|dev\/shm|content|kaggle|opt\/ml|data|workspace|mnt)\b/.test(
        path,
      ),
  )
  if (one.moment === 'import' && one.role === 'loaded')
    return { level: isOutside ? 'malicious' : 'suspicious', what }
  // What a model keeps beside itself has a place that somebody gave to it.
  const isFixed = one.event.args[0]?.kind === 'text'
  return {
    level: one.moment === 'loader' && one.role === 'loaded' && (isOutside || isFixed) ? 'suspicious' : 'note',
    what,
  }
}

/** Functions of Python that are replaced, so that others run what they did not mean to. */
function judgeAssignment(one: Case): Judgement | undefined {
  const { callee } = one.event
  const isBuiltin = /^(?:builtins|__builtins__)\.\w+$|^(?:open|print|exec|eval|__import__|input)$/.test(
    callee,
  )
  if (
    isBuiltin ||
    /^(?:sys\.meta_path|sys\.path_hooks|sys\.excepthook|sys\.displayhook|threading\.excepthook)(?:\[\])?$/.test(
      callee,
    )
  )
    return one.moment === 'import' && one.role === 'loaded'
      ? { level: 'suspicious', what: `replaces ${callee}` }
      : { level: 'note', what: `replaces ${callee}` }
  return undefined
}
