import type { ZipAnomaly, ZipMember, ZipView } from '../../formats/zip/index.ts'
import { utf8Text } from '../../ground/lang/index.ts'
import { openZipMember } from './open-zip-member.ts'
import type { ContainerSight } from './subjects/container-subject.ts'
import { isThroughLink, leadsOut, tidyName } from './tar-sights.ts'
import type { Walk } from './walk-report.ts'

/** Bytes of the target of a link that are read; PATH_MAX of Linux. */
const MAX_TARGET_BYTES = 4096

/** Targets of the symbolic links of an archive, by the tidy name of the member. */
export type ZipLinks = ReadonlyMap<string, string>

/** Reads where the members lead that are marked as symbolic links. What is no path is a member like others. */
export async function readZipLinks(walk: Walk, view: ZipView): Promise<ZipLinks> {
  const marked = new Set(view.anomalies.filter(({ kind }) => kind === 'symlink').map(({ member }) => member))
  const links = new Map<string, string>()
  for (const member of view.members) {
    if (!marked.has(member.name) || member.sizeBytes > MAX_TARGET_BYTES) continue
    const opened = await openZipMember(walk, view, member, { method: member.method })
    if (!opened.ok) continue
    const target = utf8Text(await opened.value.source.read(0, MAX_TARGET_BYTES, walk.signal))
    // A pickle or a source of several lines may be marked as a link too: zipfile and torch.load do not look at the mark.
    if (target !== undefined && target !== '' && !/\p{Cc}/u.test(target))
      links.set(tidyName(member.name), target)
  }
  return links
}

/** Links that stay inside are ordinary; of others the finding says where they lead. */
export function withoutInnerLinks(anomalies: readonly ZipAnomaly[], links: ZipLinks): readonly ZipAnomaly[] {
  return anomalies.flatMap((anomaly) => {
    const { kind, member = '' } = anomaly
    const target = kind === 'symlink' ? links.get(tidyName(member)) : undefined
    if (target === undefined) return [anomaly]
    if (!leadsOut(member, target, links)) return []
    return [
      { ...anomaly, message: `${anomaly.message} to ${JSON.stringify(target)}, outside of the archive` },
    ]
  })
}

/** Members that unpacking would write somewhere else, through a link of the same archive. */
export function throughLinks(members: readonly ZipMember[], links: ZipLinks): readonly ContainerSight[] {
  if (links.size === 0) return []
  return members
    .filter(({ name }) => isThroughLink(name, links))
    .map(({ name, localOffset }) => ({
      kind: 'escape',
      message: 'it is written through a link that leads out of the archive',
      member: name,
      offset: localOffset,
    }))
}
