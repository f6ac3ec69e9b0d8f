import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { allInstructions, lastOf, readDockerfile } from './testkit/dockerfile.ts'
import { ROOT, readText } from './testkit/repository.ts'

const TARGETS = ['api', 'collab-server', 'snapshots', 'standalone', 'studio', 'proxy']
const stages = readDockerfile()
const instructions = [...stages.values()].flatMap((stage) => stage.instructions)

/** Sources of the COPY lines that take from the repository. */
const copied = instructions
  .filter(({ name, text }) => name === 'COPY' && !text.includes('--from='))
  .flatMap(({ text }) => text.split(' ').slice(0, -1))

test('[OPS44] the Dockerfile has no errors of syntax', () => {
  expect(validate(readText('Dockerfile'))).toEqual([])
})

describe.each(TARGETS)('image %s', (target) => {
  const all = allInstructions(stages, target)

  test('[OPS45] runs as a user that is not root, by number', () => {
    expect(lastOf(all, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })

  test('[OPS46] says its port, its health and its command, none through a shell', () => {
    expect(lastOf(all, 'EXPOSE')).toMatch(/^\d+$/)
    for (const name of ['HEALTHCHECK', 'CMD']) {
      const command = /\[.*\]$/.exec(lastOf(all, name) ?? '')?.[0] ?? ''
      expect(z.array(z.string()).min(1).safeParse(JSON.parse(command)).success, name).toBe(true)
    }
  })

  test('[OPS47] starts with a file of the repository that is copied into it', () => {
    const command = z.array(z.string()).parse(JSON.parse(lastOf(all, 'CMD') ?? ''))
    const file = command.find((word) => /\.(ts|conf)$/.test(word)) ?? ''
    const path = file.replace(/^\/etc\/nexus\//, 'k8s/nginx/')
    expect(existsSync(join(ROOT, path)), path).toBe(true)
    const own = all
      .filter(({ name, text }) => name === 'COPY' && !text.includes('--from='))
      .map(({ text }) => text)
    expect(own.some((text) => path.startsWith(`${text.split(' ')[0]}/`))).toBe(true)
  })
})

test('[OPS48] every file that is copied is in the repository', () => {
  for (const path of copied) expect(existsSync(join(ROOT, path)), path).toBe(true)
})

test('[OPS49] npm sees the manifest of every workspace the lock file names', () => {
  const { workspaces } = z
    .object({ workspaces: z.array(z.string()) })
    .parse(JSON.parse(readText('package.json')))
  const seen = stages.get('manifests')?.instructions.flatMap(({ text }) => text.split(' ')[0] ?? []) ?? []
  expect(seen).toEqual(expect.arrayContaining(workspaces.map((folder) => `${folder}/package.json`)))
})

test('[OPS50] each image has the sources of every workspace its service imports', () => {
  const dependencies = z.object({ dependencies: z.record(z.string(), z.string()) })
  for (const target of ['api', 'collab-server', 'snapshots', 'standalone']) {
    const manifest = dependencies.parse(JSON.parse(readText(`${target}/package.json`)))
    const needed = Object.keys(manifest.dependencies).filter((name) => name.startsWith('@nexus/'))
    const texts = allInstructions(stages, target).map(({ text }) => text)
    for (const folder of [target, ...needed.map((name) => name.replace('@nexus/', ''))]) {
      expect(texts, `${target} needs ${folder}`).toContain(`${folder} ${folder}`)
    }
  }
})

describe('.dockerignore', () => {
  const lines = readText('.dockerignore').split('\n')

  test('[OPS51] keeps everything out that is not named', () => {
    expect(lines.find((line) => line !== '' && !line.startsWith('#'))).toBe('*')
    for (const path of ['**/node_modules', '**/dist', '**/data', '**/.env*']) expect(lines).toContain(path)
  })

  test('[OPS52] lets in everything that is copied', () => {
    const letIn = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    for (const path of copied) {
      expect(
        letIn.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)),
        path,
      ).toBe(true)
    }
  })

  test('[OPS53] leaves out no file that a service imports', () => {
    const left = /(\.test\.tsx?$)|(^|\/)(testkit|simulation)\//
    const sources = globSync('{api,collab-server,core,snapshots,standalone}/src/**/*.ts', {
      cwd: ROOT,
    }).filter((path) => !left.test(path))
    const imports = sources.flatMap((path) =>
      [...readText(path).matchAll(/from '(\.[^']+)'/g)].map(([, specifier = '']) => ({ path, specifier })),
    )
    expect(imports.length).toBeGreaterThan(50)
    expect(imports.filter(({ specifier }) => left.test(specifier))).toEqual([])
  })
})
