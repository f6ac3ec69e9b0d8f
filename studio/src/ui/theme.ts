import { create } from 'zustand'

const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Read by public/theme.js before the first paint. */
const STORAGE_KEY = 'nexus:theme'

const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme === value)

function remembered(): Theme {
  try {
    const value = localStorage.getItem(STORAGE_KEY)
    return isTheme(value) ? value : 'system'
  } catch {
    return 'system'
  }
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

interface ThemeChoice {
  readonly theme: Theme
  choose(theme: string): void
}

export const useTheme = create<ThemeChoice>()((set) => ({
  theme: remembered(),
  choose: (theme) => {
    if (!isTheme(theme)) return
    apply(theme)
    set({ theme })
    try {
      localStorage.setItem(STORAGE_KEY, theme)
    } catch {
      // Blocked storage: the choice holds until the page is closed.
    }
  },
}))
