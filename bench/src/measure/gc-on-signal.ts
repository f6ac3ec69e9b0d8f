// Loaded into the measured servers before their own code.
process.on('SIGUSR2', () => {
  globalThis.gc?.()
})
