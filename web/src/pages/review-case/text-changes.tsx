import type { Differences } from '../../api/contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { Block } from './block.tsx'

type TextChange = Differences['texts'][number]
type Line = TextChange['lines'][number]

interface TextChangesProps {
  readonly title: string
  readonly texts: readonly TextChange[]
  /** Whether all stand open: for what a model is told, every line matters. */
  readonly open?: boolean
}

/** Changed texts, line by line: what is gone, what is new, and a little around it. */
export function TextChanges({ title, texts, open = false }: TextChangesProps) {
  return (
    <Block title={title}>
      <div className="divide-y divide-line">
        {texts.map((text) => (
          <details key={text.path} open={open} className="group">
            <summary className="flex list-none items-center gap-2 px-4 py-2 text-sm">
              <Icon name="right" size={11} className="transition-transform group-open:rotate-90" />
              <code className="min-w-0 grow break-all">{text.path}</code>
              <Counts lines={text.lines} />
            </summary>
            <Lines text={text} />
          </details>
        ))}
      </div>
    </Block>
  )
}

function Counts({ lines }: { readonly lines: readonly Line[] }) {
  const many = (sign: Line['sign']) => lines.filter((line) => line.sign === sign).length
  return (
    <span className="tabular shrink-0 text-xs">
      <span className="text-good">
        +{many('+')}
        <span className="sr-only"> lines new,</span>
      </span>{' '}
      <span className="text-bad">
        −{many('-')}
        <span className="sr-only"> lines gone</span>
      </span>
    </span>
  )
}

const LOOKS = {
  '+': { ground: 'bg-good-soft', sign: '+', tone: 'text-good', word: 'new: ' },
  '-': { ground: 'bg-bad-soft', sign: '−', tone: 'text-bad', word: 'gone: ' },
  ' ': { ground: '', sign: '', tone: 'text-quiet', word: '' },
} as const

function Lines({ text }: { readonly text: TextChange }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section aria-label={`Lines of ${text.path}`} tabIndex={0} className="overflow-x-auto bg-sunken">
        <ol className="mono w-max min-w-full py-1 text-xs leading-5">
          {text.lines.map((line, place) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; the same text may stand twice
              key={place}
              className={`grid grid-cols-[2.25rem_minmax(0,1fr)] pr-4 ${LOOKS[line.sign].ground}`}
            >
              <span
                aria-hidden="true"
                className={`text-center font-semibold select-none ${LOOKS[line.sign].tone}`}
              >
                {LOOKS[line.sign].sign}
              </span>
              <span className="whitespace-pre text-ink">
                <span className="sr-only">{LOOKS[line.sign].word}</span>
                {line.text}
              </span>
            </li>
          ))}
        </ol>
      </section>
      {text.cut ? (
        <p className="border-t border-line px-4 py-1.5 text-xs text-warn">
          More lines differ than are shown. Read the whole file before you answer.
        </p>
      ) : null}
    </>
  )
}
