import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { roleColours } from '../../parts/role-colours.ts'
import { useShownTheme } from '../../shell/theme.ts'
import type { GrowthPoint } from './growth.ts'

/** Pixels. */
const HEIGHT = 150

/** Size of the log over time. */
export function GrowthChart({ points }: { readonly points: readonly GrowthPoint[] }) {
  const box = useRef<HTMLDivElement>(null)
  const theme = useShownTheme()
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const chart = new uPlot(optionsOf(element, theme), dataOf(points), element)
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [points, theme])
  const last = points.at(-1)
  return (
    <div
      ref={box}
      role="img"
      aria-label={
        last === undefined
          ? 'Growth of the log: no times known'
          : `Growth of the log: ${last.size} entries by ${new Date(last.at * 1000).toISOString()}`
      }
      className="min-h-[150px] w-full"
    />
  )
}

/** Seconds. */
const DAY = 86_400

/** UTC, no finer than what is shown needs. */
function showTimes(_chart: uPlot, times: readonly number[]): string[] {
  const spread = (times.at(-1) ?? 0) - (times[0] ?? 0)
  const [from, to] = spread > 2 * DAY ? [5, 10] : spread > 600 ? [11, 16] : spread > 5 ? [11, 19] : [14, 23]
  return times.map((time) => new Date(time * 1000).toISOString().slice(from, to))
}

function dataOf(points: readonly GrowthPoint[]): uPlot.AlignedData {
  return [points.map((point) => point.at), points.map((point) => point.size)]
}

function optionsOf(element: HTMLElement, theme: 'light' | 'dark'): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = roleColours(element)
  const axis = {
    stroke: colour('quiet'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    class: theme,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (time) => uPlot.tzDate(new Date(time * 1000), 'Etc/UTC'),
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(1, high)] } },
    axes: [
      { ...axis, values: showTimes },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 1000, 10_000, 100_000, 1_000_000] },
    ],
    series: [
      {},
      {
        stroke: colour('accent'),
        fill: colour('accent-soft'),
        width: 2,
        points: { show: false },
        ...(uPlot.paths.stepped === undefined ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }),
      },
    ],
  }
}
