/**
 * Import this before anything that imports lib0, in every test that uses `virtual-time.ts`: lib0 takes `Date.now` once,
 * when it is loaded, and presence would live by the real clock. From here on that one asks the clock of the moment.
 */
const RealDate = Date
const realNow = Date.now

Date.now = () => (globalThis.Date === RealDate ? realNow() : globalThis.Date.now())
