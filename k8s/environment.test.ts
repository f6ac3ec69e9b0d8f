import { describe, expect, test } from 'vitest'
import { readCompose } from './testkit/compose.ts'
import { allInstructions, imageEnvironment, readDockerfile } from './testkit/dockerfile.ts'
import { readManifests, workloadsOf } from './testkit/manifests.ts'
import { environmentProblems, OPTION_TABLES } from './testkit/option-tables.ts'
import { readEnvFile } from './testkit/repository.ts'

const processes = Object.keys(OPTION_TABLES)

/** Set for Node and its libraries, not for the service. */
const OF_THE_RUNTIME = ['NODE_ENV']

const imageGives = (target: string): string[] =>
  [...imageEnvironment(allInstructions(readDockerfile(), target)).keys()].filter(
    (name) => !OF_THE_RUNTIME.includes(name),
  )

describe.each(processes.filter((name) => name !== 'standalone'))('%s', (name) => {
  test('[OPS26] in compose is given what its option table knows, and all it needs', () => {
    const service = readCompose().services[name]
    expect(environmentProblems(name, Object.keys(service?.environment ?? {}))).toEqual([])
  })

  test('[OPS27] in Kubernetes is given what its option table knows, and all it needs', () => {
    const workload = workloadsOf(readManifests('k8s/base')).find((each) => each.name === name)
    const env = workload?.spec.template.spec.containers.flatMap((container) => container.env) ?? []
    expect(
      environmentProblems(
        name,
        env.map((each) => each.name),
      ),
    ).toEqual([])
  })

  test('[OPS28] reads the values it is given', () => {
    const config = new Map([
      ...readEnvFile('k8s/base/config.env'),
      ...readEnvFile('k8s/overlays/dev/secrets.example.env'),
    ])
    const table = OPTION_TABLES[name] ?? {}
    const workload = workloadsOf(readManifests('k8s/base')).find((each) => each.name === name)
    for (const { name: variable, value, valueFrom } of workload?.spec.template.spec.containers[0]?.env ??
      []) {
      const text = value ?? config.get((valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef)?.key ?? '')
      // Nothing is the same as not given.
      if (text !== undefined && text !== '')
        expect(() => table[variable]?.parse(text), `${variable}=${text}`).not.toThrow()
    }
  })
})

test.each(processes.filter((name) => name !== 'migrate'))(
  '[OPS29] the image of %s sets only what the process knows',
  (name) => {
    const table = OPTION_TABLES[name] ?? {}
    for (const variable of imageGives(name)) expect(Object.keys(table)).toContain(variable)
  },
)

test('[OPS30] the image of standalone runs with nothing but itself', () => {
  expect(environmentProblems('standalone', imageGives('standalone'))).toEqual([])
})
