import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { compiled } from "./Compiled.ts"

/** The part of WebAssembly that is used here. TypeScript declares it only for browsers. */
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Exports }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly textEnd: (end: number) => number
  readonly scan: (to: number) => number
}

/** The module of ./assembly, and views of its memory. They stay valid because the memory never grows. */
export interface VectorModule extends Pick<Exports, "textEnd" | "scan"> {
  readonly bytes: Uint8Array
  readonly numbers: Int32Array
}

const instantiate = (): VectorModule | null => {
  const bytes = Result.getOrNull(Base64.decode(compiled))
  if (bytes === null || typeof WebAssembly === "undefined" || !WebAssembly.validate(bytes)) return null
  const { memory, scan, textEnd } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
  return { scan, textEnd, bytes: new Uint8Array(memory.buffer), numbers: new Int32Array(memory.buffer) }
}

let instance: VectorModule | null | undefined

/** The instance of this thread; `null` if WebAssembly or SIMD is not supported. */
export const vectorModule = (): VectorModule | null => {
  if (instance === undefined) instance = instantiate()
  return instance
}
