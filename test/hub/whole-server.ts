import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The program itself, with its own scanner and policy, before a hub. */
export interface WholeServer {
  readonly url: string
  close(): Promise<void>
}

/** Starts `sallyport up` on a home of its own. @param env settings beside the hub's */
export async function startWholeServer(
  home: string,
  hub: string,
  env: Readonly<Record<string, string>> = {},
): Promise<WholeServer> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../src/main.ts', import.meta.url)), 'up'],
    {
      env: {
        ...process.env,
        ...{
          SALLYPORT_HOME: home,
          SALLYPORT_HUB_UPSTREAM: hub,
          SALLYPORT_PORT: '0',
          SALLYPORT_OPS_PORT: '0',
        },
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const url = await said(child, /hub\s+(http:\S+)/)
  return {
    url,
    close: () =>
      new Promise<void>((done) => {
        child.once('exit', () => done())
        child.kill('SIGTERM')
      }),
  }
}

function said(child: ChildProcess, words: RegExp): Promise<string> {
  return new Promise((done, failed) => {
    let text = ''
    const take = (chunk: unknown) => {
      text += String(chunk)
      const found = words.exec(text)?.[1]
      if (found !== undefined) done(found)
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('exit', (code) => failed(new Error(`it ended with ${code} before it said ${words}: ${text}`)))
  })
}
