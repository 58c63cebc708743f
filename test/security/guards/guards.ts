import { apiGuards } from "./apiGuards.ts"
import type { Guard } from "./Guard.ts"
import { secretGuards } from "./secretGuards.ts"
import { sourceGuards } from "./sourceGuards.ts"

/** Every guard that `docs/security.md` promises. */
export const guards: ReadonlyArray<Guard> = [...apiGuards, ...sourceGuards, ...secretGuards]
