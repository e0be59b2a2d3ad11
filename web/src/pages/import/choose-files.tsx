import { type DragEvent, type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { showBytes } from '../../parts/show.ts'
import {
  type Chosen,
  filesOfDrop,
  filesOfInput,
  isArchive,
  NOTHING,
  problemOf,
  withMore,
} from './chosen-files.ts'
import { ChosenTable } from './chosen-table.tsx'

interface ChooseFilesProps {
  /** Bytes that an upload may hold. */
  readonly maxBytes: number
  readonly onSend: (chosen: Chosen, name: string) => void
}

/** Files or a folder of this computer, their sizes, and the model's name. */
export function ChooseFiles({ maxBytes, onSend }: ChooseFilesProps) {
  const [chosen, setChosen] = useState<Chosen>(NOTHING)
  const [unread, setUnread] = useState<string>()
  const [typed, setTyped] = useState<string>()
  const name = (typed ?? nameOf(chosen)).trim()
  const problem = unread ?? problemOf(chosen.files, maxBytes)
  const add = (more: Chosen) => {
    setUnread(undefined)
    setChosen((before) => withMore(before, more))
  }
  const drop = (data: DataTransfer) =>
    filesOfDrop(data).then(add, (error: unknown) => setUnread(`It could not be read: ${String(error)}`))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (lockOf(chosen, name, problem) === undefined) onSend(chosen, name)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <DropArea maxBytes={maxBytes} isEmpty={chosen.files.length === 0} onChosen={add} onDrop={drop} />
      <p role="alert" className="text-sm text-bad empty:hidden">
        {problem}
      </p>
      {chosen.files.length === 0 ? null : (
        <ChosenTable
          chosen={chosen}
          onRemove={(gone) =>
            setChosen(({ files, ...rest }) => ({ ...rest, files: files.filter((one) => one.name !== gone) }))
          }
          onClear={() => {
            setUnread(undefined)
            setChosen(NOTHING)
          }}
        />
      )}
      {isArchive(chosen) ? (
        <p className="text-sm text-quiet">
          The archive is opened in quarantine: the files in it are the model, not the archive itself.
        </p>
      ) : null}
      <NameField name={typed ?? nameOf(chosen)} onName={setTyped} />
      <div>
        <Button type="submit" look="primary" icon="door" lockedBecause={lockOf(chosen, name, problem)}>
          Take it into quarantine
        </Button>
      </div>
    </form>
  )
}

/** Characters; the platform takes no more. */
const MAX_NAME = 200

function nameOf({ files, folder }: Chosen): string {
  return (folder ?? (files.length === 1 ? (files[0]?.name ?? '') : '')).slice(0, MAX_NAME)
}

function lockOf(chosen: Chosen, name: string, problem: string | undefined): string | undefined {
  if (chosen.files.length === 0) return 'Choose or drop the files of the model first.'
  if (problem !== undefined) return problem
  return name === '' ? 'Give the model a name first.' : undefined
}

function NameField({ name, onName }: { readonly name: string; readonly onName: (name: string) => void }) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Name
      </label>
      <input
        id={id}
        value={name}
        maxLength={MAX_NAME}
        autoComplete="off"
        onChange={(event) => onName(event.target.value)}
        aria-describedby={`${id}-hint`}
        className="field w-96 max-w-full"
      />
      <p id={`${id}-hint`} className="text-xs text-quiet">
        For people to find it by. What identifies the model is its digest: names, sizes and contents of its
        files.
      </p>
    </div>
  )
}

/** What is dropped beside the area would otherwise be opened by the browser, in the place of this page. */
function useNoOpening() {
  useEffect(() => {
    const refuse = (event: Event) => event.preventDefault()
    addEventListener('dragover', refuse)
    addEventListener('drop', refuse)
    return () => {
      removeEventListener('dragover', refuse)
      removeEventListener('drop', refuse)
    }
  }, [])
}

interface DropAreaProps {
  readonly maxBytes: number
  readonly isEmpty: boolean
  readonly onChosen: (chosen: Chosen) => void
  readonly onDrop: (data: DataTransfer) => void
}

/** Takes what is dropped; two buttons do the same from the keyboard. */
function DropArea({ maxBytes, isEmpty, onChosen, onDrop }: DropAreaProps) {
  const [isOver, setOver] = useState(false)
  useNoOpening()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const take = (input: HTMLInputElement) => {
    if (input.files !== null && input.files.length > 0) onChosen(filesOfInput(input.files))
    // Else the same choice again would be no change, and nothing would be told.
    input.value = ''
  }
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <section
      aria-label="Files of the model"
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        onDrop(event.dataTransfer)
      }}
      className={`flex flex-col items-center gap-3 rounded-lg border border-dashed px-6 text-center ${isEmpty ? 'py-10' : 'py-5'} ${isOver ? 'border-accent bg-accent-soft' : 'border-strong-line bg-surface'}`}
    >
      {isEmpty ? (
        <>
          <span className="rounded-lg bg-sunken p-2.5 text-quiet">
            <Icon name="box" size={20} />
          </span>
          <p className="text-lg font-semibold">Drop files or a folder here</p>
        </>
      ) : null}
      <div className="flex gap-2">
        <Button icon="file" onClick={() => files.current?.click()}>
          {isEmpty ? 'Choose files' : 'Add files'}
        </Button>
        <Button icon="folder" onClick={() => folder.current?.click()}>
          {isEmpty ? 'Choose a folder' : 'Choose another folder'}
        </Button>
      </div>
      <p className="text-sm text-quiet">
        One file, several, a folder as it came from a hub, or one tar or zip; {showBytes(maxBytes)} at most.
      </p>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-choice="files"
        onChange={(event) => take(event.target)}
      />
      <input
        ref={(input) => {
          folder.current = input
          if (input !== null) input.webkitdirectory = true
        }}
        type="file"
        hidden
        data-choice="folder"
        onChange={(event) => take(event.target)}
      />
    </section>
  )
}
