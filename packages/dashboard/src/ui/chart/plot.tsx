import './valid-language.ts'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { currentColor, useColorScheme } from '../../lib/color-scheme.ts'
import type { ChartProps } from './chart-props.ts'
import { stack } from './series.ts'

const FONT = '11px "Geist Variable", sans-serif'

interface Props extends ChartProps {
  readonly chosen: number | null
  readonly onChoose: (index: number | null) => void
}

/** Paints a chart with uPlot: the only file that knows it, and loaded after the page. */
export function Plot(props: Props) {
  const { kind, steps, stepMs, series, chosen } = props
  const root = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  // What the handlers of the plot read: it is made anew only when its form changes, not with each new number.
  const latest = useRef(props)
  const scheme = useColorScheme()
  const form = JSON.stringify([kind, stepMs, series, scheme])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `form` stands for everything that the options are made of
  useEffect(() => {
    const element = root.current
    if (!element) return
    const made = new uPlot(optionsOf(element, latest), dataOf(latest.current), element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize(sizeOf(element)))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [form])
  useEffect(() => {
    latest.current = props
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the data are made of the steps alone
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [steps])
  useEffect(() => {
    const [made, step] = [plot.current, steps[chosen ?? -1]]
    if (!made) return
    const left = step ? made.valToPos(step.at + stepMs / 2, 'x') : -10
    if (made.cursor.idx !== chosen) made.setCursor({ left, top: 0 }, false)
  }, [chosen, steps, stepMs])

  return <div ref={root} className="h-full w-full cursor-pointer" />
}

type Latest = { readonly current: Props }

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement) => ({ width: clientWidth, height: clientHeight })

/** Steps stand at their middle, so that the nearest one is the one under the cursor. */
function dataOf({ kind, steps, series, stepMs }: Props): uPlot.AlignedData {
  const times = steps.map(({ at }) => at + stepMs / 2)
  if (kind === 'bars') return [times, ...stack(steps, series.length).reverse()]
  return [times, ...series.map((_, index) => steps.map(({ values }) => values[index] ?? null))]
}

function optionsOf(element: HTMLElement, latest: Latest): uPlot.Options {
  const { kind, series, stepMs } = latest.current
  const color = (name: string) => currentColor(element, name)
  const axis = { stroke: color('muted'), font: FONT, grid: { stroke: color('line'), width: 1 }, ticks: { show: false } }
  const bars = uPlot.paths.bars?.({ size: [0.78, 40], radius: 0.12 })
  const painted = kind === 'bars' ? series.toReversed() : series
  return {
    ...sizeOf(element),
    ms: 1,
    legend: { show: false },
    // On the right, half of the last label of the axis: it is cut else when it stands at the end.
    padding: [8, 18, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === 'lines' } },
    scales: {
      x: { range: (_plot, min, max) => [min - stepMs / 2, max + stepMs / 2] },
      y: kind === 'bars' ? { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } : { distr: 3 },
    },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        values: (_plot, times) => shortTimes(times, stepMs),
      },
      {
        ...axis,
        size: 56,
        values: (_plot, values) => values.map((value) => (value === null ? null : latest.current.formatValue(value))),
        ...(kind === 'bars' && { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5] }),
      },
    ],
    series: [
      {},
      ...painted.map(({ label, color: name }): uPlot.Series => {
        if (bars && kind === 'bars') return { label, fill: color(name), width: 0, paths: bars, points: { show: false } }
        return { label, stroke: color(name), width: 2, points: { show: true, size: 5, fill: color(name) } }
      }),
    ],
    hooks: {
      setCursor: [
        ({ cursor }) => {
          if (cursor.event) latest.current.onChoose(cursor.idx ?? null)
        },
      ],
      ready: [
        (plot) =>
          plot.over.addEventListener('click', () => {
            const step = latest.current.steps[plot.cursor.idx ?? -1]
            if (step) latest.current.onOpen(step)
          }),
      ],
    },
  }
}

const HOUR_MS = 3_600_000
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

/** The places of the time axis; where several have the same name, the first one bears it. */
function shortTimes(timesMs: readonly number[], stepMs: number): (string | null)[] {
  const names = timesMs.map((time) => shortTime(time, stepMs))
  return names.map((name, index) => (name === names[index - 1] ? null : name))
}

/** A place of the time axis: the hour, or the day where steps are hours long. */
function shortTime(timeMs: number, stepMs: number): string {
  const isMidnight = new Date(timeMs).getHours() === 0 && timeMs % HOUR_MS === 0
  return stepMs >= HOUR_MS || isMidnight ? DAY.format(timeMs) : CLOCK.format(timeMs)
}
