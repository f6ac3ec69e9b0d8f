// The product with reloading: the servers restart when their code changes, the page updates itself (port 5173).
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const run = (command: string, args: string[], cwd: string): ChildProcess =>
  spawn(command, args, { cwd, stdio: 'inherit', env: process.env })

const children = [
  run(process.execPath, ['--watch', '--watch-preserve-output', 'standalone/src/main.ts'], ROOT),
  run('npx', ['vite'], `${ROOT}studio`),
]

const stopAll = (): void => {
  for (const child of children) child.kill('SIGTERM')
}
process.on('SIGINT', stopAll)
process.on('SIGTERM', stopAll)
for (const child of children) child.on('exit', stopAll)
