// The first file of a thread; `argon2-thread.ts` starts it.
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'
import type { Argon2Answer, Argon2Task } from './argon2-thread.ts'

/** OWASP's advice for argon2id: 19 MiB, two passes. About 10 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Behind everything else in this process. */
const NICE = 10

// Linux gives each thread a priority of its own; elsewhere this would be that of the whole process.
if (process.platform === 'linux') setPriority(NICE)

function answerTo({ password, hashed }: Argon2Task): Argon2Answer {
  if (hashed === null) return hashSync(password, COST)
  try {
    return verifySync(hashed, password)
  } catch {
    // Not a hash that can be read.
    return false
  }
}

parentPort?.on('message', (task: Argon2Task) => parentPort?.postMessage(answerTo(task)))
