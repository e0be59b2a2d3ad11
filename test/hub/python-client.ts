import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Why Python's clients of hubs cannot be run here; undefined when they can. */
export const whyNoPythonHub =
  process.env.SALLYPORT_PYTHON_HUB === undefined
    ? 'SALLYPORT_PYTHON_HUB does not name the clients: see test/interop/get-python-hub.sh'
    : undefined

/** What one deed came to. */
export interface Told {
  readonly ok?: Readonly<Record<string, unknown>>
  readonly error?: string
  readonly message?: string
  readonly cause?: string
  /** Whether the client has noted that a file does not exist, and will not ask for it again. */
  readonly noExist: boolean
}

/** A deed of Python's own clients in a process of its own, as a user's script would do it. */
export async function askPython(wish: {
  readonly deed: 'file' | 'snapshot' | 'kserve' | 'templates' | 'info' | 'whoami' | 'tokenizer'
  readonly endpoint: string
  /** Folder of the client's cache. */
  readonly home: string
  readonly repo?: string
  readonly file?: string
  readonly revision?: string
  readonly type?: 'dataset' | 'space'
  readonly dir?: string
  readonly token?: string
}): Promise<Told> {
  const { HF_TOKEN: _token, HF_ENDPOINT: _endpoint, ...rest } = process.env
  const { stdout } = await promisify(execFile)(
    '/usr/bin/python3',
    [fileURLToPath(new URL('client.py', import.meta.url)), JSON.stringify(wish)],
    {
      env: { ...rest, PYTHONPATH: process.env.SALLYPORT_PYTHON_HUB, PYTHONDONTWRITEBYTECODE: '1' },
      timeout: 120_000,
      maxBuffer: 1 << 24,
    },
  )
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told
}
