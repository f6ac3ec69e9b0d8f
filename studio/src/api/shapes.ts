import { isJsonObject, type JsonObject } from '@nexus/core'

/** Who is signed in. */
export interface Account {
  readonly id: string
  readonly email: string
  readonly name: string
  /** Whether the address has been confirmed by the link of a mail. */
  readonly emailVerified: boolean
  /** `false`: they sign in by the provider of the installation alone. */
  readonly hasPassword: boolean
}

export type Role = 'owner' | 'editor' | 'viewer'
export type WorkspaceStatus = 'active' | 'suspended' | 'archived'

/** One row of the selector. */
export interface WorkspaceSummary {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly status: WorkspaceStatus
  readonly role: Role
  readonly panelCount: number
  /** RFC 3339. */
  readonly updatedAt: string
}

/** A workspace or panel that can come back. */
export interface DeletedThing {
  readonly id: string
  readonly name: string
  /** RFC 3339. */
  readonly deletedAt: string
  /** It can come back until then. */
  readonly purgedAt: string
}

export interface PanelSummary {
  readonly id: string
  readonly name: string
  /** The library id it was made from, or another word; free-form panels have no source. */
  readonly panelType: string
  readonly position: number
}

/** An open workspace: what the side bar shows. Panels are in order. */
export interface Workspace {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly status: WorkspaceStatus
  readonly role: Role
  readonly panels: readonly PanelSummary[]
  /** Why nothing more is committed; `null`: it is. */
  readonly gitError: string | null
  /** Why its commits do not reach the Git server they are sent on to; `null`: they do, or go nowhere. */
  readonly pushError: string | null
}

/** Whether the person may change its panels. */
export const mayWrite = ({ role, status }: Workspace): boolean => role !== 'viewer' && status !== 'archived'

/** One entry of the panel library. */
export interface LibraryEntry {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly icon: string
  readonly accent: string
  readonly tags: readonly string[]
  readonly source: string
}

/** Lives for `expiresIn` seconds. */
export interface AccessGrant {
  readonly accessToken: string
  readonly expiresIn: number
}

class UnexpectedAnswer extends Error {
  constructor(what: string) {
    super(
      `The server sent an answer this version of the studio does not understand (${what}). Reload the page.`,
    )
    this.name = 'UnexpectedAnswer'
  }
}

const objectOf = (value: unknown, what: string): JsonObject => {
  if (!isJsonObject(value)) throw new UnexpectedAnswer(what)
  return value
}

const textOf = (object: JsonObject, name: string): string => {
  const value = object[name]
  if (typeof value !== 'string') throw new UnexpectedAnswer(name)
  return value
}

const optionalText = (object: JsonObject, name: string, fallback = ''): string => {
  const value = object[name]
  return typeof value === 'string' ? value : fallback
}

const numberOf = (object: JsonObject, name: string, fallback: number): number => {
  const value = object[name]
  return typeof value === 'number' ? value : fallback
}

/** Lists come bare or as `{items}`. */
const itemsOf = (value: unknown, what: string): readonly unknown[] => {
  if (Array.isArray(value)) return value
  const items = objectOf(value, what).items
  if (!Array.isArray(items)) throw new UnexpectedAnswer(what)
  return items
}

const parseRole = (value: unknown): Role => (value === 'owner' || value === 'editor' ? value : 'viewer')

const parseStatus = (value: unknown): WorkspaceStatus =>
  value === 'suspended' || value === 'archived' ? value : 'active'

export function parseAccount(value: unknown): Account {
  const object = objectOf(value, 'account')
  return {
    id: textOf(object, 'id'),
    email: textOf(object, 'email'),
    name: textOf(object, 'name'),
    emailVerified: object.emailVerified === true,
    hasPassword: object.hasPassword !== false,
  }
}

export function parseGrant(value: unknown): AccessGrant {
  const object = objectOf(value, 'access token')
  return { accessToken: textOf(object, 'accessToken'), expiresIn: numberOf(object, 'expiresIn', 900) }
}

export function parseWorkspaceSummary(value: unknown): WorkspaceSummary {
  const object = objectOf(value, 'workspace')
  return {
    id: textOf(object, 'id'),
    name: textOf(object, 'name'),
    description: optionalText(object, 'description'),
    status: parseStatus(object.status),
    role: parseRole(object.role ?? 'owner'),
    panelCount: numberOf(object, 'panelCount', 0),
    updatedAt: optionalText(object, 'updatedAt'),
  }
}

export const parseWorkspaceList = (value: unknown): WorkspaceSummary[] =>
  itemsOf(value, 'workspaces').map(parseWorkspaceSummary)

export function parsePanel(value: unknown): PanelSummary {
  const object = objectOf(value, 'panel')
  return {
    id: textOf(object, 'id'),
    name: textOf(object, 'name'),
    panelType: optionalText(object, 'panelType', 'custom'),
    position: numberOf(object, 'position', 0),
  }
}

export function parseWorkspace(value: unknown): Workspace {
  const object = objectOf(value, 'workspace')
  return {
    id: textOf(object, 'id'),
    name: textOf(object, 'name'),
    description: optionalText(object, 'description'),
    status: parseStatus(object.status),
    role: parseRole(object.role ?? 'owner'),
    panels: itemsOf(object.panels ?? [], 'panels').map(parsePanel),
    gitError: typeof object.gitError === 'string' ? object.gitError : null,
    pushError: parsePushError(object.gitPush),
  }
}

function parsePushError(value: unknown): string | null {
  const error = isJsonObject(value) ? value.error : null
  return typeof error === 'string' ? error : null
}

const parseLibraryEntry = (value: unknown): LibraryEntry => {
  const object = objectOf(value, 'library')
  const tags = Array.isArray(object.tags) ? object.tags.filter((tag) => typeof tag === 'string') : []
  return {
    id: textOf(object, 'id'),
    title: textOf(object, 'title'),
    description: optionalText(object, 'description'),
    icon: optionalText(object, 'icon'),
    accent: optionalText(object, 'accent'),
    tags,
    source: optionalText(object, 'source', optionalText(object, 'nxmlSource')),
  }
}

export const parseLibrary = (value: unknown): LibraryEntry[] =>
  itemsOf(value, 'library').map(parseLibraryEntry)

/** Sign-up and sign-in: who, the token, and where to land. */
export interface Admission {
  readonly account: Account
  readonly grant: AccessGrant
  readonly workspaceId: string | null
}

export function parseAdmission(value: unknown): Admission {
  const object = objectOf(value, 'account')
  const workspace = object.workspace
  return {
    account: parseAccount(object.user),
    grant: parseGrant(object),
    workspaceId: isJsonObject(workspace) && typeof workspace.id === 'string' ? workspace.id : null,
  }
}
