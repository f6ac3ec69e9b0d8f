import { readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { createFreeFormPanel, signUp, startNexus, withDataDir } from './kit/index.ts'

test('[CLI7] the example in the client’s README runs and does what it says', () =>
  withDataDir(async (dataDir) => {
    const nexus = await startNexus({ dataDir })
    const readme = await readFile(new URL('../../client/README.md', import.meta.url), 'utf8')
    const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ''
    const [imports = '', ...rest] = example.split('\n\n')
    const path = fileURLToPath(new URL(`./readme-${process.pid}.example.ts`, import.meta.url))
    await writeFile(
      path,
      `${imports}\nexport async function run({ baseUrl, token, workspaceId, panelId, console }: any) {\n${rest.join('\n\n')}\nreturn { panel, workspaces }\n}\n`,
    )
    try {
      const { run } = await import(path)
      const account = await signUp(nexus.url)
      const panelId = await createFreeFormPanel(nexus.url, account)
      const log = vi.fn()
      const { panel, workspaces } = await run({
        baseUrl: nexus.url,
        token: account.accessToken,
        workspaceId: account.workspaceId,
        panelId,
        console: { log },
      })
      expect(workspaces).toMatchObject([{ id: account.workspaceId }])
      expect(await panel.valueAt('/$state')).toEqual({ tasks: [{ id: 'a', title: 'Write' }], open: 1 })
      expect(log).toHaveBeenCalledWith('somebody was faster')
      expect(log.mock.calls.some(([version, patch]) => version === 5 && Array.isArray(patch))).toBe(true)
    } finally {
      await rm(path)
      await nexus.stop()
    }
  }))
