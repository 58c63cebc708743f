import * as Effect from "effect/Effect"
import { Argument, Command } from "effect/cli"
import { PreviewResource } from "../../Api/contract/PreviewApi.ts"
import { LoadBody } from "../../Api/contract/LoadBody.ts"
import { usageError } from "../CommandFailed.ts"
import { checked } from "../checked.ts"
import { loadFlags } from "../loadFlags.ts"
import { describePreview } from "../output/describePreview.ts"
import { writeData } from "../output/writeData.ts"
import { ask } from "../server/Server.ts"

export const preview = Command.make(
  "preview",
  {
    source: Argument.String("URL").pipe(Argument.withDescription("http or https URL of a CSV file")),
    options: loadFlags,
  },
  Effect.fnUntraced(function* ({ options, source }) {
    if (!source.includes("://"))
      return yield* usageError(`${source} is no URL with http:// or https://: only sluice load takes a file`)
    const payload = yield* checked(LoadBody, "body", { fileUrl: source, ...options })
    yield* writeData(
      PreviewResource,
      yield* ask((client) => client.preview.preview({ payload })),
      describePreview,
    )
  }),
).pipe(Command.withDescription("Show how a load would read a file. Creates nothing."))
