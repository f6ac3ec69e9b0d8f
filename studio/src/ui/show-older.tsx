import { useTask } from '../react/use-task.ts'
import { Button } from './button.tsx'

/** Below a list: reads what comes after it. */
export function ShowOlder({ load }: { load: () => Promise<void> }) {
  const { isBusy, begin } = useTask(load, 'What is older could not be loaded')
  return (
    <div className="flex justify-center py-2">
      <Button size="sm" busy={isBusy} onClick={begin}>
        Show older
      </Button>
    </div>
  )
}
