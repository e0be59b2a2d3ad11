import { useMemo, useState } from 'react'
import type { Assessment, ModelDetail } from '../../api/contract.ts'
import { VerdictBadge } from '../../parts/badge.tsx'
import { CoverageBar } from '../../parts/coverage-bar.tsx'
import { Digest } from '../../parts/digest.tsx'
import { showBytes } from '../../parts/show.ts'
import { Pager } from '../models/models-table.tsx'

type FileAssessment = Assessment['files'][number]
type ManifestFile = ModelDetail['files'][number]

/** Rows. A hub repository may hold thousands of files. */
const PAGE_SIZE = 50

/** Each file of the artifact: its hash, how much of it was read, and what it came to. */
export function Files({ model }: { readonly model: ModelDetail }) {
  const [page, setPage] = useState(0)
  const byPath = useMemo(
    () => new Map((model.assessment?.files ?? []).map((file) => [file.path, file])),
    [model.assessment],
  )
  const pages = Math.ceil(model.files.length / PAGE_SIZE)
  const shown = model.files.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE)
  return (
    <div className="flex flex-col gap-3">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section aria-label="Files" tabIndex={0} className="panel overflow-x-auto">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line text-left text-xs text-quiet">
              {['File', 'Format', 'Size', 'Read', 'Verdict', 'SHA-256'].map((head) => (
                <th key={head} scope="col" className="px-3 py-1.5 font-semibold">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((file) => (
              <FileRow key={file.name} file={file} assessed={byPath.get(file.name)} />
            ))}
          </tbody>
        </table>
      </section>
      <Pager page={page} pages={pages} onPage={setPage} />
    </div>
  )
}

interface FileRowProps {
  readonly file: ManifestFile
  readonly assessed: FileAssessment | undefined
}

function FileRow({ file, assessed }: FileRowProps) {
  const [whole, ...members] = assessed?.coverage ?? []
  return (
    <>
      <tr className="border-b border-line align-top last:border-0">
        <td className="px-3 py-2">
          <code className="break-all">{file.name}</code>
          {whole?.reason === undefined ? null : <p className="mt-0.5 text-xs text-quiet">{whole.reason}</p>}
        </td>
        <td className="px-3 py-2 whitespace-nowrap">{whole?.format ?? 'not read'}</td>
        <td className="px-3 py-2 whitespace-nowrap">{showBytes(file.size)}</td>
        <td className="px-3 py-2">{whole === undefined ? null : <CoverageBar coverage={whole} />}</td>
        <td className="px-3 py-2">
          <VerdictBadge verdict={assessed?.verdict ?? 'undecided'} />
        </td>
        <td className="px-3 py-2">
          <Digest digest={`sha256:${file.sha256}`} of={file.name} />
        </td>
      </tr>
      {members.map((member) => (
        <tr
          key={`${member.path} ${(member.members ?? []).join(' ')}`}
          className="border-b border-line bg-canvas align-top text-xs last:border-0"
        >
          <td className="py-1.5 pr-3 pl-7">
            <span className="text-quiet">› </span>
            <code className="break-all">{(member.members ?? [member.path]).join(' › ')}</code>
            {member.reason === undefined ? null : <p className="mt-0.5 text-quiet">{member.reason}</p>}
          </td>
          <td className="px-3 py-1.5 whitespace-nowrap">{member.format}</td>
          <td className="px-3 py-1.5 whitespace-nowrap">{showBytes(member.sizeBytes)}</td>
          <td className="px-3 py-1.5" colSpan={3}>
            <CoverageBar coverage={member} />
          </td>
        </tr>
      ))}
    </>
  )
}
