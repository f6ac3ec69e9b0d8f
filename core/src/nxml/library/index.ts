import { agenda } from './agenda.ts'
import { budget } from './budget.ts'
import { config } from './config.ts'
import { counter } from './counter.ts'
import { crm } from './crm.ts'
import { incident } from './incident.ts'
import { kanban } from './kanban.ts'
import type { LibraryPanel } from './library-panel.ts'
import { metrics } from './metrics.ts'
import { notes } from './notes.ts'
import { poll } from './poll.ts'
import { retro } from './retro.ts'
import { todo } from './todo.ts'

/** The built-in panels, in the order they are offered (NXML specification 15). */
export const PANEL_LIBRARY: readonly LibraryPanel[] = [
  notes,
  todo,
  kanban,
  poll,
  counter,
  metrics,
  crm,
  agenda,
  incident,
  budget,
  retro,
  config,
]
