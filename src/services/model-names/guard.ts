import { SallyportError } from '../../ground/lang/index.ts'
import { withTag } from './check-words.ts'
import type { NamesCaller } from './gates.ts'
import type { GuardRoom } from './guard-room.ts'
import { changeVersion } from './named-versions.ts'
import { createPeerVersions, type PeerVersions } from './peer-versions.ts'
import type { Fields } from './ports.ts'
import { placeOfDigest } from './served-place.ts'

/** A guard in front of an MLflow server: names stay there, what they may stand for is decided here. */
export interface Guard {
  /** Whether a call is answered here; the others pass to the server behind as they are. */
  takes(method: string, path: string): boolean
  /** @throws SallyportError `FORBIDDEN` with the reason; `PEER_FAILED` with what the server behind said */
  answer(method: string, path: string, fields: Fields, caller: NamesCaller): Promise<Fields>
}

type Deed = (fields: Fields, caller: NamesCaller) => Promise<Fields>

/** The guard before one server. */
export function createGuard(room: GuardRoom): Guard {
  const versions = createPeerVersions(room)
  const deeds: Readonly<Record<string, Deed>> = {
    ...readings(room, versions),
    ...moves(room, versions),
    ...changes(room, versions),
  }
  return {
    takes: (method, path) => Object.hasOwn(deeds, `${method} ${path}`),
    answer: async (method, path, fields, caller) => {
      const deed = deeds[`${method} ${path}`]
      if (deed === undefined) throw new SallyportError('NOT_FOUND', `${method} ${path} is not answered here`)
      return deed(fields, caller)
    },
  }
}

/** Answers of the server behind, with the state that the bytes have here. */
function readings({ peer, gates }: GuardRoom, versions: PeerVersions): Readonly<Record<string, Deed>> {
  const shown =
    (method: 'GET' | 'POST', path: string): Deed =>
    async (fields) =>
      versions.overlay(await peer.call(method, path, fields))
  return {
    'GET registered-models/get': shown('GET', 'registered-models/get'),
    'GET registered-models/search': shown('GET', 'registered-models/search'),
    'GET registered-models/get-latest-versions': shown('GET', 'registered-models/get-latest-versions'),
    'POST registered-models/get-latest-versions': shown('POST', 'registered-models/get-latest-versions'),
    'GET model-versions/search': shown('GET', 'model-versions/search'),
    'GET model-versions/get': async (fields, caller) => {
      const { row, wire } = await versions.find(fields, caller)
      return { model_version: await versions.judged(row, wire) }
    },
    'GET registered-models/alias': async (fields, caller) => {
      const answer = await peer.call('GET', 'registered-models/alias', fields)
      const { row, wire } = await versions.take(answer.model_version, caller)
      const alias = String(fields.alias ?? '')
      if (gates.stageOf(alias) !== undefined) await gates.serve(row, [alias], caller)
      return { model_version: await versions.judged(row, wire) }
    },
    'GET model-versions/get-download-uri': async (fields, caller) => {
      const { row, wire } = await versions.find(fields, caller)
      const stage = await gates.serve(row, versions.guardsOf(wire), caller)
      if (row.digest === undefined) throw new SallyportError('CONFLICT', 'the version changed; ask again')
      return { artifact_uri: `mlflow-artifacts:/${placeOfDigest(row.digest, stage)}` }
    },
  }
}

/** What lets a guarded name stand for other bytes. */
function moves({ peer, gates }: GuardRoom, versions: PeerVersions): Readonly<Record<string, Deed>> {
  return {
    'POST registered-models/alias': async (fields, caller) => {
      const { row } = await versions.find(fields, caller)
      await gates.move({ ...row, to: String(fields.alias ?? '') }, caller)
      return peer.call('POST', 'registered-models/alias', fields)
    },
    'DELETE registered-models/alias': async (fields, caller) => {
      const alias = String(fields.alias ?? '')
      if (gates.stageOf(alias) !== undefined) gates.mayTouch(`"${alias}" of ${String(fields.name)}`, caller)
      return peer.call('DELETE', 'registered-models/alias', fields)
    },
    'POST model-versions/transition-stage': async (fields, caller) => {
      const { row, wire } = await versions.find(fields, caller)
      const from = String(wire.current_stage ?? 'None')
      if (gates.stageOf(from) !== undefined) gates.mayTouch(`the stage ${from} of ${row.name}`, caller)
      await gates.move({ ...row, to: String(fields.stage ?? '') }, caller)
      return versions.overlay(await peer.call('POST', 'model-versions/transition-stage', fields))
    },
  }
}

/** What makes, renames and deletes. */
function changes(room: GuardRoom, versions: PeerVersions): Readonly<Record<string, Deed>> {
  const { peer, gates, deps } = room
  const guardedVersion = async (name: unknown): Promise<string | undefined> => {
    const { registered_model: model } = await peer.call('GET', 'registered-models/get', { name })
    return versions.guardsOfModel(model)[0]
  }
  const tag =
    (method: 'POST' | 'DELETE', path: string): Deed =>
    async (fields, caller) => {
      const key = String(fields.key ?? '')
      gates.mayTag(key, caller)
      const { row } = await versions.find(fields, caller)
      const value = method === 'POST' ? String(fields.value ?? '') : undefined
      const answer = await peer.call(method, path, fields)
      changeVersion(deps, row, ({ tags }) => ({ tags: withTag(tags, key, value) }))
      return answer
    }
  return {
    'POST model-versions/create': (fields, caller) => versions.create(fields, caller),
    'DELETE model-versions/delete': async (fields, caller) => {
      const { row, wire } = await versions.find(fields, caller)
      const [guard] = versions.guardsOf(wire)
      if (guard !== undefined)
        throw new SallyportError(
          'FORBIDDEN',
          `Sallyport refuses to delete version ${row.version} of ${row.name}: "${guard}" stands for it. Next: move that name to another version first`,
        )
      const answer = await peer.call('DELETE', 'model-versions/delete', fields)
      deps.book.deleteVersion(row.name, row.version)
      return answer
    },
    'DELETE registered-models/delete': async (fields) => {
      const guard = await guardedVersion(fields.name)
      if (guard !== undefined)
        throw new SallyportError(
          'FORBIDDEN',
          `Sallyport refuses to delete ${String(fields.name)}: "${guard}" stands for one of its versions. Next: delete that alias, or archive the version, first`,
        )
      const answer = await peer.call('DELETE', 'registered-models/delete', fields)
      deps.book.deleteModel(String(fields.name))
      return answer
    },
    'POST registered-models/rename': async (fields, caller) => {
      const guard = await guardedVersion(fields.name)
      if (guard !== undefined) gates.mayTouch(`"${guard}" of ${String(fields.name)}`, caller)
      const answer = await peer.call('POST', 'registered-models/rename', fields)
      deps.book.renameModel(String(fields.name), String(fields.new_name))
      return versions.overlay(answer)
    },
    'PATCH model-versions/update': async (fields) =>
      versions.overlay(await peer.call('PATCH', 'model-versions/update', fields)),
    'POST model-versions/set-tag': tag('POST', 'model-versions/set-tag'),
    'DELETE model-versions/delete-tag': tag('DELETE', 'model-versions/delete-tag'),
  }
}
