import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { readDockerfile } from './testkit/dockerfile.ts'
import { readKustomization } from './testkit/kustomizations.ts'
import { manifestFiles, readManifests, workloadsOf } from './testkit/manifests.ts'
import { ROOT, readEnvFile, readText } from './testkit/repository.ts'

const FOLDERS = ['k8s/base', 'k8s/overlays/dev', 'k8s/overlays/prod']
const OVERLAYS = FOLDERS.slice(1)
const base = readManifests('k8s/base')
const baseImages = [
  ...new Set(
    workloadsOf(base).flatMap(({ spec }) => spec.template.spec.containers.map(({ image }) => image)),
  ),
]

/** What the containers of base and overlay take from a Secret or a ConfigMap of that name. */
function keysUsed(overlay: string, from: 'secretKeyRef' | 'configMapKeyRef'): string[] {
  const containers = workloadsOf([...base, ...readManifests(overlay)]).flatMap(
    ({ spec }) => spec.template.spec.containers,
  )
  return containers.flatMap(({ env }) => env.flatMap(({ valueFrom }) => valueFrom?.[from]?.key ?? []))
}

describe.each(FOLDERS)('%s', (folder) => {
  const kustomization = readKustomization(folder)

  test('[OPS18] lists every manifest beside it, and nothing that is not there', () => {
    const own = kustomization.resources
      .filter((path) => !path.startsWith('../'))
      .map((path) => `${folder}/${path}`)
    expect(own.sort()).toEqual(manifestFiles(folder))
    const others = kustomization.resources.filter((path) => path.startsWith('../'))
    for (const path of others) expect(existsSync(join(ROOT, folder, path, 'kustomization.yaml'))).toBe(true)
  })

  test('[OPS19] uses every other file beside it', () => {
    const generators = [...kustomization.configMapGenerator, ...kustomization.secretGenerator]
    const used = [...generators.flatMap(({ envs }) => envs), ...kustomization.patches.map(({ path }) => path)]
    const rest = readdirSync(join(ROOT, folder)).filter(
      (name) => name !== 'kustomization.yaml' && !manifestFiles(folder).includes(`${folder}/${name}`),
    )
    expect(used.sort()).toEqual(rest.sort())
  })
})

describe.each(OVERLAYS)('%s', (folder) => {
  const kustomization = readKustomization(folder)

  test('[OPS20] says where every image of ours comes from', () => {
    expect(kustomization.images.map(({ name }) => name).sort()).toEqual(baseImages.sort())
    for (const { name, newName = name, newTag } of kustomization.images) {
      expect(readDockerfile().has(newName.split(/[/]|^nexus-/).at(-1) ?? '')).toBe(true)
      expect(newTag).not.toBe('latest')
    }
  })

  test('[OPS21] patches what is there, at places that are there', () => {
    const operations = z.array(
      z.object({ op: z.enum(['add', 'replace']), path: z.string(), value: z.unknown() }),
    )
    for (const { target, path } of kustomization.patches) {
      const targets = base.filter(
        ({ kind, metadata }) => kind === target.kind && (target.name ?? metadata.name) === metadata.name,
      )
      expect(targets).not.toEqual([])
      for (const operation of operations.parse(parse(readText(`${folder}/${path}`)))) {
        const parent = operation.path.split('/').slice(1, operation.op === 'add' ? -1 : undefined)
        for (const manifest of targets) expect(at(manifest, parent), operation.path).toBeDefined()
      }
    }
  })

  test('[OPS22] changes only settings the base has', () => {
    const names = kustomization.configMapGenerator.flatMap(({ literals }) =>
      literals.map((each) => each.split('=')[0]),
    )
    const known = [...readEnvFile('k8s/base/config.env').keys()]
    for (const name of names) expect(known).toContain(name)
  })
})

/** The value a JSON pointer's steps lead to; `undefined` when they lead nowhere. */
const at = (value: unknown, steps: readonly string[]): unknown =>
  steps.reduce<unknown>(
    (inner, step) => z.record(z.string(), z.unknown()).safeParse({ ...Object(inner) }).data?.[step],
    value,
  )

test('[OPS23] every setting of the ConfigMap is used, and every one used is there', () => {
  const used = new Set(keysUsed('k8s/base', 'configMapKeyRef'))
  expect([...used].sort()).toEqual([...readEnvFile('k8s/base/config.env').keys()].sort())
})

test('[OPS24] secrets are apart from settings, and the repository has none for production', () => {
  const secret = readEnvFile('k8s/overlays/dev/secrets.example.env')
  expect([...new Set(keysUsed('k8s/overlays/dev', 'secretKeyRef'))].sort()).toEqual([...secret.keys()].sort())
  expect(readKustomization('k8s/overlays/prod').secretGenerator).toEqual([])
  const everywhere = FOLDERS.flatMap((folder) => readManifests(folder))
  expect(everywhere.filter(({ kind }) => kind === 'Secret')).toEqual([])
})

test('[OPS25] only the api has the secret of the signing keys', () => {
  const holders = workloadsOf(base).filter(({ spec }) =>
    spec.template.spec.containers.some(({ env }) => env.some(({ name }) => name === 'AUTH_SECRET')),
  )
  expect(holders.map(({ name }) => name)).toEqual(['api'])
})
