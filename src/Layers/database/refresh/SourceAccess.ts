import * as Effect from "effect/Effect"
import type { SourceId } from "../../../Domain/job/SourceId.ts"
import { type Caller, type Owner, reachableOwner } from "../../../Domain/service/Caller.ts"

/** A source as one caller may reach it. Statements that run for a caller take this, so that none can forget the owner. */
export interface SourceAccess {
  readonly sourceId: SourceId
  /** Only a source of this owner is found; `null`: of any. */
  readonly owner: Owner | null
}

/** How the current caller may reach the source. */
export const accessTo = (sourceId: SourceId): Effect.Effect<SourceAccess, never, Caller> =>
  Effect.map(reachableOwner, (owner) => ({ sourceId, owner }))

/** The condition on `sluice.source` that holds for this source only, and only for its owner. Its parameters are the first two. */
export const isReachable = "source.id = $1::uuid and source.owner = coalesce($2::text, source.owner)"

export const parametersOf = ({ owner, sourceId }: SourceAccess): ReadonlyArray<unknown> => [sourceId, owner]
