import { useState } from 'react'
import type { Differences } from '../../api/contract.ts'
import { Button } from '../../parts/button.tsx'
import { shortDigest, showBytes } from '../../parts/show.ts'
import { Block } from './block.tsx'

type FileChange = Differences['files'][number]

/** Rows. */
const SHOWN = 15

const LOOKS = {
  added: { sign: '+', tone: 'text-good' },
  removed: { sign: '−', tone: 'text-bad' },
  changed: { sign: '±', tone: 'text-accent' },
  renamed: { sign: '→', tone: 'text-quiet' },
} as const

/** The files that are not what they were. */
export function FileChanges({ files }: { readonly files: readonly FileChange[] }) {
  const [all, setAll] = useState(false)
  const more = !all && files.length > SHOWN
  return (
    <Block title="Files">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section aria-label="Changed files" tabIndex={0} className="overflow-x-auto">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line text-left text-xs text-quiet">
              {['Change', 'File', 'Size', 'SHA-256'].map((head) => (
                <th key={head} scope="col" className="px-4 py-1.5 font-semibold">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {files.slice(0, all ? undefined : SHOWN).map((file) => (
              <Row key={`${file.change} ${file.path}`} file={file} />
            ))}
          </tbody>
        </table>
      </section>
      {more ? (
        <div className="border-t border-line px-4 py-2">
          <Button onClick={() => setAll(true)}>Show all {files.length}</Button>
        </div>
      ) : null}
    </Block>
  )
}

function Row({ file }: { readonly file: FileChange }) {
  const look = LOOKS[file.change]
  return (
    <tr className="border-b border-line align-top last:border-0">
      <td className={`px-4 py-1.5 whitespace-nowrap ${look.tone}`}>
        <span aria-hidden="true" className="mono inline-block w-4 font-semibold">
          {look.sign}
        </span>
        {file.change}
      </td>
      <td className="px-4 py-1.5">
        {file.pathBefore === undefined ? null : (
          <code className="block break-all text-quiet">{file.pathBefore}</code>
        )}
        <code className="break-all">{file.path}</code>
      </td>
      <td className="tabular px-4 py-1.5 whitespace-nowrap">{sizeOf(file)}</td>
      <td className="px-4 py-1.5 whitespace-nowrap">
        <code title={`${file.sha256Before ?? ''} → ${file.sha256After ?? ''}`}>
          {shortDigest(file.sha256After ?? file.sha256Before ?? '')}
        </code>
      </td>
    </tr>
  )
}

function sizeOf({ sizeBefore, sizeAfter }: FileChange): string {
  if (sizeBefore === undefined || sizeAfter === undefined) return showBytes(sizeAfter ?? sizeBefore ?? 0)
  return sizeBefore === sizeAfter
    ? showBytes(sizeAfter)
    : `${showBytes(sizeBefore)} → ${showBytes(sizeAfter)}`
}
