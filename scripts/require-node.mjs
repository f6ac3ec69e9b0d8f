// Plain JavaScript, so that an older Node gets this far: the rest is TypeScript, which it cannot run.
const OLDEST_NODE = 24
const node = process.versions.node

if (Number(node.split('.')[0]) < OLDEST_NODE) {
  console.error(
    `This is Node ${node}; ${OLDEST_NODE} or newer is needed. "npm ci" installs it on Linux (do not leave out optional packages).`,
  )
  process.exitCode = 1
}
