import { describe, expect, test } from 'vitest'
import { compileSource } from './compile.ts'
import { DIAGNOSTIC_SEVERITIES, type DiagnosticCode, formatDiagnostic } from './diagnostics.ts'

interface Parts {
  readonly root?: string
  readonly data?: string
  readonly logic?: string
  readonly view?: string
}

const panel = ({ root = 'title="T"', data = '', logic = '', view = '<Layout />' }: Parts): string =>
  `<NexusPanel ${root}>\n<Data>${data}</Data>\n<Logic>${logic}</Logic>\n<View>${view}</View>\n</NexusPanel>`

const tool = (code: string, inside = ''): Parts => ({
  data: '<State name="n" type="number" /><State name="items" type="list" /><Computed name="sum" value="$state.n + $state.items.length" />',
  logic: `<Extension name="nexus.user" /><Lifecycle on="mount"><Handler>await $ext.user.current();</Handler></Lifecycle>
<Tool name="go">${inside}<Handler>${code}</Handler></Tool>`,
  view: '<Layout id="box"><Text content="{$state.sum}" /><Button label="Go" trigger="go" /></Layout>',
})

const view = (inside: string, logic = ''): Parts => ({
  data: '<State name="n" type="number" /><State name="items" type="list" />',
  logic,
  view: `<Layout><Text content="{$state.n}{$state.items.length}" />${inside}</Layout>`,
})

const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('')

const ARG = '<Tool name="go"><Arg name="id" /><Handler>return $args.id;</Handler></Tool>'

