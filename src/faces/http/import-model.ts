import { realpath } from 'node:fs/promises'
import { isAbsolute, sep } from 'node:path'
import type { Static } from 'typebox'
import { type Digest, parseDigest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ImportTerms, requests } from './contract.ts'
import { HttpProblem } from './problem.ts'
import type { Answer, Call } from './route.ts'

type ImportCall = Call<undefined, Static<typeof requests.upload>, Static<typeof requests.importPath>>

/** A digest out of a validated request. @throws SallyportError `BAD_INPUT` */
export function digestOf(text: string): Digest {
  const digest = parseDigest(text)
  if (!digest.ok) throw new SallyportError('BAD_INPUT', digest.error)
  return digest.value
}

/** What a caller has to know before an upload; where the server's folders lie is told only to those who may use them. */
export function importTerms({ deps, caller }: Pick<ImportCall, 'deps' | 'caller'>): ImportTerms {
  const { maxUploadBytes, importRoots } = deps.config
  const mayUse = caller.capabilities.includes('server-paths')
  return { maxUploadBytes, serverFolders: mayUse ? [...importRoots] : [] }
}

/** Imports a path on the server: for those who may, and only beneath the configured folders. */
export async function importPath(call: ImportCall): Promise<Answer> {
  if (!call.caller.capabilities.includes('server-paths'))
    throw new HttpProblem(
      403,
      'FORBIDDEN',
      'Only an admin may import a path on the server; upload the file instead.',
    )
  const { path, name, derivedFrom } = call.body
  const real = await pathWithin(path, call.deps.config.importRoots)
  return call.once(undefined, async (actor) => {
    const request = { path: real, ...named(name), ...derived(derivedFrom) }
    return created(await call.deps.registry.importModel(request, actor))
  })
}

/** Receives the upload into the temporary folder, imports it from there and removes it, whatever happens. */
export async function importUpload(call: ImportCall, stream: AsyncIterable<Uint8Array>): Promise<Answer> {
  const { filename, name, derivedFrom } = call.query
  if (filename === undefined || !isPlainName(filename))
    throw new HttpProblem(400, 'BAD_INPUT', 'An upload needs ?filename=, one name without folders.', {
      faults: [{ where: 'query.filename', what: 'must be one plain file name, such as model.safetensors' }],
    })
  const { maxUploadBytes } = call.deps.config
  const declared = Number(call.header('content-length') ?? 0)
  if (declared > maxUploadBytes)
    throw new SallyportError(
      'TOO_LARGE',
      `an upload may hold at most ${maxUploadBytes} bytes, this one has ${declared}`,
    )
  const upload = await call.deps.uploads.receive(stream, filename, maxUploadBytes)
  try {
    return await call.once(upload.digest, async (actor) => {
      const request = { path: upload.path, ...named(name ?? filename), ...derived(derivedFrom) }
      return created(await call.deps.registry.importModel(request, actor))
    })
  } catch (error) {
    throw inWordsOfTheSender(error, upload.path, filename)
  } finally {
    await upload.discard()
  }
}

/** A refusal that speaks of the file as it was sent: the sender knows no temporary folder of this server, nor should they. */
function inWordsOfTheSender(error: unknown, path: string, filename: string): unknown {
  if (!(error instanceof SallyportError) || !error.message.includes(path)) return error
  const { code, message, detail } = error
  return new SallyportError(code, message.replaceAll(path, filename), { cause: error, detail: { ...detail } })
}

function created(model: { readonly digest: Digest }): Answer {
  return { status: 201, body: model, headers: { location: `/api/v1/models/${model.digest}` } }
}

function named(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name }
}

function derived(digest: string | undefined): { readonly derivedFrom?: Digest } {
  return digest === undefined ? {} : { derivedFrom: digestOf(digest) }
}

function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  return !/[/\\\u0000-\u001f\u007f]/.test(name) && name !== '.' && name !== '..' && name.isWellFormed()
}

async function pathWithin(path: string, roots: readonly string[]): Promise<string> {
  const refuse = (cause?: unknown) =>
    new SallyportError('FORBIDDEN', 'the path is not beneath a folder from which this server may import', {
      cause,
    })
  if (!isAbsolute(path) || path.includes('\0')) throw refuse()
  let real: string
  try {
    real = await realpath(path)
  } catch (cause) {
    throw refuse(cause) // The same words for "absent" and "outside": this is no way to look around on the server.
  }
  for (const root of roots) {
    const folder = await realpath(root)
    if (real === folder || real.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)) return real
  }
  throw refuse()
}
