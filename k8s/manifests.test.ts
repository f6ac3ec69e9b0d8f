import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { allInstructions, imageEnvironment, lastOf, readDockerfile } from './testkit/dockerfile.ts'
import {
  type Container,
  type Manifest,
  readManifests,
  type Workload,
  workloadsOf,
} from './testkit/manifests.ts'
import { ROOT, readEnvFile } from './testkit/repository.ts'
import { PUBLIC_ROUTES } from './testkit/routes.ts'

const base = readManifests('k8s/base')
const dev = readManifests('k8s/overlays/dev')
const prod = readManifests('k8s/overlays/prod')
const all = [...base, ...dev, ...prod]
const workloads = workloadsOf(all)
const config = readEnvFile('k8s/base/config.env')
const containers = workloads.flatMap((workload) =>
  workload.spec.template.spec.containers.map((container) => ({ workload, container })),
)
const ours = containers.filter(({ container }) => container.image.startsWith('nexus-'))
const servers = ours.filter(({ workload }) => workload.kind !== 'Job')

const ofKind = (kind: string): Manifest[] => all.filter((manifest) => manifest.kind === kind)
const nameOf = ({ workload }: { workload: Workload }): string => `${workload.kind} ${workload.name}`
const labelsOf = (workload: Workload) => workload.spec.template.metadata.labels

/** All and only the pairs must be there. */
const matches = (
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean => Object.entries(wanted).every(([key, value]) => labels[key] === value)

/** Kubernetes' own schemas, by the API versions used here. */
const MODELS: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  v1: () => import('kubernetes-models/v1'),
  'apps/v1': () => import('kubernetes-models/apps/v1'),
  'autoscaling/v2': () => import('kubernetes-models/autoscaling/v2'),
  'batch/v1': () => import('kubernetes-models/batch/v1'),
  'networking.k8s.io/v1': () => import('kubernetes-models/networking.k8s.io/v1'),
  'policy/v1': () => import('kubernetes-models/policy/v1'),
}

async function validate({ apiVersion, kind, file: _file, ...rest }: Manifest): Promise<void> {
  const Model = (await MODELS[apiVersion]?.())?.[kind]
  if (typeof Model !== 'function') throw new Error(`there is no ${kind} in ${apiVersion}`)
  const model: { validate(): void } = Reflect.construct(Model, [rest])
  model.validate()
}

describe('Kubernetes knows what is written', () => {
  test.each(
    all.map((manifest) => [`${manifest.file} ${manifest.kind} ${manifest.metadata.name}`, manifest] as const),
  )('[OPS1] %s has the types of its kind', async (_title, manifest) => {
    await validate(manifest)
  })

  test('[OPS2] no manifest has a field its kind does not have', async () => {
    const folder = join(ROOT, '.tsbuild', `manifests-${process.pid}`)
    await mkdir(folder, { recursive: true })
    const file = join(folder, 'manifests.ts')
    await writeFile(file, all.map(toTypedConstant).join('\n'))
    try {
      const options = [
        '--noEmit',
        '--ignoreConfig',
        '--module',
        'nodenext',
        '--skipLibCheck',
        '--types',
        'node',
      ]
      await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), [...options, file]).catch((error) => {
        throw new Error(error.stdout)
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

const toTypedConstant = ({ file, ...manifest }: Manifest, at: number): string =>
  `import type { I${manifest.kind} as T${at} } from 'kubernetes-models/${manifest.apiVersion}'\n` +
  `// ${file}\nexport const m${at}: T${at} = ${JSON.stringify(manifest, null, 2)}\n`

describe('containers can do nothing they need not', () => {
  test.each(containers.map((each) => [nameOf(each), each] as const))(
    '[OPS3] %s is not root, writes only to volumes and has no privileges',
    (_name, { workload, container }) => {
      const pod = workload.spec.template.spec
      expect(pod.securityContext.runAsNonRoot).toBe(true)
      expect(pod.securityContext.runAsUser).toBeGreaterThan(0)
      expect(pod.securityContext.seccompProfile.type).toBe('RuntimeDefault')
      expect(pod.automountServiceAccountToken).toBe(false)
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    },
  )

  test('[OPS4] every mounted volume exists and every server may write to /tmp', () => {
    for (const { workload, container } of containers) {
      const { volumes } = workload.spec.template.spec
      const claims = z.object({
        volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })),
      })
      const templates = claims.safeParse(workload.spec).data?.volumeClaimTemplates ?? []
      const known = [...volumes.map(({ name }) => name), ...templates.map(({ metadata }) => metadata.name)]
      expect(known, nameOf({ workload })).toEqual(
        expect.arrayContaining(container.volumeMounts.map(({ name }) => name)),
      )
      expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toContain('/tmp')
    }
  })

  test('[OPS5] nothing may talk to anything unless a policy says so', () => {
    const denied = ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === 'default-deny')
    expect(denied?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
  })

  test('[OPS6] every pod selector of a policy finds pods', () => {
    const selectors = ofKind('NetworkPolicy').flatMap(({ spec }) => podSelectorsIn(spec))
    const found = (selector: PodSelector) =>
      workloads.filter((workload) => isSelected(labelsOf(workload), selector))
    expect(selectors.length).toBeGreaterThan(5)
    for (const selector of selectors) expect(found(selector), JSON.stringify(selector)).not.toEqual([])
    for (const { values } of selectors.flatMap(({ matchExpressions }) => matchExpressions)) {
      for (const name of values) expect(workloads.map((workload) => workload.name)).toContain(name)
    }
  })
})

const podSelector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) }))
    .default([]),
})
type PodSelector = z.infer<typeof podSelector>

