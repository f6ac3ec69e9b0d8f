// Runs before the first paint, so that a remembered theme never flashes the other one. Keep in step with src/ui/theme.ts.
;(() => {
  try {
    const theme = localStorage.getItem('nexus:theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  } catch {
    // Storage is blocked: the system's theme it is.
  }
})()
