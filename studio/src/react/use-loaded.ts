import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from '../api/problem.ts'

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly value: T }

/**
 * What `load` brings, asked for anew whenever `load` is another function; `null`: nothing is wanted now. What is on the
 * page stays there while it is loaded again.
 */
export function useLoaded<T>(load: (() => Promise<T>) | null): {
  readonly loaded: Loaded<T>
  readonly reload: () => Promise<void>
} {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' })
  const newest = useRef(0)
  const reload = useCallback(async () => {
    newest.current += 1
    const own = newest.current
    if (load === null) return
    try {
      const value = await load()
      if (newest.current === own) setLoaded({ state: 'ready', value })
    } catch (error) {
      if (newest.current === own) setLoaded({ state: 'failed', message: messageOf(error) })
    }
  }, [load])
  useEffect(() => {
    setLoaded({ state: 'loading' })
    void reload()
  }, [reload])
  return { loaded, reload }
}
