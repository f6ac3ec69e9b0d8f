import imported from '@jitl/quickjs-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core'
import { MAX_MEMORY_BYTES } from './run-limits.ts'

export interface EngineOptions {
  /** The bytes of the engine, where finding them by their address does not work. */
  readonly loadWasm?: () => Promise<ArrayBuffer>
}

/** Instances of the engine, one per run at a time, so that a run can use up or break only its own. */
export interface EnginePool {
  take(): Promise<QuickJSWASMModule>
  /** Takes an instance back that came to no harm; a broken one is simply dropped. */
  giveBack(module: QuickJSWASMModule): void
}

/** Instances kept ready for the next run. */
const MAX_IDLE = 2

const PAGE_BYTES = 65_536
/** What an instance needs before a handler has done anything. */
const INITIAL_PAGES = 256

/** Loads a first instance, so that a missing engine is noticed at once. */
export const createEnginePool = async ({ loadWasm }: EngineOptions): Promise<EnginePool> => {
  const variant = findVariant(imported)
  const wasmBinary = await loadWasm?.()
  const load = (): Promise<QuickJSWASMModule> => {
    // QuickJS cannot measure its own memory in this build; the ceiling of the instance is what holds.
    const maximum = INITIAL_PAGES + MAX_MEMORY_BYTES / PAGE_BYTES
    const wasmMemory = createMemory({ initial: INITIAL_PAGES, maximum })
    return newQuickJSWASMModuleFromVariant(
      newVariant(variant, { wasmMemory, ...(wasmBinary === undefined ? {} : { wasmBinary }) }),
    )
  }
  const idle = [await load()]
  return {
    take: async () => idle.pop() ?? load(),
    giveBack: (module) => {
      const hasGrown = module.getWasmMemory().buffer.byteLength > INITIAL_PAGES * PAGE_BYTES
      if (!hasGrown && idle.length < MAX_IDLE) idle.push(module)
    },
  }
}

/** `new WebAssembly.Memory(…)`: there in every host, but not among the types of code that runs in all of them. */
const createMemory = (pages: { initial: number; maximum: number }) => {
  const wasm: unknown = Reflect.get(globalThis, 'WebAssembly')
  const Memory: unknown = typeof wasm === 'object' && wasm !== null ? Reflect.get(wasm, 'Memory') : undefined
  if (typeof Memory !== 'function') throw new TypeError('this host has no WebAssembly')
  return Reflect.construct(Memory, [pages])
}

/** The package's types describe its CommonJS form, which holds one `default` more than what is imported. */
const findVariant = (module: unknown): QuickJSSyncVariant => {
  if (isVariant(module)) return module
  if (typeof module === 'object' && module !== null && 'default' in module) return findVariant(module.default)
  throw new TypeError('the QuickJS package has an unexpected form')
}

const isVariant = (value: unknown): value is QuickJSSyncVariant =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'sync'
