import type { ServerOptions } from './connection.ts'
import type { ServerAddress } from './slots.ts'

/** What a Redis URL leads to. */
export type RedisTarget =
  | { readonly kind: 'single'; readonly server: ServerOptions }
  | {
      readonly kind: 'cluster'
      /** Some of its servers; they name the others. */
      readonly seeds: readonly ServerAddress[]
      /** The same for every server. */
      readonly access: Pick<ServerOptions, 'username' | 'password' | 'tls'>
    }

const SHAPE =
  /^(?<tls>rediss?)(?<cluster>\+cluster)?:\/\/(?:(?<login>[^@/]*)@)?(?<hosts>[^/?#]+)(?:\/(?<db>\d*))?$/
const DEFAULT_PORT = 6_379

/**
 * `redis://[user:password@]host[:port][/db]` is one server, with `rediss:` over TLS. Several hosts with commas are a
 * cluster, and so is one host with `redis+cluster:`.
 *
 * @throws {Error} with a sentence that says what is wrong with it, without its password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const parts = SHAPE.exec(url)?.groups
  if (parts === undefined)
    throw new Error('must be like redis://host:6379, or redis://one:6379,two:6379 for a cluster')
  const { tls, cluster, login = '', hosts = '', db = '' } = parts
  const access = { ...toLogin(login), ...(tls === 'rediss' ? { tls: {} } : {}) }
  const addresses = hosts.split(',').map(toAddress)
  const [first, second] = addresses
  if (first === undefined) throw new Error('must name a host')
  if (cluster === undefined && second === undefined)
    return { kind: 'single', server: { ...first, ...access, ...(db === '' ? {} : { db: Number(db) }) } }
  if (Number(db) !== 0) throw new Error('must not name a database: a cluster has only one')
  return { kind: 'cluster', seeds: addresses, access }
}

function toAddress(host: string): ServerAddress {
  const url = URL.canParse(`redis://${host}`) ? new URL(`redis://${host}`) : null
  if (url === null || url.hostname === '') throw new Error('must have hosts such as host:6379')
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || DEFAULT_PORT) }
}

function toLogin(login: string): Pick<ServerOptions, 'username' | 'password'> {
  if (login === '') return {}
  const colon = login.indexOf(':')
  const [user, password] = colon < 0 ? [login, ''] : [login.slice(0, colon), login.slice(colon + 1)]
  return {
    ...(user === '' ? {} : { username: decodeURIComponent(user) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
}