/** Code → the smallest source that gives it, and nothing else but infos. */
const SOURCES: Record<DiagnosticCode, Parts | string> = {
  PARSE_ERROR: '<NexusPanel title="T"><View></NexusPanel>',
  INVALID_XML: '<NexusPanel title="T"><?php x ?></NexusPanel>',
  SOURCE_TOO_LARGE: panel({ view: `<Text content="${'ü'.repeat(250_000)}" />` }),
  INVALID_ROOT: '<Panel />',
  UNKNOWN_ELEMENT: panel({ data: '<Var name="x" />' }),
  DUPLICATE_SECTION: '<NexusPanel title="T"><Data /><Data /><View /></NexusPanel>',
  MULTIPLE_VIEW_ROOTS: { view: '<Layout /><Layout />' },
  MISSING_HANDLER: { logic: '<Tool name="a" />' },
  DUPLICATE_HANDLER: {
    logic: '<Tool name="a"><Handler>return 1;</Handler><Handler>return 2;</Handler></Tool>',
  },
  UNEXPECTED_TEXT: { view: '<Layout>x</Layout>' },
  CHILDREN_NOT_ALLOWED: { view: '<Text content="a"><Layout /></Text>' },
  UNKNOWN_COMPONENT: { view: '<Grid />' },
  MISSING_REQUIRED: { view: '<StatusBadge />' },
  INVALID_ATTRIBUTE_VALUE: view('<Chart type="bar" data="$state.items" />'),
  DUPLICATE_ATTRIBUTE: { view: '<Layout gap="sm" gap="md" />' },
  FORBIDDEN_ATTRIBUTE: { view: '<Layout bind:x="1" />' },
  CONFLICTING_ATTRIBUTES: view('<Button label="x" trigger="go" args="[1]" payload="[2]" />', ARG),
  UNKNOWN_ATTRIBUTE: { view: '<Layout direction="row" />' },
  DEPRECATED_ATTRIBUTE: view('<Button label="x" trigger="go" payload="[2]" />', ARG),
  MISSING_TITLE: '<NexusPanel><View /></NexusPanel>',
  MISSING_VIEW: '<NexusPanel title="T" />',
  INVALID_IDENTIFIER: { view: '<Layout id="1a" />' },
  INVALID_TYPE: { data: '<State name="a" type="array" />', view: '<Text content="{$state.a}" />' },
  INVALID_DEFAULT: {
    data: '<State name="a" type="boolean" default="maybe" />',
    view: '<Text content="{$state.a}" />',
  },
  DUPLICATE_STATE: { data: '<State name="a" /><State name="a" />', view: '<Text content="{$state.a}" />' },
  COMPUTED_CYCLE: { data: '<Computed name="a" value="$state.a" />' },
  UNUSED_STATE: { data: '<State name="a" />' },
  EXPRESSION_SYNTAX: { view: '<Text content="{1 +}" />' },
  EXPRESSION_FORBIDDEN: { view: '<Text content="{/x/}" />' },
  UNDEFINED_STATE_REFERENCE: { view: '<Text content="{$state.nope}" />' },
  INVALID_SCOPE_REFERENCE: { view: '<Text content="{$scope.row}" />' },
  UNKNOWN_GLOBAL: { view: '<Text content="{name}" />' },
  FORBIDDEN_GLOBAL: { view: '<Text content="{document}" />' },
  FORBIDDEN_PROPERTY: { view: `<Text content="{'a'.constructor}" />` },
  INVALID_BIND_PATH: view('<Input bind="n" />'),
  READONLY_BINDING: { data: '<Computed name="a" value="1" />', view: '<Input bind="$state.a" />' },
  BIND_TYPE_MISMATCH: view('<Input bind="$state.items" />'),
  SHADOWED_SCOPE: view(
    '<Iterate items="{$state.items}" as="a"><Iterate items="{$state.items}" as="a" /></Iterate>',
  ),
  MISSING_KEY: view(
    '<Iterate items="{$state.items}" as="a"><If condition="{true}"><Switch bind="$scope.a.on" /></If></Iterate>',
  ),
  DUPLICATE_TOOL: {
    logic:
      '<Tool name="a"><Handler>return 1;</Handler></Tool><Tool name="a"><Handler>return 1;</Handler></Tool>',
  },
  DUPLICATE_ARG: {
    logic: '<Tool name="a"><Arg name="x" /><Arg name="x" /><Handler>return 1;</Handler></Tool>',
  },
  DUPLICATE_EXTENSION_ALIAS: {
    logic:
      '<Extension name="a.user" /><Extension name="b.user" /><Tool name="a"><Handler>await $ext.user.x();</Handler></Tool>',
  },
  DUPLICATE_LIFECYCLE: {
    logic:
      '<Lifecycle on="mount"><Handler>return;</Handler></Lifecycle><Lifecycle on="mount"><Handler>return;</Handler></Lifecycle>',
  },
  HANDLER_SYNTAX: tool('let = ;'),
  FORBIDDEN_SYNTAX: tool('with ($state) { n = 1; }'),
  EMPTY_HANDLER: tool('// nothing'),
  READONLY_WRITE: tool('$args = {};'),
  UNDEFINED_ARG_REFERENCE: tool('return $args.x;'),
  UNDECLARED_EXTENSION: tool('await $ext.http.get();'),
  UNKNOWN_EXTENSION: tool('return 1;'),
  UNUSED_EXTENSION: { logic: '<Extension name="nexus.user" />' },
  UNAWAITED_EXTENSION: tool('$ext.user.current();'),
  UNKNOWN_API: tool('$log.trace("x");'),
  UNKNOWN_VIEW_ID: tool('$view.getElementById("bx");'),
  INVALID_EVENT_NAME: tool('$emit("system:x");'),
  UNDEFINED_TOOL_REFERENCE: { view: '<Button label="x" trigger="go" />' },
  MISSING_ARGUMENT: view('<Button label="x" trigger="go" />', ARG),
  UNKNOWN_ARGUMENT: view('<Button label="x" trigger="go" args="{ id: 1, more: 2 }" />', ARG),
  REQUIRED_WITH_DEFAULT: tool('return $args.x;', '<Arg name="x" required="true" default="1" />'),
  DUPLICATE_VIEW_ID: { view: '<Layout id="a"><Layout id="a" /></Layout>' },
  BUTTON_WITHOUT_TRIGGER: { view: '<Button>x</Button>' },
  PASSWORD_IN_SHARED_STATE: {
    data: '<State name="a" />',
    view: '<Input bind="$state.a" inputType="password" />',
  },
  UNUSED_TOOL: { logic: '<Tool name="a"><Handler>return 1;</Handler></Tool>' },
  NO_MOUNT_WITH_EXTENSIONS: {
    view: '<Action label="x" trigger="a" />',
    logic:
      '<Extension name="nexus.user" /><Tool name="a"><Handler>await $ext.user.current();</Handler></Tool>',
  },
  LIMIT_EXCEEDED: {
    data: many(201, (i) => `<Computed name="c${i}" value="1" />`),
    view: `<Text content="${many(200, (i) => `{$state.c${i}}`)}" />`,
  },
}

