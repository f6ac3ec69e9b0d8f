/** `Workspace - 2026-11-23`, by the person's own calendar. */
export function scratchName(now: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `Workspace - ${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
