import { unlink } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { SallyportError } from '../../ground/lang/index.ts'
import { readFrames, writeFrame } from './frames.ts'
import { type Call, failureOf, HELLO_ID, type Hello, isCall, isHello, type Told } from './messages.ts'

/** Bytes of a socket's path that Linux takes, less the zero at its end; a longer one is cut off silently. */
const MAX_PATH_BYTES = 107
/** Callers at once: people and their scripts, of whom each waits for the one before. */
const MAX_CALLERS = 64
/** Milliseconds for the first message: the other end is a program on this machine. */
const HELLO_MS = 10_000
/** Only its owner may call. */
const PRIVATE_UMASK = 0o177

/** What a caller can do. */
export interface LineTarget {
  call(name: string, args: readonly unknown[]): Promise<unknown>
}

/** A line that is open. */
export interface ServedLine {
  /** No new calls; those that run are waited for. */
  close(): Promise<void>
}

/** How a line is served. */
export interface LineOptions {
  /** Of the socket. What stands there was left by a process that died: the caller holds the lock of the folder. */
  readonly path: string
  readonly version: string
  open(caller: { readonly token?: string }): Promise<LineTarget>
}

/**
 * Lets other processes of this user do what this one can, over a socket that only they can open.
 * @throws SallyportError `NOT_SUPPORTED` when the path is too long, `STORE_FAILED` when there can be no socket
 */
export async function serveLine(options: LineOptions): Promise<ServedLine> {
  const { path } = options
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw new SallyportError(
      'NOT_SUPPORTED',
      `the path ${path} is longer than the ${MAX_PATH_BYTES} bytes that a socket may have`,
    )
  await unlink(path).catch(() => undefined)
  const callers = new Set<{ readonly socket: Socket; readonly idle: () => Promise<unknown> }>()
  const server = createServer((socket) => {
    const running = new Set<Promise<unknown>>()
    const caller = { socket, idle: () => Promise.all(running) }
    callers.add(caller)
    socket.once('close', () => callers.delete(caller))
    answerCaller(socket, options, running)
  })
  server.maxConnections = MAX_CALLERS
  await listen(server, path)
  return {
    close: async () => {
      const closed = new Promise((done) => server.close(done))
      for (const { socket, idle } of callers) void idle().finally(() => socket.end())
      await closed
    },
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (cause) =>
      fail(new SallyportError('STORE_FAILED', `cannot open ${path}: ${cause.message}`, { cause })),
    )
    // Bound before this returns: nobody else can open it for even a moment.
    const before = process.umask(PRIVATE_UMASK)
    try {
      server.listen(path, done)
    } finally {
      process.umask(before)
    }
  })
}

/** Serves one caller until they go. What was begun is brought to its end without them. */
function answerCaller(socket: Socket, options: LineOptions, running: Set<Promise<unknown>>): void {
  let target: Promise<LineTarget> | undefined
  const timer = setTimeout(() => socket.destroy(), HELLO_MS)
  // Information: whoever went away needs no answer.
  socket.on('error', () => undefined)
  socket.once('close', () => clearTimeout(timer))
  const begin = (work: Promise<unknown>) => {
    const kept = work.finally(() => running.delete(kept))
    running.add(kept)
  }
  readFrames(socket, (message) => {
    if (target === undefined) {
      if (!isHello(message)) throw new SallyportError('BAD_INPUT', 'the caller did not say hello')
      clearTimeout(timer)
      target = welcome(options, message)
      begin(answer(socket, HELLO_ID, async () => void (await target)))
    } else if (isCall(message)) {
      const opened = target
      begin(answer(socket, message.id, async () => run(await opened, message, socket)))
    } else throw new SallyportError('BAD_INPUT', 'the caller says what is no call')
  })
}

async function welcome(options: LineOptions, { version, token }: Hello): Promise<LineTarget> {
  if (version !== options.version)
    throw new SallyportError(
      'NOT_SUPPORTED',
      `the server of this home is Sallyport ${options.version}, and this is ${version}: use the same, or stop the server first`,
    )
  return options.open(token === undefined ? {} : { token })
}

function run(target: LineTarget, call: Call, socket: Socket): Promise<unknown> {
  const args = [...call.args]
  for (const listener of call.listeners)
    args[listener] = (...told: unknown[]) =>
      writeFrame(socket, { kind: 'told', id: call.id, listener, args: told } satisfies Told)
  return target.call(call.name, args)
}

/** Never fails: how it ended is the answer. */
async function answer(socket: Socket, id: number, work: () => Promise<unknown>): Promise<void> {
  try {
    writeFrame(socket, { kind: 'done', id, value: await work() })
  } catch (cause) {
    writeFrame(socket, { kind: 'failed', id, failure: failureOf(cause) })
  }
}