/** The policy's own selector and those of its peers, save those in other namespaces. */
function podSelectorsIn(spec: unknown): PodSelector[] {
  const peer = z.object({ podSelector: podSelector.optional(), namespaceSelector: z.unknown().optional() })
  const rule = z.object({ from: z.array(peer).default([]), to: z.array(peer).default([]) })
  const policy = z.object({
    podSelector,
    ingress: z.array(rule).default([]),
    egress: z.array(rule).default([]),
  })
  const parsed = policy.parse(spec)
  const peers = [...parsed.ingress, ...parsed.egress].flatMap(({ from, to }) => [...from, ...to])
  const own = peers.filter(({ namespaceSelector }) => namespaceSelector === undefined)
  return [parsed.podSelector, ...own.flatMap(({ podSelector: selector }) => selector ?? [])]
}

const isSelected = (labels: Readonly<Record<string, string>>, selector: PodSelector): boolean =>
  matches(labels, selector.matchLabels) &&
  selector.matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))

describe('pods are found, watched and counted', () => {
  test.each(
    workloads.filter(({ kind }) => kind !== 'Job').map((workload) => [workload.name, workload] as const),
  )('[OPS7] %s has probes for starting, living and being ready', (_name, { spec }) => {
    for (const container of spec.template.spec.containers) {
      expect(container.startupProbe).toBeDefined()
      expect(container.livenessProbe).toBeDefined()
      expect(container.readinessProbe).toBeDefined()
    }
  })

  test.each(servers.map((each) => [each.workload.name, each.container] as const))(
    '[OPS8] %s is alive at /health/live and ready at /health/ready',
    (_name, container) => {
      expect(container.startupProbe?.httpGet).toEqual({ path: '/health/live', port: 'http' })
      expect(container.livenessProbe?.httpGet).toEqual({ path: '/health/live', port: 'http' })
      expect(container.readinessProbe?.httpGet).toEqual({ path: '/health/ready', port: 'http' })
    },
  )

  test('[OPS9] every Service finds the pods of one workload, and its port is one of theirs', () => {
    const service = z.looseObject({
      selector: z.record(z.string(), z.string()),
      ports: z.array(z.object({ name: z.string(), port: z.number(), targetPort: z.string() })),
    })
    for (const { metadata, spec } of ofKind('Service')) {
      const { selector, ports } = service.parse(spec)
      const found = workloads.filter((workload) => matches(labelsOf(workload), selector))
      expect(found.map(({ name }) => name)).toEqual([metadata.name])
      const open = found.flatMap(({ spec }) => spec.template.spec.containers.flatMap((each) => each.ports))
      for (const { targetPort } of ports) expect(open.map(({ name }) => name)).toContain(targetPort)
    }
  })

  test('[OPS10] every workload selects its own pods', () => {
    const selecting = z.looseObject({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) })
    for (const workload of workloads.filter(({ kind }) => kind !== 'Job')) {
      expect(selecting.parse(workload.spec).selector.matchLabels).toEqual({
        'app.kubernetes.io/component': workload.name,
      })
      expect(labelsOf(workload)['app.kubernetes.io/component']).toBe(workload.name)
    }
  })

  test('[OPS11] api and collab-server grow and shrink by load, from at least two pods', () => {
    const autoscaler = z.looseObject({
      scaleTargetRef: z.object({
        apiVersion: z.literal('apps/v1'),
        kind: z.literal('Deployment'),
        name: z.string(),
      }),
      minReplicas: z.number().min(2),
      maxReplicas: z.number().min(3),
    })
    const targets = ofKind('HorizontalPodAutoscaler').map(
      ({ spec }) => autoscaler.parse(spec).scaleTargetRef.name,
    )
    expect(targets.sort()).toEqual(['api', 'collab-server'])
    for (const workload of workloads.filter(({ name }) => targets.includes(name))) {
      // A number in the manifest would undo the autoscaler's at every apply.
      expect(workload.spec.replicas).toBeUndefined()
    }
  })

  test('[OPS12] a drained node takes one pod at a time of everything that has more than one', () => {
    const budget = z.strictObject({
      maxUnavailable: z.literal(1),
      selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    })
    const guarded = ofKind('PodDisruptionBudget').flatMap(({ spec }) => {
      const { selector } = budget.parse(spec)
      return workloads.filter((workload) => matches(labelsOf(workload), selector.matchLabels))
    })
    const several = workloads.filter(({ kind, spec }) => kind === 'Deployment' && spec.replicas !== 1)
    expect(guarded.map(({ name }) => name).sort()).toEqual(several.map(({ name }) => name).sort())
  })
})

