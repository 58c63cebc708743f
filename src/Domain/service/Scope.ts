import * as Schema from "effect/Schema"

/** What an API key may do. Each endpoint of the contract needs one of them; `admin` includes the others. */
export const Scope = Schema.Literals(["submit", "read", "cancel", "metrics", "admin"])
export type Scope = typeof Scope.Type

/** Whether these scopes suffice where `scope` is needed. */
export const grants = (scopes: ReadonlySet<Scope>, scope: Scope): boolean =>
  scopes.has(scope) || scopes.has("admin")

/** All scopes but `admin`, which reaches the jobs of all keys. */
export const ordinaryScopes: ReadonlySet<Scope> = new Set(Scope.literals.filter((scope) => scope !== "admin"))