describe('every code of 7.3', () => {
  test.each(Object.keys(DIAGNOSTIC_SEVERITIES) as DiagnosticCode[])(
    '[NXML4] %s is given, and only it',
    (code) => {
      const source = SOURCES[code]
      const text = typeof source === 'string' ? source : panel(source)
      const extensions = code === 'UNKNOWN_EXTENSION' ? ['nexus.http'] : []
      const { diagnostics, state } = compileSource(text, { extensions })
      const found = diagnostics.filter(({ severity }) => severity === DIAGNOSTIC_SEVERITIES[code])
      expect(found.map((diagnostic) => diagnostic.code)).toEqual([code])
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toHaveLength(
        DIAGNOSTIC_SEVERITIES[code] === 'error' ? 1 : 0,
      )
      expect(state).toBe(DIAGNOSTIC_SEVERITIES[code] === 'error' ? 'invalid' : 'valid')
    },
  )

  test.each([
    [
      { view: '<Text contnt="x" content="y" />' },
      '4:13 warning UNKNOWN_ATTRIBUTE: <Text> has no attribute contnt (did you mean "content"?)',
    ],
    [
      { view: '<Buton label="x" />' },
      '4:8 error UNKNOWN_COMPONENT: unknown component <Buton> (did you mean <Button>?)',
    ],
    [
      view('<Button label="x" trigger="gp" />', ARG),
      'error UNDEFINED_TOOL_REFERENCE: no tool named "gp" (did you mean "go"?)',
    ],
    [
      { view: '<Layout strategy="flex" />' },
      '4:25 error INVALID_ATTRIBUTE_VALUE: strategy must be one of auto, stack, row; found "flex" (did you mean "stack"?)',
    ],
    [tool('console.log(1);'), 'error UNKNOWN_GLOBAL: unknown name "console" (use $log)'],
    [tool('return n;'), 'error UNKNOWN_GLOBAL: unknown name "n" (write $state.n)'],
  ])('[NXML5] %j is explained', (parts, expected) => {
    const printed = compileSource(panel(parts)).diagnostics.map(formatDiagnostic)
    expect(printed.join('\n')).toContain(expected)
  })

  test('[NXML6] limits of a definition are kept', () => {
    const deep = `${'<Layout>'.repeat(33)}${'</Layout>'.repeat(33)}`
    const wide = `<Layout>${'<Layout />'.repeat(2_000)}</Layout>`
    const tools = many(101, (i) => `<Tool name="t${i}"><Handler>return 1;</Handler></Tool>`)
    const args = `<Tool name="a">${many(21, (i) => `<Arg name="x${i}" />`)}<Handler>return 1;</Handler></Tool>`
    const extensions = many(21, (i) => `<Extension name="a.b${i}" />`)
    for (const parts of [
      { view: deep },
      { view: wide },
      { logic: tools },
      { logic: args },
      { logic: extensions },
    ]) {
      const { diagnostics } = compileSource(panel(parts))
      expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
        'LIMIT_EXCEEDED',
      ])
    }
  })
})

