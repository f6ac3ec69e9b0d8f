import { beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../model/json.ts'
import { compileSource } from '../compile.ts'
import type { CompiledPanel } from '../compiled-panel.ts'
import { type Extensions, userExtension } from './extensions.ts'
import type { RunOutcome } from './run-request.ts'
import { createSandbox, type Sandbox } from './sandbox.ts'

const panelWith = (code: string, timeoutMs = 500): CompiledPanel => {
  const compilation = compileSource(`<NexusPanel title="T">
  <Data>
    <State name="n" type="number" />
    <State name="title" />
    <State name="page" type="text" default="hi" />
    <State name="hits" type="counter" />
    <State name="open" type="boolean" />
    <State name="items" type="list" default='[{"id":"a","v":1},{"id":"b","v":2}]' />
    <State name="box" type="object" default='{"b":{"y":1},"a":2}' />
    <State name="draft" scope="local" default="mine" />
    <Computed name="sum" value="$state.items.reduce((s, i) => s + i.v, 0)" />
    <Computed name="twice" value="$state.sum * 2" />
  </Data>
  <Logic>
    <Extension name="nexus.user" />
    <Extension name="nexus.http" alias="http" />
    <Tool name="go">
      <Arg name="by" type="number" default="1" />
      <Arg name="who" required="false" />
      <Handler timeoutMs="${timeoutMs}">${code}</Handler>
    </Tool>
  </Logic>
  <View><LogStream id="log" data="{$state.items}" /></View>
</NexusPanel>`)
  if (compilation.state === 'invalid') throw new Error(JSON.stringify(compilation.diagnostics))
  return compilation.panel
}

const startState = (panel: CompiledPanel): JsonObject =>
  Object.fromEntries(panel.states.map(({ name, default: value }) => [name, structuredClone(value)]))

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox({ thread: 'same' })
})

const run = (
  code: string,
  { args = {}, extensions = userExtension(null), timeoutMs = 500 }: RunOptions = {},
): Promise<RunOutcome> => {
  const panel = panelWith(code, timeoutMs)
  return sandbox.run({ panel, target: { tool: 'go', args }, state: startState(panel), extensions })
}

interface RunOptions {
  readonly args?: JsonObject
  readonly extensions?: Extensions
  readonly timeoutMs?: number
}

const returned = async (code: string, options?: RunOptions): Promise<Json | undefined> => {
  const { result } = await run(code, options)
  expect(result.error).toBeUndefined()
  return result.value
}

const errorOf = async (code: string, options?: RunOptions) => {
  const { result, nextState } = await run(code, options)
  expect(result.success).toBe(false)
  expect(nextState).toEqual(startState(panelWith('return')))
  return result.error
}

const stateAfter = async (code: string): Promise<JsonObject> => {
  const { result, nextState } = await run(code)
  expect(result.error).toBeUndefined()
  return nextState
}

