import {
  CalendarDays,
  ChartColumn,
  ClipboardList,
  Columns3,
  Contact,
  FileCode2,
  Hash,
  LayoutPanelTop,
  ListTodo,
  type LucideIcon,
  MessagesSquare,
  PiggyBank,
  Settings2,
  Siren,
  StickyNote,
  Vote,
} from 'lucide-react'

/** By library id, and by the icon names the library uses. */
const ICONS: Readonly<Record<string, LucideIcon>> = {
  notes: StickyNote,
  'sticky-note': StickyNote,
  todo: ListTodo,
  'check-square': ListTodo,
  kanban: Columns3,
  columns: Columns3,
  poll: Vote,
  vote: Vote,
  counter: Hash,
  hash: Hash,
  metrics: ChartColumn,
  dashboard: ChartColumn,
  'bar-chart': ChartColumn,
  activity: ChartColumn,
  crm: Contact,
  users: Contact,
  agenda: CalendarDays,
  calendar: CalendarDays,
  meeting: CalendarDays,
  incident: Siren,
  incidents: Siren,
  siren: Siren,
  alert: Siren,
  'alert-triangle': Siren,
  budget: PiggyBank,
  wallet: PiggyBank,
  retro: MessagesSquare,
  'message-square': MessagesSquare,
  config: Settings2,
  settings: Settings2,
  'free-form': FileCode2,
  clipboard: ClipboardList,
}

/** The little picture of a panel; decoration. */
export function PanelIcon({ type, className = 'size-4' }: { type: string; className?: string }) {
  const Icon = ICONS[type] ?? LayoutPanelTop
  return <Icon aria-hidden className={className} />
}
