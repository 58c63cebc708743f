import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"

/** The part of WebAssembly that is used here. TypeScript declares it only for browsers. */
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new <Exports>(
    module: object,
    imports: { readonly env: object },
  ) => { readonly exports: Exports }
}

/**
 * The exports of a new instance of a WebAssembly module in base64; `null` if WebAssembly or SIMD is not supported.
 *
 * @param env the functions that the module imports
 */
export const instantiate = <Exports>(compiled: string, env: object = {}): Exports | null => {
  const bytes = Result.getOrNull(Base64.decode(compiled))
  if (bytes === null || typeof WebAssembly === "undefined" || !WebAssembly.validate(bytes)) return null
  return new WebAssembly.Instance<Exports>(new WebAssembly.Module(bytes), { env }).exports
}
