import type { FileCoverage, Finding } from '../../ground/domain/index.ts'
import type { RawTensors } from './repository/raw-tensors.ts'

const FORMAT = 'raw-tensors'

/** Why a file is not decided that was looked at to its end and is of no format that is known. */
export const UNKNOWN_FORMAT = 'the format is not known'

/** Whether coverage says just that; a file that could not be read, or not in time, is another matter. */
export function isUnrecognised({ status, reason }: Pick<FileCoverage, 'status' | 'reason'>): boolean {
  return status === 'none' && reason === UNKNOWN_FORMAT
}

/** Coverage of a file that a model beside it declares to be its tensors. */
export function coverageOf(path: string, { sizeBytes, readBytes }: RawTensors): FileCoverage {
  return { path, format: FORMAT, sizeBytes, readBytes, status: 'full' }
}

/** Compiled Python is not decided by its names alone; where it takes the place of a source that is not its own, that is found, and decides. */
export function isCompiledInPlace(one: FileCoverage, { ruleId }: Pick<Finding, 'ruleId'>): boolean {
  return ruleId === 'repository/compiled-code' && one.format === 'compiled-python' && one.status === 'partial'
}

/** The same coverage, without what kept it from being whole. */
export function asWhole({ reason: _, ...one }: FileCoverage): FileCoverage {
  return { ...one, status: 'full' }
}

/**
 * Coverage of one file from all who looked at it, the same list when nothing changes. What nobody recognised when it was looked
 * at alone is decided once its neighbours say what it is; anything that was recognised stays as it is.
 */
export function supersede(
  coverage: readonly FileCoverage[],
  findings: readonly Finding[],
): readonly FileCoverage[] {
  const isOwn = ({ members }: FileCoverage): boolean => members === undefined
  if (coverage.some(({ format }) => format === FORMAT))
    return coverage.filter((one) => !isOwn(one) || !isUnrecognised(one))
  const isInPlace = (one: FileCoverage): boolean =>
    isOwn(one) && findings.some((finding) => isCompiledInPlace(one, finding))
  return coverage.some(isInPlace) ? coverage.map((one) => (isInPlace(one) ? asWhole(one) : one)) : coverage
}
