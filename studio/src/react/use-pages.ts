import { useCallback, useState } from 'react'
import { type Loaded, useLoaded } from './use-loaded.ts'

interface Pages<T> {
  readonly items: readonly T[]
  /** There is nothing behind the last one. */
  readonly isWhole: boolean
}

/**
 * A list that comes page by page, asked for anew whenever `load` is another function; `null`: nothing is wanted now.
 *
 * @param load - What comes behind an item; `null`: the first page. A page shorter than `pageSize` is the last.
 */
export function usePages<T>(
  load: ((last: T | null) => Promise<readonly T[]>) | null,
  pageSize: number,
): {
  readonly loaded: Loaded<Pages<T>>
  readonly reload: () => Promise<void>
  /** @throws What `load` throws; what is shown stays. */
  readonly loadMore: () => Promise<void>
} {
  const [more, setMore] = useState<readonly T[]>([])
  const [isWhole, setWhole] = useState(false)
  const first = useCallback(async () => {
    const items = load === null ? [] : await load(null)
    setMore([])
    setWhole(items.length < pageSize)
    return items
  }, [load, pageSize])
  const { loaded, reload } = useLoaded(load === null ? null : first)
  const loadMore = async (): Promise<void> => {
    if (load === null || loaded.state !== 'ready') return
    const last = more.at(-1) ?? loaded.value.at(-1) ?? null
    const next = await load(last)
    setMore([...more, ...next])
    setWhole(next.length < pageSize)
  }
  return {
    loaded:
      loaded.state === 'ready'
        ? { state: 'ready', value: { items: [...loaded.value, ...more], isWhole } }
        : loaded,
    reload,
    loadMore,
  }
}
