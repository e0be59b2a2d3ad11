import { showRelative, showStructure, type TensorChange } from './weight-scale.ts'

const HEADS = ['Tensor', 'Change', 'Relative', 'Elements', 'Largest'] as const

/** The changed tensors in figures: what the picture shows, and what it has no room for. */
export function WeightTable({ changes }: { readonly changes: readonly TensorChange[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section aria-label="Changed tensors" tabIndex={0} className="overflow-x-auto">
      <table className="w-full text-xs">
        <thead>
          <tr className="border-b border-line text-left text-quiet">
            {HEADS.map((head) => (
              <th key={head} scope="col" className="px-4 py-1.5 font-semibold">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changes.map((one) => (
            <tr key={`${one.path} ${one.name}`} className="border-b border-line align-top last:border-0">
              <th scope="row" className="px-4 py-1.5 text-left font-normal">
                <code className="block break-all">{one.name}</code>
                <code className="block break-all text-quiet">{one.path}</code>
              </th>
              <td className="px-4 py-1.5">
                {one.change}
                <span className="tabular block whitespace-nowrap text-quiet">{showStructure(one)}</span>
              </td>
              <td className="tabular px-4 py-1.5 whitespace-nowrap">{percent(one.relative)}</td>
              <td className="tabular px-4 py-1.5 whitespace-nowrap">{percent(one.changedShare)}</td>
              <td className="tabular px-4 py-1.5 whitespace-nowrap">{one.maxAbs?.toPrecision(3) ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : showRelative(share)
}
