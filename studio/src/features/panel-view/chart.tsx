import { toShownText } from '@nexus/core/nxml'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { ComponentProps } from './component.ts'
import { memberAt } from './member-at.ts'
import { numberProp, textProp, useProps, wordProp } from './props.ts'

interface Point {
  readonly label: string
  readonly value: number
}

/** Width of the drawing until its box is measured, px. */
const FIRST_WIDTH = 600
/** Room around the drawing for what is written beside it, px. */
const MARGIN = { top: 12, right: 10, bottom: 24, left: 44 }

/** Room for one label below the axis, px, and about as much as one letter takes. */
const LABEL = { width: 72, letter: 6.5 }

/** Colours of slices; they repeat. Each has 3:1 or better on both themes. */
const SLICES = ['#6f6be0', '#2b8fc9', '#1f9d6b', '#c2842a', '#cc5578', '#8a6ad1', '#5c8f2f', '#b96a3c']

function readPoints(data: unknown, xKey: string, yKey: string): Point[] {
  if (!Array.isArray(data)) return []
  return data.map((item: unknown) => {
    const value = Number(memberAt(item, yKey))
    return { label: toShownText(memberAt(item, xKey)), value: Number.isFinite(value) ? value : 0 }
  })
}

/** A round step that gives about four lines. */
function stepFor(span: number): number {
  const rough = span / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
}

interface DrawingProps {
  readonly points: readonly Point[]
  /** Of the whole drawing, px. */
  readonly width: number
  readonly height: number
}

interface Axis {
  readonly ticks: readonly number[]
  toY(value: number): number
}

function axisFor(points: readonly Point[], height: number): Axis {
  const low = Math.min(0, ...points.map(({ value }) => value))
  const high = Math.max(0, ...points.map(({ value }) => value)) || (low === 0 ? 1 : 0)
  const rough = stepFor(high - low)
  // Half a vote is nothing to mark.
  const step = points.every(({ value }) => Number.isInteger(value)) ? Math.max(1, rough) : rough
  const from = Math.floor(low / step) * step
  const to = Math.max(from + step, Math.ceil(high / step) * step)
  const count = Math.round((to - from) / step)
  const inner = height - MARGIN.top - MARGIN.bottom
  return {
    ticks: Array.from({ length: count + 1 }, (_, index) => from + index * step),
    toY: (value) => MARGIN.top + inner * (1 - (value - from) / (to - from)),
  }
}

const shortNumber = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 2 })

interface GridProps extends DrawingProps {
  readonly axis: Axis
  readonly centre: (index: number) => number
}

function Grid({ points, width, height, axis, centre }: GridProps) {
  const inner = width - MARGIN.left - MARGIN.right
  const every = Math.max(1, Math.ceil((points.length * LABEL.width) / inner))
  const letters = Math.max(4, Math.floor((inner * every) / points.length / LABEL.letter))
  return (
    <>
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={axis.toY(tick)}
            y2={axis.toY(tick)}
            stroke="var(--color-line)"
          />
          <text x={MARGIN.left - 8} y={axis.toY(tick) + 4} textAnchor="end">
            {shortNumber.format(tick)}
          </text>
        </g>
      ))}
      {points.map((point, index) =>
        index % every === 0 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a point is its position; two may have one label.
          <text key={index} x={centre(index)} y={height - 6} textAnchor="middle">
            {point.label.length > letters ? `${point.label.slice(0, letters - 1)}…` : point.label}
          </text>
        ) : null,
      )}
    </>
  )
}

function Bars({ points, width, height }: DrawingProps) {
  const axis = axisFor(points, height)
  const slot = (width - MARGIN.left - MARGIN.right) / points.length
  const centre = (index: number) => MARGIN.left + slot * (index + 0.5)
  const zero = axis.toY(0)
  return (
    <>
      <Grid points={points} width={width} height={height} axis={axis} centre={centre} />
      {points.map(({ value }, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its position.
          key={index}
          x={centre(index) - Math.min(slot * 0.34, 32)}
          width={Math.min(slot * 0.68, 64)}
          y={Math.min(zero, axis.toY(value))}
          height={Math.max(1, Math.abs(axis.toY(value) - zero))}
          rx="3"
          fill="var(--color-accent)"
        />
      ))}
    </>
  )
}

