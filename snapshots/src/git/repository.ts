import { randomUUID } from 'node:crypto'
import * as nodeFs from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkspaceId } from '@nexus/core'
import * as git from 'isomorphic-git'
import type { CommitSigner } from './commit-signer.ts'
import {
  createDurableFiles,
  type DurableFiles,
  hasCode,
  removeStale,
  TEMPORARY_PREFIX,
} from './durable-fs.ts'
import { swapRef } from './ref-lock.ts'

declare const brand: unique symbol
type Hash<Kind extends string> = string & { readonly [brand]: Kind }
/** 40 hex digits. */
export type BlobHash = Hash<'blob'>
export type TreeHash = Hash<'tree'>
export type CommitHash = Hash<'commit'>

/** The one branch we write. */
export const BRANCH = 'main'

export interface Signature {
  readonly name: string
  readonly email: string
}

interface NewCommit {
  readonly tree: TreeHash
  readonly parent: CommitHash | null
  readonly message: string
  readonly author: Signature
  readonly committer: Signature
  /** Of author and committer; Git keeps whole seconds. */
  readonly time: Date
}

export interface Commit {
  readonly hash: CommitHash
  readonly tree: TreeHash
  readonly parent: CommitHash | null
  readonly message: string
  readonly author: Signature
  readonly time: Date
}

/** One folder of a commit: files and folders by name. */
export interface Folder {
  readonly files: ReadonlyMap<string, BlobHash>
  readonly folders: ReadonlyMap<string, TreeHash>
}

/**
 * The bare repository of one workspace. Everything but {@link advanceBranch} and {@link setTag} only adds objects nobody
 * sees yet, so a process may be killed anywhere. Make a new one for each piece of work: it remembers what it has read.
 */
export interface Repository {
  /** What has been written since it was opened, as it lies on the disk. */
  readonly writtenBytes: number
  /** The newest commit of {@link BRANCH}; `null` before the first. */
  head(): Promise<Commit | null>
  readCommit(hash: CommitHash): Promise<Commit>
  readFolder(tree: TreeHash): Promise<Folder>
  readText(blob: BlobHash): Promise<string>
  /** UTF-8 bytes. */
  sizeOf(blob: BlobHash): Promise<number>
  writeText(text: string): Promise<BlobHash>
  writeFolder(folder: Folder): Promise<TreeHash>
  writeCommit(commit: NewCommit): Promise<CommitHash>
  /** @returns `false` when the branch is no longer at `from`; it is left where it is. */
  advanceBranch(from: CommitHash | null, to: CommitHash): Promise<boolean>
  /** A lightweight tag. Afterwards it points at `commit`, whatever it pointed at before. */
  setTag(name: string, commit: CommitHash): Promise<void>
}

/** Where the repository of a workspace is. */
export const repositoryPath = (gitDir: string, workspaceId: WorkspaceId): string =>
  join(gitDir, `${workspaceId}.git`)

/**
 * Opens `{gitDir}/{workspaceId}.git`, made first when it is not there. `gitDir` is made too.
 *
 * @param signer - `null`: commits are not signed.
 */
export async function openRepository(
  gitDir: string,
  workspaceId: WorkspaceId,
  signer: CommitSigner | null = null,
): Promise<Repository> {
  const gitdir = repositoryPath(gitDir, workspaceId)
  if (await isMissing(join(gitdir, 'HEAD'))) await createRepository(gitDir, gitdir)
  const objects = join(gitdir, 'objects')
  await removeStale(objects, TEMPORARY_PREFIX, new Date())
  return repositoryAt(gitdir, createDurableFiles(objects), signer)
}

const DRAFT_PREFIX = '.new-'

/** Made under another name and moved into place, so that a repository is there whole or not at all. */
async function createRepository(gitDir: string, gitdir: string): Promise<void> {
  await nodeFs.mkdir(gitDir, { recursive: true })
  await removeStale(gitDir, DRAFT_PREFIX, new Date())
  const draft = join(gitDir, `${DRAFT_PREFIX}${randomUUID()}`)
  const files = createDurableFiles(join(draft, 'objects'))
  try {
    await git.init({
      fs: toGitFs(files, () => undefined),
      dir: draft,
      gitdir: draft,
      bare: true,
      defaultBranch: BRANCH,
    })
    await files.flush()
    await files.move(draft, gitdir)
    await files.flush()
  } catch (error) {
    await nodeFs.rm(draft, { recursive: true, force: true })
    const isThere = hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')
    if (!isThere || (await isMissing(join(gitdir, 'HEAD')))) throw error
  }
}

