import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../model/json.ts'
import { compileSource } from '../compile.ts'
import { type Extensions, userExtension } from './extensions.ts'
import type { RunOutcome, RunRequest } from './run-request.ts'
import { createSandbox, type Sandbox } from './sandbox.ts'
import type { LogEntry } from './tool-result.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox()
})

afterAll(() => sandbox.close())

const run = (code: string, rest: Partial<RunRequest> = {}): Promise<RunOutcome> => {
  const compilation = compileSource(`<NexusPanel title="T">
  <Data><State name="n" type="number" /><State name="draft" scope="local" /></Data>
  <Logic><Extension name="nexus.user" />
    <Tool name="go"><Handler timeoutMs="200">${code}</Handler></Tool></Logic>
  <View><Input bind="$state.draft" trigger="go" /></View>
</NexusPanel>`)
  if (compilation.state === 'invalid') throw new Error(JSON.stringify(compilation.diagnostics))
  const state: JsonObject = { n: 0, draft: 'x' }
  const target = { tool: 'go', args: {} }
  return sandbox.run({ panel: compilation.panel, target, state, extensions: userExtension(null), ...rest })
}

describe('a sandbox thread', () => {
  test('[NXMLRUN40] gives result, state, local writes and log', async () => {
    const log: LogEntry[] = []
    const { result, nextState } = await run(
      `$log.warn('a', { b: 1 }); $state.n = 2; $state.draft = ''; $emit('done', [1]); return $state.n;`,
      { log: (entry) => log.push(entry) },
    )
    expect(result).toMatchObject({
      success: true,
      value: 2,
      localWrites: { draft: '' },
      events: [{ name: 'done', payload: [1] }],
    })
    expect(nextState).toEqual({ n: 2, draft: '' })
    expect(log).toEqual([{ level: 'warn', message: 'a {"b":1}' }])
  })

  test('[NXMLRUN41] extensions answer from the caller, each await ending a segment', async () => {
    const commits: unknown[] = []
    const { result } = await run(
      `$state.n = 1; const a = await $ext.user.current(); $state.n += 10;
       const [b, c] = await Promise.all([$ext.user.current(), $ext.user.current()]);
       return [a.name, b.name, c.name, $state.n];`,
      {
        extensions: userExtension({ id: 'u', name: 'Bob' }),
        commit: (next, { isLast }) => {
          commits.push([next.n, isLast])
          return { ...next, n: Number(next.n) + 100 }
        },
      },
    )
    expect(commits).toEqual([
      [1, false],
      [111, false],
      [211, true],
    ])
    expect(result.value).toEqual(['Bob', 'Bob', 'Bob', 211])
  })

  test('[NXMLRUN42] a segment that cannot be written fails the run', async () => {
    const { result, nextState } = await run('$state.n = 1;', {
      commit: () => {
        throw new Error('no room')
      },
    })
    expect(result.error).toMatchObject({ code: 'INTERNAL_ERROR', message: 'no room' })
    expect(nextState.n).toBe(0)
  })

  test('[NXMLRUN43] an extension that is not offered or fails is an error in the handler', async () => {
    const failing: Extensions = { 'nexus.user': { current: () => Promise.reject(new Error('gone')) } }
    const code = 'try { await $ext.user.current(); } catch (e) { return e.message; }'
    expect((await run(code, { extensions: failing })).result.value).toBe('gone')
    expect((await run('await $ext.user.current();', { extensions: {} })).result.error?.code).toBe(
      'EXTENSION_NOT_FOUND',
    )
    expect((await run('await $ext.user.nope();')).result.error?.code).toBe('METHOD_NOT_FOUND')
  })

  test('[NXMLRUN44] an operation that cannot be interrupted is ended with its thread, while the caller goes on', async () => {
    let turns = 0
    const ticking = setInterval(() => {
      turns += 1
    }, 10)
    const { result, nextState } = await run(`$state.n = 1; for (;;) 'x'.repeat(10000000);`)
    clearInterval(ticking)
    expect(result.error?.code).toBe('TIMEOUT')
    expect(nextState.n).toBe(0)
    expect(turns).toBeGreaterThan(10)
    expect((await run('return 1;')).result.value).toBe(1)
  })

  test('[NXMLRUN45] runs beside each other do not meet', async () => {
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((n) => run(`await $ext.user.current(); $state.n += ${n}; return $state.n;`)),
    )
    expect(outcomes.map(({ result }) => result.value)).toEqual([1, 2, 3, 4])
  })
})
