import type { Place, Walk } from './walk-report.ts'

/** Folders of a system, as they stand at the root of a container image. */
const SYSTEM = /^(\.\/)?(usr|bin|sbin|lib|lib32|lib64|libx32|opt|var|etc|root|home|srv)\//

/** Whether a place lies in a layer of a container image: an OCI layout, or what `docker save` wrote. */
export function isInImageLayer(walk: Walk, place: Place): boolean {
  const path = [walk.path, ...place.members].join('/')
  return /(^|\/)(blobs\/sha256\/[0-9a-f]{64}|[0-9a-f]{64}\/layer\.tar)(\/|$)/.test(path)
}

/** Whether a program stands where the system of a container image has its programs. */
export function isSystemProgram(walk: Walk, place: Place): boolean {
  return isInImageLayer(walk, place) && SYSTEM.test(place.members.at(-1) ?? '')
}