describe('state in a handler', () => {
  test('[NXMLRUN1] reads see the writes of the run, computed values too', async () => {
    expect(
      await returned(
        '$state.items.push({ id: "c", v: 7 }); return [$state.items.length, $state.sum, $state.twice];',
      ),
    ).toEqual([3, 10, 20])
  })

  test('[NXMLRUN2] lists are lists and objects are objects', async () => {
    const code = `const { items, box } = $state;
      return [Array.isArray(items), [...items].length, items.includes(items[0]), JSON.stringify(box), Object.keys(box),
        Object.prototype === undefined, 'n' in $state, items.map((i) => i.id)];`.replace(
      'Object.prototype === undefined, ',
      '',
    )
    expect(await returned(code)).toEqual([true, 2, true, '{"a":2,"b":{"y":1}}', ['a', 'b'], true, ['a', 'b']])
  })

  test('[NXMLRUN3] what is found in state is live, also after the list was replaced by a part of itself', async () => {
    const code = `const b = $state.items.find((i) => i.id === 'b');
      $state.items = $state.items.filter((i) => i.id !== 'a');
      b.v = 9;
      $state.items.sort((x, y) => x.v - y.v)[0].w = 1;`
    expect((await stateAfter(code)).items).toEqual([{ id: 'b', v: 9, w: 1 }])
  })

  test('[NXMLRUN4] an object given to a second place is copied', async () => {
    const after = await stateAfter(`$state.box.copy = $state.items; $state.items[0].v = 99;`)
    expect(after.box).toMatchObject({
      copy: [
        { id: 'a', v: 1 },
        { id: 'b', v: 2 },
      ],
    })
    expect(after.items).toMatchObject([{ v: 99 }, { v: 2 }])
  })

  test('[NXMLRUN5] a fresh object may be filled after it was put into a list', async () => {
    const code = `const item = { id: 'c' }; $state.items.push(item); item.v = 4; return $state.sum;`
    expect(await returned(code)).toBe(7)
  })

  test('[NXMLRUN6] undefined members are dropped, undefined items become null', async () => {
    const after = await stateAfter(`$state.box = { a: undefined, b: [undefined, 1] }; delete $state.box.zzz;`)
    expect(after.box).toEqual({ b: [null, 1] })
  })

  test('[NXMLRUN7] local writes come back by name', async () => {
    const { result } = await run(`$state.draft = ''; $state.n = 1;`)
    expect(result.localWrites).toEqual({ draft: '' })
  })

  test.each([
    ['$state.n = "5";', 'TYPE_MISMATCH'],
    ['$state.n = NaN;', 'TYPE_MISMATCH'],
    ['$state.hits = 1.5;', 'TYPE_MISMATCH'],
    ['$state.title = null;', 'TYPE_MISMATCH'],
    ['$state.items = { length: 0 };', 'TYPE_MISMATCH'],
    ['$state.box = [];', 'TYPE_MISMATCH'],
    ['$state["su" + "m"] = 1;', 'READONLY_COMPUTED'],
    ['$state["no" + "pe"] = 1;', 'UNDEFINED_STATE'],
    ['return $state["no" + "pe"];', 'UNDEFINED_STATE'],
    ['$state.items[5] = 1;', 'LIST_HOLE'],
    ['$state.items.length = 9;', 'LIST_HOLE'],
    ['delete $state.items[0];', 'LIST_HOLE'],
    ['$state.box.when = new Date();', 'NOT_SERIALIZABLE'],
    ['$state.box = new Map();', 'NOT_SERIALIZABLE'],
    ['$state.items.push(() => 1);', 'NOT_SERIALIZABLE'],
    ['$state.items.push(1n);', 'NOT_SERIALIZABLE'],
    ['$state.items.push(1 / 0);', 'NOT_SERIALIZABLE'],
    ['const a = {}; a.a = a; $state.box = a;', 'NOT_SERIALIZABLE'],
    ['let a = []; for (let i = 0; i < 40; i++) a = [a]; $state.items = a;', 'LIMIT_EXCEEDED'],
    ['$state.items = Array.from({ length: 10001 }, () => 1);', 'LIMIT_EXCEEDED'],
    ['$state.page = "x".repeat(1000001);', 'LIMIT_EXCEEDED'],
    ['return new Date();', 'NOT_SERIALIZABLE'],
    ['const o = {}; $state.box = o; o.f = () => 1;', 'NOT_SERIALIZABLE'],
  ])('[NXMLRUN8] %s is refused with %s, and nothing is written', async (code, expected) => {
    expect(await errorOf(`$state.n = 3; ${code}`)).toMatchObject({ code: expected })
  })

  test('[NXMLRUN9] a refused write can be caught', async () => {
    const after = await stateAfter(`try { $state.n = 'x'; } catch { $state.title = 'caught'; }`)
    expect(after).toMatchObject({ n: 0, title: 'caught' })
  })

  test('[NXMLRUN10] an error names its place in the NXML source', async () => {
    expect(await errorOf(`\n      const x = 1;\n      throw new Error('boo');`)).toMatchObject({
      code: 'EXECUTION_ERROR',
      message: 'boo',
      line: 22,
    })
    expect(await errorOf(`\n  $state.n = 'x';`)).toMatchObject({ line: 21, column: 9 })
  })
})