function Lines({ points, width, height, isFilled }: DrawingProps & { isFilled: boolean }) {
  const axis = axisFor(points, height)
  const span = width - MARGIN.left - MARGIN.right - 20
  const centre = (index: number) =>
    MARGIN.left + 10 + (points.length === 1 ? span / 2 : (span * index) / (points.length - 1))
  const path = points
    .map(({ value }, index) => `${index === 0 ? 'M' : 'L'}${centre(index)} ${axis.toY(value)}`)
    .join(' ')
  return (
    <>
      <Grid points={points} width={width} height={height} axis={axis} centre={centre} />
      {isFilled && (
        <path
          d={`${path} L${centre(points.length - 1)} ${axis.toY(0)} L${centre(0)} ${axis.toY(0)} Z`}
          fill="var(--color-accent)"
          opacity="0.16"
        />
      )}
      <path
        d={path}
        fill="none"
        stroke="var(--color-accent)"
        strokeWidth="2"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {points.map(({ value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a point is its position.
        <circle key={index} cx={centre(index)} cy={axis.toY(value)} r="2.5" fill="var(--color-accent)" />
      ))}
    </>
  )
}

function Pie({ points, width, height }: DrawingProps) {
  const slices = points.filter(({ value }) => value > 0)
  const total = slices.reduce((sum, { value }) => sum + value, 0)
  const size = Math.min(height, width / 2)
  const radius = size / 2 - 14
  const [cx, cy] = [size / 2, height / 2]
  const firstLine = Math.max(20, cy - slices.length * 11)
  let angle = -Math.PI / 2
  const at = (turn: number) => `${cx + radius * Math.cos(turn)} ${cy + radius * Math.sin(turn)}`
  return slices.map(({ label, value }, index) => {
    const start = angle
    // A whole circle cannot be drawn as one arc.
    angle += Math.min((value / total) * Math.PI * 2, Math.PI * 2 - 1e-4)
    const colour = SLICES[index % SLICES.length] ?? 'currentColor'
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a slice is its position.
      <g key={index}>
        <path
          d={`M${cx} ${cy} L${at(start)} A${radius} ${radius} 0 ${angle - start > Math.PI ? 1 : 0} 1 ${at(angle)} Z`}
          fill={colour}
          stroke="var(--color-surface)"
          strokeWidth="2"
        />
        <rect x={size + 16} y={firstLine + index * 22} width="11" height="11" rx="3" fill={colour} />
        <text x={size + 34} y={firstLine + 10 + index * 22}>
          {`${label} · ${shortNumber.format(value)} (${Math.round((100 * value) / total)} %)`}
        </text>
      </g>
    )
  })
}

/** Width of an element as it is on the screen, px. */
function useWidth(element: RefObject<Element | null>): number {
  const [width, setWidth] = useState(FIRST_WIDTH)
  useEffect(() => {
    const { current } = element
    if (current === null) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(Math.round(entry.contentRect.width))
    })
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  return width
}

export function ChartView({ node, scope, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const type = wordProp(props, 'type', ['line', 'bar', 'pie', 'area'])
  const points = readPoints(props.data, textProp(props, 'xKey') || 'x', textProp(props, 'yKey') || 'y')
  const height = numberProp(props, 'height', 300)
  const isEmpty = points.length === 0 || (type === 'pie' && !points.some(({ value }) => value > 0))
  if (isEmpty) {
    return (
      <div
        style={{ height }}
        className="grid place-items-center rounded-lg border border-line bg-surface text-sm text-muted"
      >
        No data
      </div>
    )
  }
  return <Drawing type={type} points={points} height={height} />
}

type ChartType = 'line' | 'bar' | 'pie' | 'area'

/** A chart in the width it has, so that its letters keep their size. */
function Drawing({ type, points, height }: Omit<DrawingProps, 'width'> & { type: ChartType }) {
  const box = useRef<HTMLElement>(null)
  const drawing = { points, width: useWidth(box), height }
  const spoken = points.map(({ label, value }) => `${label}: ${value}`).join(', ')
  return (
    <figure ref={box} className="m-0 rounded-lg border border-line bg-surface p-3 shadow-sm">
      <svg
        role="img"
        aria-label={`${type} chart. ${spoken}`}
        viewBox={`0 0 ${drawing.width} ${height}`}
        style={{ height }}
        className="block w-full fill-muted text-[11px]"
      >
        {type === 'bar' && <Bars {...drawing} />}
        {(type === 'line' || type === 'area') && <Lines {...drawing} isFilled={type === 'area'} />}
        {type === 'pie' && <Pie {...drawing} />}
      </svg>
    </figure>
  )
}
