import { describe, expect, test } from 'vitest'
import { type ComposeService, readCompose } from './testkit/compose.ts'
import { allInstructions, lastOf, readDockerfile } from './testkit/dockerfile.ts'
import { readEnvFile, readText } from './testkit/repository.ts'

const compose = readCompose()
const services = Object.entries(compose.services)
const servers = ['api', 'collab-server', 'snapshots']
const isInternal = (network: string): boolean => compose.networks[network]?.internal === true

const seconds = (duration: string | undefined): number => Number(/^(\d+)s$/.exec(duration ?? '')?.[1])

function service(name: string): ComposeService {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`compose has no service ${name}`)
  return found
}

test('[OPS31] compose starts every part, two collaboration servers among them', () => {
  const names = ['api', 'collab-server', 'migrate', 'postgres', 'proxy', 'redis', 'snapshots']
  expect(services.map(([name]) => name).sort()).toEqual(names)
  expect(service('collab-server').deploy?.replicas).toBe(2)
  expect(service('postgres').image).toBe('postgres:18')
  expect(service('redis').image).toBe('redis:8')
})

test.each(services)('[OPS32] %s is not root, writes only to volumes and has no privileges', (name, each) => {
  expect(each.read_only).toBe(true)
  expect(each.cap_drop).toEqual(['ALL'])
  expect(each.security_opt).toEqual(['no-new-privileges:true'])
  expect(each.tmpfs).toContain('/tmp')
  const target = each.build?.target
  const user = target ? lastOf(allInstructions(readDockerfile(), target), 'USER') : each.user
  expect(user, name).toMatch(/^[1-9]\d*:[1-9]\d*$/)
})

test('[OPS33] one port leads in, the proxy’s', () => {
  const published = services.filter(([, { ports }]) => ports.length > 0)
  expect(published.map(([name]) => name)).toEqual(['proxy'])
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as compose writes it
  expect(service('proxy').ports).toEqual(['${NEXUS_BIND:-127.0.0.1}:${NEXUS_PORT:-4000}:4000'])
})

test('[OPS34] the stores are on private networks that the proxy is not on', () => {
  for (const store of ['postgres', 'redis']) {
    expect(service(store).networks.every(isInternal)).toBe(true)
    expect(service(store).networks.filter((network) => service('proxy').networks.includes(network))).toEqual(
      [],
    )
  }
  const outside = services.filter(([, { networks }]) => !networks.every(isInternal)).map(([name]) => name)
  expect(outside.sort()).toEqual(['api', 'proxy'])
})

test('[OPS35] every network and volume that is used is declared, and the other way round', () => {
  const networks = new Set(services.flatMap(([, each]) => each.networks))
  const volumes = new Set(services.flatMap(([, each]) => each.volumes.map((volume) => volume.split(':')[0])))
  expect([...networks].sort()).toEqual(Object.keys(compose.networks).sort())
  expect([...volumes].sort()).toEqual(Object.keys(compose.volumes).sort())
})

describe('what waits for what', () => {
  test('[OPS36] servers start after the migrations, and those after PostgreSQL', () => {
    expect(service('migrate').depends_on.postgres?.condition).toBe('service_healthy')
    for (const name of servers) {
      expect(service(name).depends_on.migrate?.condition).toBe('service_completed_successfully')
      expect(service('proxy').depends_on[name]?.condition).toBe('service_healthy')
    }
  })

  test('[OPS37] whoever is waited for to be healthy has a check', () => {
    for (const [, { depends_on }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        if (condition === 'service_healthy') expect(service(name).healthcheck).toHaveProperty('test')
      }
    }
  })

  test('[OPS38] a server may drain to the end before it is killed', () => {
    for (const name of servers) {
      const { environment, stop_grace_period } = service(name)
      expect(seconds(stop_grace_period)).toBeGreaterThanOrEqual(
        Number(environment.DRAIN_TIMEOUT_MS) / 1_000 + 10,
      )
    }
  })
})

describe('settings', () => {
  const text = readText('docker-compose.yml')
  const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? ''))

  test('[OPS39] compose refuses to start without its secrets, and says which', () => {
    for (const name of ['AUTH_SECRET', 'POSTGRES_PASSWORD']) {
      expect(text).toMatch(new RegExp(`\\$\\{${name}:\\?[^}]{20,}\\}`))
      expect(readEnvFile('.env.example').get(name)).toBe('')
    }
  })

  test('[OPS40] .env.example has every variable of the compose file and no other', () => {
    expect([...readEnvFile('.env.example').keys()].sort()).toEqual([...used].sort())
  })

  test('[OPS41] what .env.example says is what holds without it', () => {
    for (const [name, value] of readEnvFile('.env.example')) {
      const fallbacks = [...text.matchAll(new RegExp(`\\$\\{${name}:-([^}]*)\\}`, 'g'))].map(
        ([, fallback]) => fallback,
      )
      for (const fallback of fallbacks) expect(fallback, name).toBe(value)
    }
  })

  test('[OPS42] only the api has the secret of the signing keys', () => {
    const holders = services.filter(([, { environment }]) => 'AUTH_SECRET' in environment)
    expect(holders.map(([name]) => name)).toEqual(['api'])
  })
})

test('[OPS43] every server listens where its image says and where the proxy looks', () => {
  const targets = readText('k8s/nginx/targets.conf')
  for (const name of servers) {
    const port = service(name).environment.PORT
    expect(lastOf(allInstructions(readDockerfile(), service(name).build?.target ?? ''), 'EXPOSE')).toBe(port)
    expect(targets).toContain(`"${name}:${port}"`)
  }
})
