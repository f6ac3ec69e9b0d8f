import { hash, verify } from '@node-rs/argon2'

/** OWASP's advice for argon2id: 19 MiB, two passes. About 10 ms and one thread of the pool. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** @returns Argon2id in PHC form, with its own salt. */
export const hashPassword = (password: string): Promise<string> => hash(password, COST)

/** `false` also for a hash that cannot be read. */
export async function isPasswordRight(password: string, hashed: string): Promise<boolean> {
  try {
    return await verify(hashed, password)
  } catch {
    return false
  }
}
