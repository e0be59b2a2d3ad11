import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { count, showBytes } from '../../parts/show.ts'
import { type Chosen, sizeOf } from './chosen-files.ts'

/** Rows. More than a person reads; how many there are besides is said. */
const SHOWN = 200

interface ChosenTableProps {
  readonly chosen: Chosen
  readonly onRemove: (name: string) => void
  readonly onClear: () => void
}

/** What will be sent, and how large it is. */
export function ChosenTable({ chosen: { files, folder }, onRemove, onClear }: ChosenTableProps) {
  const shown = files.slice(0, SHOWN)
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-4">
        <p role="status" className="tabular text-sm">
          <strong className="font-semibold">
            {count(files.length, 'file')}, {showBytes(sizeOf(files))}
          </strong>
          {folder === undefined ? '' : ` in the folder ${folder}`}
        </p>
        <Button look="quiet" onClick={onClear}>
          Choose anew
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section aria-label="Chosen files" tabIndex={0} className="panel max-h-80 overflow-auto">
        <table className="w-full text-sm">
          <thead className="text-left text-xs text-quiet">
            <tr className="border-b border-line">
              <th scope="col" className="px-4 py-2 font-medium">
                File
              </th>
              <th scope="col" className="px-4 py-2 text-right font-medium">
                Size
              </th>
              <th scope="col" className="w-0 px-2 py-2">
                <span className="sr-only">Leave out</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {shown.map(({ name, file }) => (
              <tr key={name}>
                <th scope="row" className="px-4 py-1.5 text-left font-normal break-all">
                  {name}
                </th>
                <td className="tabular px-4 py-1.5 text-right whitespace-nowrap">{showBytes(file.size)}</td>
                <td className="px-2 py-1.5">
                  <button
                    type="button"
                    aria-label={`Leave out ${name}`}
                    title="Leave it out"
                    onClick={() => onRemove(name)}
                    className="rounded-sm p-1 text-quiet hover:bg-sunken hover:text-ink"
                  >
                    <Icon name="cross" size={12} />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {files.length > SHOWN ? (
        <p className="text-sm text-quiet">and {count(files.length - SHOWN, 'file')} more</p>
      ) : null}
    </div>
  )
}
