import { startHocuspocusSide } from './hocuspocus.ts'
import { startNexusSide } from './nexus.ts'
import type { Side, SideOptions } from './side.ts'

export type { ServerNode, Side, SideName, SideOptions } from './side.ts'

export const PEER_NAME = 'Hocuspocus 4.7 + extension-database (PostgreSQL) + extension-redis'

/** Lends both products, set up and running side by side, and takes them away afterwards. */
export async function withSides<T>(
  options: SideOptions,
  use: (sides: readonly Side[]) => Promise<T>,
): Promise<T> {
  const sides = await Promise.all([startNexusSide(options), startHocuspocusSide(options)])
  try {
    return await use(sides)
  } finally {
    await Promise.all(sides.map((side) => side.stop()))
  }
}