function repositoryAt(gitdir: string, files: DurableFiles, signer: CommitSigner | null): Repository {
  let writtenBytes = 0
  const onWritten = (bytes: number): void => {
    writtenBytes += bytes
  }
  const where = { fs: toGitFs(files, onWritten), gitdir, cache: {} }
  const headRef = `refs/heads/${BRANCH}`

  const readRef = async (ref: string): Promise<CommitHash | null> => {
    try {
      return (await git.resolveRef({ ...where, ref })) as CommitHash
    } catch (error) {
      if (error instanceof git.Errors.NotFoundError) return null
      throw error
    }
  }
  const readCommit = async (hash: CommitHash): Promise<Commit> => {
    const { commit } = await git.readCommit({ ...where, oid: hash })
    const { name, email } = commit.author
    return {
      hash,
      tree: commit.tree as TreeHash,
      parent: (commit.parent[0] ?? null) as CommitHash | null,
      message: commit.message,
      author: { name, email },
      time: new Date(commit.committer.timestamp * 1000),
    }
  }
  const readBlob = async (oid: BlobHash): Promise<Uint8Array> => (await git.readBlob({ ...where, oid })).blob

  return {
    get writtenBytes() {
      return writtenBytes
    },
    head: async () => {
      const hash = await readRef(headRef)
      if (hash === null) return null
      return readCommit(hash)
    },
    readCommit,
    readFolder: async (oid) => toFolder((await git.readTree({ ...where, oid })).tree),
    readText: async (blob) => new TextDecoder().decode(await readBlob(blob)),
    sizeOf: async (blob) => (await readBlob(blob)).byteLength,
    writeText: async (text) =>
      (await git.writeBlob({ ...where, blob: new TextEncoder().encode(text) })) as BlobHash,
    writeFolder: async (folder) => (await git.writeTree({ ...where, tree: toTree(folder) })) as TreeHash,
    writeCommit: async ({ tree, parent, message, author, committer, time }) => {
      const at = { timestamp: Math.floor(time.getTime() / 1000), timezoneOffset: 0 }
      const commit = {
        tree,
        parent: parent === null ? [] : [parent],
        message,
        author: { ...author, ...at },
        committer: { ...committer, ...at },
      }
      const gpgsig = signer === null ? {} : { gpgsig: signer.sign(payloadOf(commit)) }
      return (await git.writeCommit({ ...where, commit: { ...commit, ...gpgsig } })) as CommitHash
    },
    advanceBranch: (from, to) =>
      swapRef(files, { path: join(gitdir, headRef), expected: from, next: to, read: () => readRef(headRef) }),
    setTag: async (name, commit) => {
      await files.replace(join(gitdir, 'refs/tags', name), new TextEncoder().encode(`${commit}\n`))
      await files.flush()
    },
  }
}

/** A commit as Git writes it, without a signature: what is signed. */
function payloadOf({ tree, parent, author, committer, message }: git.CommitObject): string {
  const who = ({ name, email, timestamp }: git.CommitObject['author']) =>
    `${name} <${email}> ${timestamp} +0000`
  const headers = [
    `tree ${tree}`,
    ...parent.map((hash) => `parent ${hash}`),
    `author ${who(author)}`,
    `committer ${who(committer)}`,
  ]
  const text = message.replaceAll('\r', '').replace(/^\n+/, '').replace(/\n+$/, '')
  return `${headers.join('\n')}\n\n${text}\n`
}

type Tree = Awaited<ReturnType<typeof git.readTree>>['tree']

function toTree({ files, folders }: Folder): Tree {
  return [
    ...[...files].map(([path, oid]) => ({ mode: '100644', path, oid, type: 'blob' as const })),
    ...[...folders].map(([path, oid]) => ({ mode: '040000', path, oid, type: 'tree' as const })),
  ]
}

function toFolder(tree: Tree): Folder {
  const files = new Map<string, BlobHash>()
  const folders = new Map<string, TreeHash>()
  for (const { type, path, oid } of tree) {
    if (type === 'blob') files.set(path, oid as BlobHash)
    if (type === 'tree') folders.set(path, oid as TreeHash)
  }
  return { files, folders }
}

/** What isomorphic-git sees of the disk: it overwrites files in place, ours never does. */
function toGitFs(files: DurableFiles, onWritten: (bytes: number) => void) {
  const { readFile, readdir, lstat, rmdir, unlink, readlink, symlink, rm } = nodeFs
  const promises = {
    readFile,
    readdir,
    lstat,
    rmdir,
    unlink,
    readlink,
    symlink,
    rm,
    // Asked before an object is written: one that is there is not written again.
    stat: async (path: string) => {
      const stats = await nodeFs.stat(path)
      files.rely(path)
      return stats
    },
    writeFile: (path: string, data: string | Uint8Array) => {
      const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
      onWritten(bytes.byteLength)
      return files.replace(path, bytes)
    },
    mkdir: (path: string) => files.makeFolder(path),
  }
  return { promises }
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await nodeFs.stat(path)
    return false
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true
    throw error
  }
}
