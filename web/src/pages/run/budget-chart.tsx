import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { roleColours } from '../../parts/role-colours.ts'
import { useShownTheme } from '../../shell/theme.ts'
import { showDuration } from './show-run.ts'

/** Pixels. */
const HEIGHT = 150
const DASH = [6, 4]
/** Seconds between two times of the axis: what people count in. */
const STEPS_S = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800]

export interface BudgetChartProps {
  readonly title: string
  /** Milliseconds since the start, rising. */
  readonly times: readonly number[]
  readonly values: readonly number[]
  /** In the unit of the values; absent: no limit was set. */
  readonly budget?: number
  /** Distances between the lines of the scale, in the unit of the values. */
  readonly steps: readonly number[]
  readonly show: (value: number) => string
}

/** One resource of a run over time, against the limit that was set for it: the picture, and the same in words. */
export function BudgetChart({ title, times, values, budget, steps, show }: BudgetChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const theme = useShownTheme()
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const options = optionsOf(element, { theme, steps, show, ...(budget === undefined ? {} : { budget }) })
    const chart = new uPlot(options, dataOf(times, values, budget), element)
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [times, values, budget, steps, show, theme])
  const last = values.at(-1) ?? 0
  const most = values.length === 0 ? 0 : Math.max(...values)
  const words =
    budget === undefined
      ? `${show(most)} at most, no limit set`
      : `${show(most)} at most, limit ${show(budget)}`
  return (
    <figure className="panel p-4">
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-semibold">{title}</span>
        <span className="tabular text-sm text-quiet">
          {words}
          {budget !== undefined && budget > 0 ? ` (${Math.round((most / budget) * 100)} %)` : ''}
        </span>
      </figcaption>
      <div
        ref={box}
        role="img"
        aria-label={`${title} over time: ${show(last)} at the end, ${words}`}
        className="min-h-[150px] w-full"
      />
      {budget === undefined ? null : (
        <p className="mt-1 flex items-center gap-1.5 text-xs text-quiet">
          <span aria-hidden="true" className="inline-block w-6 border-t-2 border-dashed border-bad" />
          the limit
        </p>
      )}
    </figure>
  )
}

function dataOf(
  times: readonly number[],
  values: readonly number[],
  budget: number | undefined,
): uPlot.AlignedData {
  const seconds = times.map((ms) => ms / 1000)
  return budget === undefined ? [seconds, [...values]] : [seconds, [...values], values.map(() => budget)]
}

interface Look {
  readonly theme: 'light' | 'dark'
  readonly budget?: number
  readonly steps: readonly number[]
  readonly show: (value: number) => string
}

function optionsOf(element: HTMLElement, { theme, budget, steps, show }: Look): uPlot.Options {
  const colour = roleColours(element)
  const axis = {
    stroke: colour('quiet'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(element).fontFamily}`,
  }
  const line = { stroke: colour('accent'), fill: colour('accent-soft'), width: 2, points: { show: false } }
  const limit = { stroke: colour('bad'), width: 2, dash: DASH, points: { show: false } }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    class: theme,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false },
      // Room above the limit, so that its line is never the frame.
      y: { range: (_chart, _low, high) => [0, Math.max(1, high, (budget ?? 0) * 1.08)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        incrs: STEPS_S,
        values: (_chart, ticks) => ticks.map((seconds) => showDuration(seconds * 1000)),
      },
      { ...axis, size: 64, incrs: [...steps], values: (_chart, ticks) => ticks.map(show) },
    ],
    series: budget === undefined ? [{}, line] : [{}, line, limit],
  }
}
