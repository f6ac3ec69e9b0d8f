// Ends with 0 when the process on this machine's PORT answers /health/ready with 200, else with 1. For HEALTHCHECK.
const TIMEOUT_MS = 2_500

async function main(): Promise<void> {
  const url = `http://127.0.0.1:${process.env.PORT}/health/ready`
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (response.ok) return
  console.error(`${response.status} ${await response.text()}`)
  process.exitCode = 1
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
