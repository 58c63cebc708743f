import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { ChangeFilter } from "../../Domain/job/list/JobFilter.ts"
import type { JobList, SourceUnknown } from "../../Domain/job/list/JobList.ts"
import { Targets, TargetUnknown } from "../../Domain/load/columns/target/Targets.ts"
import { invalidRequest } from "../http/input/RequestIssues.ts"
import { askDatabase } from "./askDatabase.ts"
import { targetUnknown } from "./creationProblems.ts"

const periodIsEmpty = invalidRequest([
  {
    in: "query",
    field: "createdBefore",
    message: "createdBefore must be later than createdAfter: no job was created between them",
  },
])

const sourceUnknown = ({ sourceId }: SourceUnknown) =>
  Effect.fail(
    invalidRequest([
      {
        in: "query",
        field: "sourceId",
        message: `sourceId must be the id of a source of yours, or of one whose jobs are still kept, which ${sourceId} is not: GET /sources lists your sources`,
      },
    ]),
  )

/** Refuses a filter that no job can match: an empty list would look as if there were no such jobs yet. */
export const refuseUnmatchable = Effect.fnUntraced(function* (
  list: JobList["Service"],
  { createdAfter, createdBefore, sourceId, target }: ChangeFilter,
) {
  if (
    createdAfter !== undefined &&
    createdBefore !== undefined &&
    DateTime.isLessThanOrEqualTo(createdBefore, createdAfter)
  )
    return yield* periodIsEmpty
  const { names } = yield* Targets
  const isDeclared = target === undefined || names.includes(target)
  if (sourceId === undefined && isDeclared) return
  yield* askDatabase(
    list.requireKnown({
      ...(sourceId === undefined ? {} : { sourceId }),
      ...(isDeclared ? {} : { target }),
    }),
  ).pipe(
    Effect.catchTags({
      TargetUnknown: ({ known, target }) =>
        targetUnknown("query")(new TargetUnknown({ target, known: [...new Set([...names, ...known])] })),
      SourceUnknown: sourceUnknown,
    }),
  )
})
