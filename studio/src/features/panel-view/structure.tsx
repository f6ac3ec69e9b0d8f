import { COMPONENTS } from '@nexus/core/nxml'
import { createContext, createElement, useContext } from 'react'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import type { ComponentProps } from './component.ts'
import { usePanel } from './panel-context.ts'
import { type Props, textProp, useProps, wordProp } from './props.ts'
import { type RenderedChild, type RenderedChildren, useRenderedChildren } from './rendered-children.ts'
import { pressable, useTrigger } from './trigger.ts'

const GAPS = { sm: 'gap-2', md: 'gap-4', lg: 'gap-6' } as const
const ALIGNS = {
  start: 'items-start',
  center: 'items-center',
  end: 'items-end',
  stretch: 'items-stretch',
} as const
const JUSTIFIES = {
  start: 'justify-start',
  center: 'justify-center',
  end: 'justify-end',
  stretch: 'justify-stretch',
  between: 'justify-between',
} as const

/** Columns by the width of the panel (NXML specification 6.7); the browser's own placement does the rest of the algorithm. */
const GRID = 'grid grid-cols-4 @min-[640px]/panel:grid-cols-8 @min-[1024px]/panel:grid-cols-12'
const SPANS: Readonly<Record<number, string>> = {
  3: 'col-span-2 @min-[1024px]/panel:col-span-3',
  6: 'col-span-4 @min-[1024px]/panel:col-span-6',
  12: 'col-span-full',
}

/** In a row these share the free width; the others keep their own. */
const GROWS = new Set(['Text', 'Input', 'Chart', 'LogStream', 'Container', 'Layout'])

function Child({ child: { node, scope, rowKeys } }: { child: RenderedChild }) {
  const { Node } = usePanel()
  return <Node node={node} scope={scope} rowKeys={rowKeys} />
}

const MoreRows = ({ hiddenRows, showMore }: RenderedChildren) =>
  hiddenRows > 0 ? (
    <Button variant="ghost" onClick={showMore} className="col-span-full">
      Show more ({hiddenRows} hidden)
    </Button>
  ) : null

function Stack({ rendered, className }: { rendered: RenderedChildren; className: string }) {
  return (
    <div className={classes('flex min-w-0 flex-col', className)}>
      {rendered.children.map((child) => (
        <div key={child.key} className="w-full min-w-0">
          <Child child={child} />
        </div>
      ))}
      <MoreRows {...rendered} />
    </div>
  )
}

function Row({ rendered, className }: { rendered: RenderedChildren; className: string }) {
  return (
    <div className={classes('flex min-w-0 flex-wrap', className)}>
      {rendered.children.map((child) => (
        <div
          key={child.key}
          className={
            GROWS.has(child.node.type)
              ? 'min-w-[min(12rem,100%)] flex-[1_1_12rem]'
              : 'max-w-full min-w-0 flex-none'
          }
        >
          <Child child={child} />
        </div>
      ))}
      <MoreRows {...rendered} />
    </div>
  )
}

function Grid({ rendered, className }: { rendered: RenderedChildren; className: string }) {
  return (
    <div className={classes(GRID, 'min-w-0', className)}>
      {rendered.children.map((child) => (
        <div key={child.key} className={classes('min-w-0', SPANS[COMPONENTS[child.node.type]?.weight ?? 6])}>
          <Child child={child} />
        </div>
      ))}
      <MoreRows {...rendered} />
    </div>
  )
}

export function LayoutView({ node, scope, rowKeys, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const rendered = useRenderedChildren(node, scope, rowKeys)
  const strategy = wordProp(props, 'strategy', ['auto', 'stack', 'row'])
  const gap = GAPS[wordProp(props, 'gap', ['md', 'sm', 'lg'])]
  const align =
    strategy === 'row'
      ? wordProp(props, 'align', ['center', 'start', 'end', 'stretch'])
      : wordProp(props, 'align', ['stretch', 'start', 'center', 'end'])
  const className = classes(
    gap,
    ALIGNS[align],
    JUSTIFIES[wordProp(props, 'justify', ['start', 'center', 'end', 'stretch', 'between'])],
  )
  if (strategy === 'row') return <Row rendered={rendered} className={className} />
  if (strategy === 'stack') return <Stack rendered={rendered} className={className} />
  return <Grid rendered={rendered} className={className} />
}

const BOXES = {
  card: 'rounded-lg border border-line bg-surface p-4 shadow-sm',
  panel: 'rounded-lg border border-line bg-sunken p-4',
  section: 'border-b border-line pb-4',
  transparent: '',
} as const

/** How deep the titles around a container are; the panel's name is the first. */
const TitleDepth = createContext(2)

function Title({ props, level }: { props: Props; level: number }) {
  const title = textProp(props, 'title')
  if (title === '') return null
  return createElement(
    `h${Math.min(level, 6)}`,
    { className: 'mb-3 text-base font-semibold tracking-tight break-words' },
    title,
  )
}

export function ContainerView({ node, scope, rowKeys, instanceId }: ComponentProps) {
  const props = useProps(node, scope, instanceId)
  const trigger = useTrigger(node, scope)
  const rendered = useRenderedChildren(node, scope, rowKeys)
  const level = useContext(TitleDepth)
  const hasTitle = textProp(props, 'title') !== ''
  return (
    <div
      className={classes(
        'min-w-0',
        BOXES[wordProp(props, 'variant', ['card', 'panel', 'section', 'transparent'])],
        trigger !== null && 'cursor-pointer transition-shadow hover:shadow-md',
      )}
      {...pressable(trigger)}
    >
      <Title props={props} level={level} />
      <TitleDepth value={hasTitle ? level + 1 : level}>
        <Stack rendered={rendered} className="gap-3" />
      </TitleDepth>
    </div>
  )
}
