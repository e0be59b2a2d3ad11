import { createConnection, type Socket } from 'node:net'
import { SallyportError } from '../../ground/lang/index.ts'
import { readFrames, writeFrame } from './frames.ts'
import { type Call, type Ended, errorOf, HELLO_ID, type Hello, type Told } from './messages.ts'

/** A line to the process that holds a home. */
export interface Line {
  /** Functions among the arguments are told what they would be told there. @throws what it threw there */
  call(name: string, args: readonly unknown[]): Promise<unknown>
  close(): Promise<void>
}

interface Waiting {
  readonly done: (value: unknown) => void
  readonly fail: (cause: Error) => void
  readonly args: readonly unknown[]
}

/**
 * Calls the process that serves a home.
 * @returns undefined where nobody answers
 * @throws SallyportError `NOT_SUPPORTED` when it is another version
 */
export async function callLine(options: {
  readonly path: string
  readonly version: string
  readonly token?: string
}): Promise<Line | undefined> {
  const socket = await connect(options.path)
  if (socket === undefined) return undefined
  const waiting = new Map<number, Waiting>()
  listen(socket, waiting)
  let last = HELLO_ID
  const ask = (id: number, args: readonly unknown[], message: Hello | Call) =>
    new Promise<unknown>((done, fail) => {
      if (socket.destroyed) return fail(gone())
      waiting.set(id, { done, fail, args })
      writeFrame(socket, message)
    })
  const { version, token } = options
  const close = () => new Promise<void>((done) => void (socket.destroyed ? done() : socket.end(done)))
  await ask(HELLO_ID, [], { kind: 'hello', version, ...(token === undefined ? {} : { token }) }).catch(
    async (cause) => {
      await close()
      throw cause
    },
  )
  return {
    call: (name, args) => {
      last += 1
      const listeners = [...args.keys()].filter((at) => typeof args[at] === 'function')
      const sent = args.map((arg) => (typeof arg === 'function' ? undefined : arg))
      return ask(last, args, { kind: 'call', id: last, name, args: sent, listeners })
    },
    close,
  }
}

/** Undefined where there is no socket, or nobody listens any more. */
function connect(path: string): Promise<Socket | undefined> {
  return new Promise((done) => {
    const socket = createConnection(path)
    const failed = () => done(undefined)
    socket.once('error', failed)
    socket.once('connect', () => {
      socket.off('error', failed)
      // Information: what went wrong is told to whoever waits, when it closes.
      socket.on('error', () => undefined)
      done(socket)
    })
  })
}

function listen(socket: Socket, waiting: Map<number, Waiting>): void {
  readFrames(socket, (message) => {
    const said = message as Told | Ended
    const one = waiting.get(said.id)
    if (one === undefined) return
    if (said.kind === 'told') {
      const listener = one.args[said.listener]
      if (typeof listener === 'function') listener(...said.args)
      return
    }
    waiting.delete(said.id)
    if (said.kind === 'done') one.done(said.value)
    else one.fail(errorOf(said.failure))
  })
  socket.once('close', () => {
    for (const { fail } of waiting.values()) fail(gone())
    waiting.clear()
  })
}

function gone(): SallyportError {
  return new SallyportError(
    'ABORTED',
    'the server of this home went away before it had answered; what it had begun may be done or not: `sallyport models` shows',
  )
}
