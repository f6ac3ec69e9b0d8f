/** How an attribute of a component is read (NXML specification 5.1). */
export type PropRule =
  | { readonly kind: 'template'; readonly required?: true }
  | { readonly kind: 'binding'; readonly required?: true }
  /** A literal, or one `{expression}`. `open`: other words are accepted and shown as the default. */
  | {
      readonly kind: 'value'
      readonly values: readonly string[]
      readonly open?: true
      readonly required?: true
    }
  | { readonly kind: 'flag' }
  | { readonly kind: 'path'; readonly required?: true }
  | { readonly kind: 'word'; readonly values: readonly string[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly unit?: 'px' }
  | { readonly kind: 'name'; readonly required?: true }
  | { readonly kind: 'member-path' }

export interface ComponentRule {
  readonly props: Readonly<Record<string, PropRule>>
  /** Whether it may hold child components. */
  readonly children: boolean
  /** The prop that text between its tags stands for. */
  readonly body?: 'content' | 'label'
  readonly trigger?: 'optional' | 'required'
  /** Columns of twelve in an `auto` layout; null when its children count in its place. */
  readonly weight: 3 | 6 | 12 | null
}

const ALIGN = ['start', 'center', 'end', 'stretch']
const HEIGHT: PropRule = { kind: 'integer', min: 40, max: 2000, unit: 'px' }

const BUTTON: ComponentRule = {
  props: {
    label: { kind: 'template', required: true },
    variant: { kind: 'value', values: ['primary', 'secondary', 'danger', 'ghost'] },
    disabled: { kind: 'flag' },
  },
  children: false,
  body: 'label',
  trigger: 'optional',
  weight: 3,
}

/** The standard component library (section 6). */
export const COMPONENTS: Readonly<Record<string, ComponentRule>> = {
  Layout: {
    props: {
      strategy: { kind: 'word', values: ['auto', 'stack', 'row'] },
      gap: { kind: 'word', values: ['sm', 'md', 'lg'] },
      align: { kind: 'word', values: ALIGN },
      justify: { kind: 'word', values: [...ALIGN, 'between'] },
    },
    children: true,
    weight: 12,
  },
  Container: {
    props: {
      title: { kind: 'template' },
      variant: { kind: 'value', values: ['card', 'panel', 'section', 'transparent'] },
    },
    children: true,
    trigger: 'optional',
    weight: 12,
  },
  If: { props: { condition: { kind: 'binding', required: true } }, children: true, weight: null },
  Iterate: {
    props: {
      items: { kind: 'binding', required: true },
      as: { kind: 'name', required: true },
      key: { kind: 'member-path' },
    },
    children: true,
    weight: null,
  },
  Text: {
    props: {
      content: { kind: 'template', required: true },
      variant: { kind: 'value', values: ['h1', 'h2', 'h3', 'h4', 'body', 'code', 'caption'] },
    },
    children: false,
    body: 'content',
    trigger: 'optional',
    weight: 12,
  },
  Metric: {
    props: {
      label: { kind: 'template', required: true },
      value: { kind: 'template', required: true },
      unit: { kind: 'template' },
      trend: { kind: 'value', values: ['up', 'down', 'flat', 'neutral'], open: true },
    },
    children: false,
    trigger: 'optional',
    weight: 3,
  },
  StatusBadge: {
    props: {
      label: { kind: 'template' },
      value: { kind: 'template' },
      status: { kind: 'value', values: ['success', 'warn', 'error', 'info'], open: true },
    },
    children: false,
    trigger: 'optional',
    weight: 3,
  },
  LogStream: {
    props: { data: { kind: 'binding', required: true }, height: HEIGHT, autoScroll: { kind: 'boolean' } },
    children: false,
    weight: 12,
  },
  Chart: {
    props: {
      type: { kind: 'value', values: ['line', 'bar', 'pie', 'area'], required: true },
      data: { kind: 'binding', required: true },
      xKey: { kind: 'member-path' },
      yKey: { kind: 'member-path' },
      height: HEIGHT,
    },
    children: false,
    weight: 6,
  },
  Input: {
    props: {
      bind: { kind: 'path', required: true },
      placeholder: { kind: 'template' },
      label: { kind: 'template' },
      inputType: { kind: 'word', values: ['text', 'number', 'password', 'email'] },
      multiline: { kind: 'boolean' },
      rows: { kind: 'integer', min: 1, max: 40 },
      disabled: { kind: 'flag' },
    },
    children: false,
    trigger: 'optional',
    weight: 6,
  },
  Switch: {
    props: {
      bind: { kind: 'path', required: true },
      label: { kind: 'template' },
      disabled: { kind: 'flag' },
    },
    children: false,
    trigger: 'optional',
    weight: 3,
  },
  Button: BUTTON,
  Action: { ...BUTTON, trigger: 'required' },
}

/** What to use in place of components of other panel languages. */
export const COMPONENT_HINTS: Readonly<Record<string, string>> = {
  Card: 'use <Container>',
  CustomComponent: 'panels cannot load code; build the view from the standard components',
  Grid: 'use <Layout strategy="auto">',
  Table: 'use <Iterate> with a row <Layout>',
  Spinner: 'use <StatusBadge>',
  Select: 'use a row of <Button>',
}
