import { globSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import * as z from 'zod'
import { ROOT, readText } from './repository.ts'

const labels = z.record(z.string(), z.string())
const envVariable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({
      secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional(),
      configMapKeyRef: z.object({ name: z.string(), key: z.string() }).optional(),
    })
    .optional(),
})
const probe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }).optional() })
const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(envVariable).default([]),
  envFrom: z.undefined().optional(),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  securityContext: z.object({
    allowPrivilegeEscalation: z.boolean(),
    readOnlyRootFilesystem: z.boolean(),
    capabilities: z.object({ drop: z.array(z.string()) }),
  }),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
})
const podSpec = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  terminationGracePeriodSeconds: z.number(),
  securityContext: z.looseObject({
    runAsNonRoot: z.boolean(),
    runAsUser: z.number(),
    seccompProfile: z.object({ type: z.string() }),
  }),
  initContainers: z.undefined().optional(),
  containers: z.array(container).min(1),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
})
const workloadSpec = z.looseObject({
  replicas: z.number().optional(),
  strategy: z.looseObject({ type: z.string() }).optional(),
  template: z.object({ metadata: z.object({ labels }), spec: podSpec }),
})

const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'Job']

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
})

/** One document of a YAML file. */
export interface Manifest extends z.infer<typeof manifest> {
  /** From the root, such as `k8s/base/api.yaml`. */
  readonly file: string
}

/** Something that makes pods, with what the tests look at. */
export interface Workload {
  readonly name: string
  readonly kind: string
  readonly file: string
  readonly spec: z.infer<typeof workloadSpec>
}

export type Container = z.infer<typeof container>

/** YAML files of a folder that hold manifests: not the kustomization, and no patches. */
export const manifestFiles = (folder: string): string[] =>
  globSync(`${folder}/*.yaml`, { cwd: ROOT })
    .filter((path) => !path.endsWith('/kustomization.yaml') && !path.endsWith('-patch.yaml'))
    .sort()

/** Every manifest of a folder. @throws When a document is no manifest or its YAML has errors. */
export const readManifests = (folder: string): Manifest[] => manifestFiles(folder).flatMap(readManifestFile)

function readManifestFile(file: string): Manifest[] {
  return parseAllDocuments(readText(file), { uniqueKeys: true }).map((document) => {
    if (document.errors[0]) throw new Error(`${file}: ${document.errors[0].message}`)
    return { ...manifest.parse(document.toJS()), file }
  })
}

/** The Deployments, StatefulSets and Jobs among the manifests. @throws When one lacks what every workload must say. */
export const workloadsOf = (manifests: readonly Manifest[]): Workload[] =>
  manifests
    .filter(({ kind }) => WORKLOAD_KINDS.includes(kind))
    .map(({ file, kind, metadata, spec }) => {
      const parsed = workloadSpec.safeParse(spec)
      if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`)
      return { file, kind, name: metadata.name, spec: parsed.data }
    })
