import type { SourceId } from "../../../../Domain/job/SourceId.ts"
import type { Owner } from "../../../../Domain/service/Caller.ts"
import { type Statement, statement } from "../../postgres/Statement.ts"

/** The databases for tables that processes have connected to, and whether this is one of them, or was one when jobs were created. */
export const selectTargets = (target: string): Statement =>
  statement`select targets, ${target}::text = any (targets || past_targets) as "isKnown" from sluice.installation`

/** Whether there is such a source of the owner, or of any, or a run of one that is deleted. */
export const sourceIsKnown = (owner: Owner | null, sourceId: SourceId): Statement => statement`
  select exists (
    select from sluice.source where id = ${sourceId}::uuid and owner = coalesce(${owner}::text, owner)
  ) or exists (
    select from sluice.job where source_id = ${sourceId}::uuid and owner = coalesce(${owner}::text, owner)
  ) as "isKnown"`
