/** What this browser remembers between visits. Blocked storage means it remembers nothing. */
const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

const write = (key: string, value: string | null): void => {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Blocked or full: next time starts at the launcher.
  }
}

const workspaceKey = (userId: string): string => `nexus:last-workspace:${userId}`
const panelKey = (workspaceId: string): string => `nexus:last-panel:${workspaceId}`

export const rememberedWorkspace = (userId: string): string | null => read(workspaceKey(userId))
/** `null` forgets: the next visit starts at the launcher. */
export const rememberWorkspace = (userId: string, workspaceId: string | null): void =>
  write(workspaceKey(userId), workspaceId)

export const rememberedPanel = (workspaceId: string): string | null => read(panelKey(workspaceId))
export const rememberPanel = (workspaceId: string, panelId: string): void =>
  write(panelKey(workspaceId), panelId)