describe('manifests, images and settings agree', () => {
  const stages = readDockerfile()
  const imageOf = (container: Container) => allInstructions(stages, container.image.replace(/^nexus-/, ''))

  test('[OPS13] every image is one the Dockerfile makes, or a store with its major version', () => {
    for (const { container } of containers) {
      if (container.image.startsWith('nexus-')) expect(imageOf(container)).not.toEqual([])
      else expect(container.image).toMatch(/^(postgres:18|redis:8)$/)
    }
  })

  test.each(servers.map((each) => [each.workload.name, each.container] as const))(
    '[OPS14] %s listens on the port its image exposes and its probes ask',
    (_name, container) => {
      const exposed = lastOf(imageOf(container), 'EXPOSE')
      expect(container.ports.map(({ name, containerPort }) => [name, String(containerPort)])).toEqual([
        ['http', exposed],
      ])
      const image = imageEnvironment(imageOf(container)).get('PORT')
      expect(container.env.find(({ name }) => name === 'PORT')?.value).toBe(image)
    },
  )

  test('[OPS15] a server may drain to the end before it is killed', () => {
    const drainSeconds = Number(config.get('DRAIN_TIMEOUT_MS')) / 1_000
    for (const { workload, container } of servers) {
      if (!container.env.some(({ name }) => name === 'DRAIN_TIMEOUT_MS')) continue
      const { terminationGracePeriodSeconds } = workload.spec.template.spec
      expect(terminationGracePeriodSeconds, workload.name).toBeGreaterThanOrEqual(drainSeconds + 10)
    }
  })

  test('[OPS16] Git is kept on a volume of 10 Gi that one pod at a time mounts', () => {
    const snapshots = workloads.find(({ name }) => name === 'snapshots')
    expect(snapshots?.spec.replicas).toBe(1)
    expect(snapshots?.spec.strategy?.type).toBe('Recreate')
    const [container] = snapshots?.spec.template.spec.containers ?? []
    const mount = container?.volumeMounts.find(({ name }) => name === 'git')
    expect(container?.env.find(({ name }) => name === 'GIT_DIR')?.value).toMatch(
      new RegExp(`^${mount?.mountPath}/`),
    )
    expect(snapshots?.spec.template.spec.volumes).toContainEqual({
      name: 'git',
      persistentVolumeClaim: { claimName: 'git' },
    })
    const claim = ofKind('PersistentVolumeClaim').find(({ metadata }) => metadata.name === 'git')
    expect(claim?.spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Gi' } },
    })
  })

  test('[OPS17] the ingress sends every path where the proxy sends it', () => {
    const backend = z.object({
      service: z.object({ name: z.string(), port: z.object({ name: z.literal('http') }) }),
    })
    const path = z.object({ path: z.string(), pathType: z.literal('Prefix'), backend })
    const ingress = z.looseObject({ rules: z.array(z.object({ http: z.object({ paths: z.array(path) }) })) })
    const rules = ofKind('Ingress').flatMap(({ spec }) => ingress.parse(spec).rules)
    const paths = rules.flatMap(({ http }) => http.paths)
    const sentTo = (url: string) =>
      paths
        .filter(({ path }) => path === '/' || url === path || url.startsWith(`${path}/`))
        .sort((one, other) => other.path.length - one.path.length)[0]?.backend.service.name
    expect(PUBLIC_ROUTES.map(({ path }) => ({ path, service: sentTo(path) }))).toEqual(
      PUBLIC_ROUTES.map(({ path, service }) => ({ path, service })),
    )
  })
})