describe('arguments', () => {
  test('[NXMLRUN11] are converted where nothing is lost, frozen, and have their defaults', async () => {
    expect(await returned('return [$args.by, $args.who];', { args: { by: '7', who: 3, other: 1 } })).toEqual([
      7,
      '3',
    ])
    expect(await returned('return [$args.by, $args.who];')).toEqual([1, null])
    expect(await errorOf('return 1;', { args: { by: 'many' } })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(await errorOf('const a = $args; a.by = 2;')).toMatchObject({ code: 'EXECUTION_ERROR' })
  })

  test('[NXMLRUN12] unknown tools and, for agents, unknown arguments are refused', async () => {
    const panel = panelWith('return 1;')
    const state = startState(panel)
    const unknownTool = await sandbox.run({ panel, target: { tool: 'nope', args: {} }, state })
    expect(unknownTool.result.error?.code).toBe('TOOL_NOT_FOUND')
    const target = { tool: 'go', args: { x: 1 }, unknownArgs: 'refuse' as const }
    expect((await sandbox.run({ panel, target, state })).result.error?.code).toBe('INVALID_ARGUMENT')
  })
})

describe('the way out', () => {
  test('[NXMLRUN13] events and view commands come back in order', async () => {
    const { result } = await run(`$emit('toast', { message: 'hi' });
      const log = $view.getElementById('log');
      log.setProp('filter', 'error'); log.setProp('filter', undefined); log.call('scrollToBottom');
      return $view.getElementById('no' + 'ne');`)
    expect(result).toMatchObject({
      value: null,
      events: [{ name: 'toast', payload: { message: 'hi' } }],
      viewCommands: [
        { id: 'log', kind: 'setProp', args: ['filter', 'error'] },
        { id: 'log', kind: 'setProp', args: ['filter'] },
        { id: 'log', kind: 'call', args: ['scrollToBottom'] },
      ],
    })
  })

  test.each([
    ['const e = "system:" + "x"; $emit(e);', 'INVALID_EVENT_NAME'],
    ['$emit("big", "x".repeat(20000));', 'RESOURCE_LIMIT'],
    ['for (let i = 0; i < 101; i++) $emit("a");', 'RESOURCE_LIMIT'],
    ['for (let i = 0; i < 1001; i++) $log("a");', 'RESOURCE_LIMIT'],
    ['$emit("a", new Map());', 'NOT_SERIALIZABLE'],
    ['await $ext.http.get("https://example.org");', 'EXTENSION_NOT_FOUND'],
    ['await $ext.user.nope();', 'METHOD_NOT_FOUND'],
  ])('[NXMLRUN14] %s fails with %s', async (code, expected) => {
    expect(await errorOf(code)).toMatchObject({ code: expected })
  })

  test('[NXMLRUN15] nexus.user says who triggered the run', async () => {
    const extensions = userExtension({ id: 'u1', name: 'Bob' })
    expect(await returned('return (await $ext.user.current()).name;', { extensions })).toBe('Bob')
    expect(await returned('return await $ext.user.current();')).toBeNull()
  })

  test('[NXMLRUN16] each await of an extension ends a segment, and only the failed one is discarded', async () => {
    const panel = panelWith(
      `$state.n = 1; await $ext.user.current(); $state.n += 10; throw new Error('late');`,
    )
    const commits: Json[] = []
    const { result, nextState } = await sandbox.run({
      panel,
      target: { tool: 'go', args: {} },
      state: startState(panel),
      extensions: userExtension(null),
      commit: (next) => {
        commits.push(next.n ?? null)
        return { ...next, n: 100 }
      },
    })
    expect(commits).toEqual([1])
    expect(result.error?.message).toBe('late')
    expect(nextState.n).toBe(100)
  })
})

describe('limits', () => {
  test.each([
    ['for (;;) {}', 'TIMEOUT'],
    ['try { for (;;) {} } finally { $state.n = 1; }', 'TIMEOUT'],
    ['for (;;) { try { for (;;) {} } catch {} }', 'TIMEOUT'],
    ['await new Promise(() => {});', 'TIMEOUT'],
    ['const f = async () => { for (;;) await null; }; await f();', 'TIMEOUT'],
    ['const a = []; for (;;) a.push("x".repeat(1000000) + a.length);', 'MEMORY_LIMIT'],
    ['const a = []; for (;;) a.push({ a });', 'MEMORY_LIMIT'],
    ['let s = "x"; for (;;) s += s;', 'EXECUTION_ERROR'],
    ['for (;;) { await $ext.user.current(); let s = 0; for (let i = 0; i < 50000; i++) s += i; }', 'TIMEOUT'],
    ['const f = () => f() + 1; f();', 'RESOURCE_LIMIT'],
    [
      'const o = {}; let p = o; for (let i = 0; i < 100000; i++) { p.a = {}; p = p.a; } JSON.stringify(o);',
      'RESOURCE_LIMIT',
    ],
    ['const f = () => [1].map(f); f();', 'RESOURCE_LIMIT'],
    ['JSON.parse("[".repeat(100000));', 'RESOURCE_LIMIT'],
  ])('[NXMLRUN17] %s ends with %s', async (code, expected) => {
    expect(await errorOf(code, { timeoutMs: expected === 'TIMEOUT' ? 150 : 5_000 })).toMatchObject({
      code: expected,
    })
  })

  test('[NXMLRUN18] a run after a broken one is as good as new', async () => {
    for (const code of [
      'for (;;) {}',
      'const f = () => f(); f();',
      'const a = []; for (;;) a.push({ a });',
      'JSON.parse("[".repeat(100000));',
    ]) {
      await run(code)
      expect(await returned('return $state.sum;')).toBe(3)
    }
  })

  test('[NXMLRUN19] messages and stack texts are cut', async () => {
    const error = await errorOf('throw new Error("x".repeat(100000));')
    expect(error?.message.length).toBeLessThanOrEqual(1_000)
  })

  test('[NXMLRUN20] waiting for an extension does not count as the handler’s own time', async () => {
    let now = 1
    const slow: Extensions = {
      'nexus.user': {
        current: async () => {
          now += 10_000
          return null
        },
      },
    }
    const patient = await createSandbox({ now: () => now })
    const panel = panelWith(
      'await $ext.user.current(); let s = 0; for (let i = 0; i < 50000; i++) s += i; return 1;',
    )
    const { result } = await patient.run({
      panel,
      target: { tool: 'go', args: {} },
      state: startState(panel),
      extensions: slow,
    })
    expect(result).toMatchObject({ success: true, value: 1 })
  })
})

test('[NXMLRUN25] the time of all segments is one account', async () => {
  let now = 1
  const ticking = await createSandbox({
    now: () => {
      now += 1
      return now
    },
  })
  const panel = panelWith('for (;;) { await $ext.user.current(); for (let i = 0; i < 50000; i++); }')
  const extensions = userExtension(null)
  const { result } = await ticking.run({
    panel,
    target: { tool: 'go', args: {} },
    state: startState(panel),
    extensions,
  })
  expect(result.error?.code).toBe('TIMEOUT')
  // Far from the 10,000 calls that would end it as well.
  expect(now).toBeLessThan(2_000)
})

describe('isolation', () => {
  test.each([
    'return typeof ({})["con" + "structor"];',
    'return typeof (() => 1)["con" + "structor"];',
    'return typeof (async () => 1)["con" + "structor"];',
    'return typeof (function* () {})["con" + "structor"];',
    'return typeof [][Symbol.iterator]()["con" + "structor"];',
    'return typeof $state.items["con" + "structor"];',
    'return typeof $state.items.map["con" + "structor"];',
    'return typeof $emit["con" + "structor"];',
    'return typeof $ext.user.current["con" + "structor"];',
    'return typeof Promise.resolve(1)["con" + "structor"];',
    'return typeof ({})["__pro" + "to__"];',
    'return typeof $state.box["__pro" + "to__"];',
    'return typeof $state["__pro" + "to__"];',
  ])('[NXMLRUN21] %s finds nothing', async (code) => {
    expect(await returned(code)).toBe('undefined')
  })

  test.each([
    '$state["__pro" + "to__"].x = 1;',
    '$state.box["__pro" + "to__"].x = 1;',
    '$state.box["__pro" + "to__"] = { x: 1 };',
    '$state.box = JSON.parse(\'{"__proto__":{"x":1}}\');',
    '$state.box["con" + "structor"] = 1;',
    'Object.setPrototypeOf($state.box, { x: 1 });',
    'Object.defineProperty($state.box, "x", { get() { return 1; } });',
    'Object.freeze($state.items);',
  ])('[NXMLRUN22] %s is refused, and pollutes neither this world nor the next', async (code) => {
    await errorOf(code)
    expect(await returned('return ({}).x;')).toBeNull()
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })

  test('[NXMLRUN23] no global is there but the allowed ones', async () => {
    const code = `const names = ['globalThis', 'eval', 'Function', 'Proxy', 'Reflect', 'WeakRef', 'console', 'fetch', 'process', 'setTimeout',
        'queueMicrotask', 'ArrayBuffer', 'Uint8Array', 'SharedArrayBuffer', 'Atomics', 'performance', 'escape', 'Iterator'];
      const self = await (async () => { try { return (function () { return this; })(); } catch { return undefined; } })();
      return [typeof self, names.length];`
    expect(await returned(code)).toEqual(['undefined', 18])
    const { panel } = { panel: panelWith('return 1;') }
    const names = [
      'globalThis',
      'eval',
      'Function',
      'Proxy',
      'Reflect',
      'console',
      'ArrayBuffer',
      'WeakMap',
      'Iterator',
    ]
    const [tool] = panel.tools
    if (tool === undefined) throw new Error('no tool')
    // The checks of the compiler are stepped around here: the engine alone must hold.
    const code2 = `return [${names.map((name) => `typeof ${name}`).join(', ')}];`
    const bare = { ...panel, tools: [{ ...tool, handler: { ...tool.handler, code: code2 } }] }
    const { result } = await sandbox.run({
      panel: bare,
      target: { tool: 'go', args: {} },
      state: startState(panel),
    })
    expect(result.value).toEqual(names.map(() => 'undefined'))
  })

  test('[NXMLRUN24] a handler that turns the engine’s own functions around only fools itself', async () => {
    const after = await stateAfter(`Array.isArray = () => true; Object.keys = () => ['x'];
      JSON.stringify = () => '{"state":{"n":"evil"}}'; const map = [].map; $state.n = 4;`)
    expect(after.n).toBe(4)
  })
})
