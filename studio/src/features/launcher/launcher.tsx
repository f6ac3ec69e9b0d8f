import { ArrowRight, FolderOpen, type LucideIcon, Sparkles } from 'lucide-react'
import { m } from 'motion/react'
import type { ReactNode } from 'react'

interface LauncherProps {
  readonly personName: string
  readonly onOpen: () => void
  readonly onBuild: () => void
  readonly isBuilding: boolean
  /** Sits in the corner: the account menu. */
  readonly corner: ReactNode
}

interface ChoiceProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly text: string
  readonly onClick: () => void
  readonly disabled?: boolean
}

const Choice = ({ icon: Icon, title, text, onClick, disabled = false }: ChoiceProps) => (
  <button
    type="button"
    onClick={onClick}
    disabled={disabled}
    aria-label={title}
    className="group flex w-full items-center gap-4 rounded-xl border border-line bg-surface/85 p-4 text-left shadow-md backdrop-blur-md transition-[border-color,transform,box-shadow] duration-150 hover:-translate-y-0.5 hover:border-accent/60 hover:shadow-lg disabled:opacity-60"
  >
    <span className="grid size-11 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent-ink">
      <Icon aria-hidden className="size-5.5" />
    </span>
    <span className="min-w-0 flex-1">
      <span className="block text-lg font-semibold tracking-tight">{title}</span>
      <span className="block text-sm text-muted">{text}</span>
    </span>
    <ArrowRight
      aria-hidden
      className="size-4.5 shrink-0 text-faint transition-transform duration-150 group-hover:translate-x-0.5 group-hover:text-accent-ink"
    />
  </button>
)

const Backdrop = () => (
  <div aria-hidden className="pointer-events-none absolute inset-0 overflow-hidden">
    <div className="backdrop-light top-[-12%] left-[4%] size-[34rem] bg-[#6f6be0]" />
    <div className="backdrop-light right-[-8%] bottom-[-18%] size-[38rem] bg-[#2b8fc9] [animation-delay:-9s] [animation-direction:alternate-reverse]" />
    <div className="backdrop-light bottom-[2%] left-[24%] size-[22rem] bg-[#c66bb8] [animation-delay:-17s]" />
    <div className="absolute inset-0 bg-canvas/55" />
  </div>
)

/** No workspace is open: choose one, or begin. */
export function Launcher({ personName, onOpen, onBuild, isBuilding, corner }: LauncherProps) {
  const firstName = personName.trim().split(/\s+/)[0] ?? ''
  return (
    <div className="relative min-h-full overflow-hidden">
      <Backdrop />
      <header className="absolute top-4 right-4 z-10">{corner}</header>
      <main className="relative grid min-h-dvh place-items-center px-5 py-16">
        <m.div
          initial={{ opacity: 0, y: 10 }}
          animate={{ opacity: 1, y: 0 }}
          transition={{ duration: 0.35, ease: [0.2, 0.8, 0.2, 1] }}
          className="w-full max-w-md"
        >
          <p className="text-sm font-medium text-accent-ink">Nexus</p>
          <h1 className="mt-1.5 text-3xl font-semibold tracking-tight text-balance">
            {firstName === '' ? 'What shall we work on?' : `What shall we work on, ${firstName}?`}
          </h1>
          <p className="mt-2.5 text-lg text-muted text-balance">
            Pick up where a team left off, or start with an empty page.
          </p>
          <div className="mt-8 space-y-3">
            <Choice
              icon={FolderOpen}
              title="Open Workspace"
              text="Search and open one of your workspaces"
              onClick={onOpen}
            />
            <Choice
              icon={Sparkles}
              title="Build from Scratch"
              text={isBuilding ? 'Making your workspace…' : 'A new, empty workspace at once'}
              onClick={onBuild}
              disabled={isBuilding}
            />
          </div>
        </m.div>
      </main>
    </div>
  )
}
