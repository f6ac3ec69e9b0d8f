import { readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { createFreeFormPanel, signUp, startNexus, withDataDir } from './kit/index.ts'

test('[CLI7] the examples in the client’s README run and do what they say', () =>
  withDataDir(async (dataDir) => {
    const nexus = await startNexus({ dataDir })
    const readme = await readFile(new URL('../../client/README.md', import.meta.url), 'utf8')
    const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, example = '']) => example)
    expect(examples).toHaveLength(3)
    const [imports = '', ...rest] = examples.join('\n').split('\n\n')
    const path = fileURLToPath(new URL(`./readme-${process.pid}.example.ts`, import.meta.url))
    await writeFile(
      path,
      `${imports}\nexport async function run({ baseUrl, token, email, password, workspaceId, panelId, console }: any) {\n${rest.join('\n\n')}\nreturn { panel, workspaces }\n}\n`,
    )
    try {
      const { run } = await import(path)
      const account = await signUp(nexus.url)
      const panelId = await createFreeFormPanel(nexus.url, account)
      const log = vi.fn()
      const { panel, workspaces } = await run({
        baseUrl: nexus.url,
        token: account.accessToken,
        email: account.email,
        password: account.password,
        workspaceId: account.workspaceId,
        panelId,
        console: { log },
      })
      expect(workspaces).toMatchObject([{ id: account.workspaceId }])
      expect(await panel.valueAt('/$state')).toEqual({ tasks: [{ id: 'a', title: 'Write' }], open: 1 })
      expect(log).toHaveBeenCalledWith('somebody was faster')
      expect(log).toHaveBeenCalledWith('at version', 3, 'Write')
      expect(log).toHaveBeenCalledWith([
        { op: 'add', path: '/$state/tasks/0', value: { id: 'a', title: 'Write' } },
      ])
      expect(log).toHaveBeenCalledWith('/$state/tasks/0/title', expect.any(Number), expect.any(String))
      expect(log).toHaveBeenCalledWith('the newest is', 9)
      expect(log).toHaveBeenLastCalledWith(9)
      expect(log.mock.calls.some(([version, patch]) => version === 5 && Array.isArray(patch))).toBe(true)
    } finally {
      await rm(path)
      await nexus.stop()
    }
  }))
