// Preloaded by generators of clients, which need the compiler API that TypeScript 7 does not have.
import { registerHooks } from "node:module"

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "typescript" ? "typescript5" : specifier, context),
})
