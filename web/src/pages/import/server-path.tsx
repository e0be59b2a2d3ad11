import { type FormEvent, useId, useState } from 'react'
import { Button } from '../../parts/button.tsx'

interface ServerPathProps {
  /** Absolute folders of the server beneath which one may import; none when nobody has set any. */
  readonly folders: readonly string[]
  readonly onSend: (path: string, name: string) => void
}

/** A model that lies on the server already: its bytes need not cross the network. */
export function ServerPath({ folders, onSend }: ServerPathProps) {
  const id = useId()
  const [path, setPath] = useState('')
  const [name, setName] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (lockOf(path, folders) === undefined) onSend(path.trim(), name.trim())
  }
  return (
    <section aria-labelledby={`${id}-title`} className="panel flex flex-col gap-3 p-4">
      <h2 id={`${id}-title`} className="font-semibold">
        It lies on the server already
      </h2>
      {folders.length === 0 ? (
        <p className="text-sm text-quiet">
          No folder of the server is open for this. Name some in the setting <code>importRoots</code>, or run{' '}
          <code>sallyport import</code> there.
        </p>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-3">
          <div className="flex flex-wrap items-start gap-4">
            <div className="flex grow flex-col gap-1">
              <label htmlFor={id} className="text-sm font-medium">
                Path on the server
              </label>
              <input
                id={id}
                value={path}
                onChange={(event) => setPath(event.target.value)}
                placeholder={`${folders[0]}/…`}
                autoComplete="off"
                spellCheck={false}
                maxLength={4096}
                aria-describedby={`${id}-hint`}
                className="field mono w-full"
              />
            </div>
            <div className="flex w-64 flex-col gap-1">
              <label htmlFor={`${id}-name`} className="text-sm font-medium">
                Name <span className="font-normal text-quiet">(else the last part of the path)</span>
              </label>
              <input
                id={`${id}-name`}
                value={name}
                onChange={(event) => setName(event.target.value)}
                autoComplete="off"
                maxLength={200}
                className="field w-full"
              />
            </div>
          </div>
          <p id={`${id}-hint`} className="text-xs break-all text-quiet">
            A file, an archive or a folder beneath {folders.join(' or ')}.
          </p>
          <div>
            <Button type="submit" lockedBecause={lockOf(path, folders)}>
              Take it from there
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}

function lockOf(path: string, folders: readonly string[]): string | undefined {
  const wanted = path.trim()
  if (wanted === '') return 'Name a path first.'
  return folders.some((folder) => wanted === folder || wanted.startsWith(`${folder.replace(/\/$/, '')}/`))
    ? undefined
    : `The path must lie beneath ${folders.join(' or ')}.`
}
