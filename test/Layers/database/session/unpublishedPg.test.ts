import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Duplex } from "node:stream"
import { Client, type Submittable } from "pg"
import { TestDatabase } from "../../../support/TestDatabase.ts"

/** Names of the members that are missing or have another type. */
const missing = (value: object, members: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  Object.entries(members)
    .filter(([name, type]) => typeof Reflect.get(value, name) !== type)
    .map(([name]) => name)

const connected = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  const client = new Client({ connectionString: Redacted.value(url) })
  yield* Effect.acquireRelease(
    Effect.promise(() => client.connect()),
    () => Effect.promise(() => client.end()),
  )
  return client
})

layer(TestDatabase.layer, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "after an upgrade of pg",
  (it) => {
    it.effect(
      "its connection still has what CopyIn uses, and it still calls CopyIn's handlers in order",
      () =>
        Effect.gen(function* () {
          const client = yield* connected
          assert.deepStrictEqual(
            missing(client.connection, {
              query: "function",
              sendCopyFail: "function",
              endCopyFrom: "function",
            }),
            [],
          )
          assert.instanceOf(client.connection.stream, Duplex)
          yield* Effect.promise(() => client.query("create temporary table t (n text)"))
          const calls = yield* Effect.callback<ReadonlyArray<string>>((resume) => {
            const calls: Array<string> = []
            const copy = {
              submit: (connection) => connection.query("copy t from stdin"),
              callback: () => {},
              handleCopyInResponse: () => {
                calls.push("copyInResponse")
                const end = Reflect.get(client.connection, "endCopyFrom")
                if (typeof end === "function") end.call(client.connection)
              },
              handleCommandComplete: ({ text }: { readonly text?: string }) => calls.push(`complete ${text}`),
              handleReadyForQuery: () => {
                calls.push("readyForQuery")
                resume(Effect.succeed(calls))
              },
              handleError: (error: unknown) => resume(Effect.die(error)),
            } satisfies Submittable & Record<string, unknown>
            client.query(copy)
          })
          assert.deepStrictEqual(calls, ["copyInResponse", "complete COPY 0", "readyForQuery"])
        }).pipe(Effect.scoped),
    )

    it.effect("its client and connection still have what CancelRequest uses", () =>
      Effect.gen(function* () {
        const client = yield* connected
        assert.deepStrictEqual(
          missing(client, { connection: "object", processID: "number", secretKey: "number" }),
          [],
        )
        assert.deepStrictEqual(
          missing(new Client().connection, {
            connect: "function",
            requestSsl: "function",
            cancel: "function",
            stream: "object",
            ssl: "boolean",
            sslNegotiation: "string",
          }),
          [],
        )
      }).pipe(Effect.scoped),
    )
  },
)
