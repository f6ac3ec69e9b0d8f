import { parse } from 'yaml'
import * as z from 'zod'
import { readText } from './repository.ts'

const generator = z.strictObject({
  name: z.string(),
  behavior: z.enum(['create', 'merge', 'replace']).optional(),
  envs: z.array(z.string()).default([]),
  literals: z.array(z.string()).default([]),
})

const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string(),
  labels: z
    .array(z.strictObject({ pairs: z.record(z.string(), z.string()), includeTemplates: z.boolean() }))
    .default([]),
  resources: z.array(z.string()),
  images: z
    .array(z.strictObject({ name: z.string(), newName: z.string().optional(), newTag: z.string() }))
    .default([]),
  configMapGenerator: z.array(generator).default([]),
  secretGenerator: z.array(generator).default([]),
  patches: z
    .array(
      z.strictObject({
        target: z.strictObject({ kind: z.string(), name: z.string().optional() }),
        path: z.string(),
      }),
    )
    .default([]),
})

type Kustomization = z.infer<typeof kustomization>

/** @param folder - From the root. @throws When the file has a field these tests do not know, misspelt ones among them. */
export const readKustomization = (folder: string): Kustomization =>
  kustomization.parse(parse(readText(`${folder}/kustomization.yaml`)))