describe('handlers', () => {
  const codesOf = (code: string): string[] =>
    compileSource(panel(tool(code)))
      .diagnostics.filter(({ severity }) => severity !== 'info')
      .map((diagnostic) => diagnostic.code)

  test.each([
    'const { n, items: [first] } = $state; return [n, first];',
    'for (const item of $state.items) { const top = item; if (top) continue; }',
    'const f = function name(a, { b = 1, ...c }, ...d) { return name && arguments.length && a && b && c && d; }; return f();',
    'class A extends Map { static x = 1; #p = 2; get q() { return this.#p; } } return new A().size;',
    'try { null.x; } catch ({ message }) { $log(message); } finally { $log.warn("x"); }',
    'outer: for (let i = 0; i < 3; i++) { for (;;) { continue outer; } }',
    'var late; late = hoisted(); function hoisted() { return 1; } return late;',
    'switch ($state.n) { case 1: { let x = 1; return x; } default: return new RegExp("a").test("a"); }',
    'return await $ext.user.current();',
    'const u = (await $ext.user.current())?.name; return u;',
    'const users = await Promise.all([1].map(() => $ext.user.current())); return users;',
    'const k = "n"; $state[k] = 1; return $state[k];',
    'const window = { open: 1 }; return window.open;',
  ])('[NXML7] %s is fine', (code) => {
    expect(codesOf(code)).toEqual([])
  })

  test.each([
    ['return import("x");', 'FORBIDDEN_SYNTAX'],
    ['import x from "y";', 'FORBIDDEN_SYNTAX'],
    ['debugger;', 'FORBIDDEN_SYNTAX'],
    ['x = 1;', 'UNKNOWN_GLOBAL'],
    ['return globalThis;', 'FORBIDDEN_GLOBAL'],
    ['return new Function("1");', 'FORBIDDEN_GLOBAL'],
    ['const { constructor } = {}; return constructor;', 'FORBIDDEN_PROPERTY'],
    ['return ({})["__proto__"];', 'FORBIDDEN_PROPERTY'],
    ['return { __proto__: null };', 'FORBIDDEN_PROPERTY'],
    ['await [1].map(() => { $ext.user.current(); });', 'UNAWAITED_EXTENSION'],
    ['$state.sum++;', 'READONLY_WRITE'],
    ['[$state.sum] = [1];', 'READONLY_WRITE'],
    ['({ a: $state.sum } = { a: 1 });', 'READONLY_WRITE'],
    ['$state.nope += 1;', 'UNDEFINED_STATE_REFERENCE'],
    ['const { nope } = $state;', 'UNDEFINED_STATE_REFERENCE'],
  ])('[NXML8] %s gives %s', (code, expected) => {
    expect(codesOf(code)).toContain(expected)
  })

  const useOf = (code: string) => {
    const compilation = compileSource(panel(tool(code)))
    if (compilation.state === 'invalid') throw new Error(JSON.stringify(compilation.diagnostics))
    return compilation.panel.tools[0]?.handler
  }

  test.each([
    '$state.items.push(1);',
    '$state.items[0].done = true;',
    '$state.items.find((i) => i).done = true;',
    'const item = $state.items.find((i) => i); if (item) item.done = true;',
    'let item; item = $state.items[0]; delete item.done;',
    'for (const item of $state.items) item.done = true;',
    '$state.items.forEach((item) => { item.done = true; });',
    'const { items } = $state; items.length = 0;',
    'const clear = (list) => { list.length = 0; }; clear($state.items);',
    '[$state.items] = [[]];',
  ])('[NXML9] %s counts as a write of that state', (code) => {
    expect(useOf(code)).toMatchObject({ writes: ['items'], dynamicState: false })
  })

  test('[NXML10] what a handler may do is inferred from its code', () => {
    const code = `$state.n = $state.items.length; $emit('toast', 'x'); $view.getElementById('box').call('scrollIntoView');
      return await $ext.user.current();`
    expect(useOf(code)).toMatchObject({
      reads: ['items'],
      writes: ['n'],
      emits: ['toast'],
      viewIds: ['box'],
      extensions: ['user'],
      capabilities: [
        'state:read:items',
        'state:write:n',
        'events:emit:toast',
        'view:update:box',
        'ext:nexus.user',
      ],
    })
    expect(useOf('const k = "n"; return $state[k];')).toMatchObject({
      dynamicState: true,
      capabilities: ['state:read:*', 'state:write:*'],
    })
  })
})
