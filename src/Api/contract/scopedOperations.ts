import * as Context from "effect/Context"
import { HttpApi, type HttpApiGroup, OpenApi } from "effect/http-api"
import type { Scope } from "../../Domain/service/Scope.ts"
import { Authorization, RequiredScope } from "./Middleware.ts"

/** An operation that needs a key, if the API has keys. */
export interface ScopedOperation {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly scope: Scope
}

/** The operations that need a key, with the scope that it must have. */
export const scopedOperations = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
): ReadonlyArray<ScopedOperation> => {
  const found: Array<ScopedOperation> = []
  HttpApi.reflect(api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { annotations, identifier, method, path }, middleware }) => {
      if (![...middleware].some(({ key }) => key === Authorization.key)) return
      const operationId = Context.getOrElse(annotations, OpenApi.Identifier, () => identifier)
      found.push({ operationId, method, path, scope: Context.get(annotations, RequiredScope) })
    },
  })
  return found
}
