import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { randomUUID } from "node:crypto"
import { Client } from "pg"
import { TestDatabase } from "./TestDatabase.ts"

/** Argument types for which there are operators and functions that match a statement better than Postgres' own. */
const types = [
  "text",
  "name",
  "varchar",
  '"char"',
  "uuid",
  "integer",
  "bigint",
  "oid",
  "boolean",
  "timestamptz",
  "interval",
  "jsonb",
  "text[]",
  "uuid[]",
]
const pairs = types.flatMap((left) => types.map((right) => [left, right] as const))

const comparisons = ["=", "<>", "<", "<=", ">", ">=", "~~"]
const calculations = ["+", "-", "||", "->>"]
/** Functions of one argument and their results. */
const unary = {
  lower: "text",
  count: "bigint",
  nextval: "bigint",
  hashtext: "integer",
  quote_ident: "text",
  to_regclass: "regclass",
}
const binary = { pg_notify: "void", pg_advisory_lock: "void", pg_try_advisory_xact_lock_shared: "boolean" }

/** A function that records its call, and as whom it was called. */
const trap = (name: string, parameters: string, result: string) => `
  create function public.${name}(${parameters}) returns ${result} language plpgsql as $$begin
    perform public.record_call('${name}(${parameters})'); ${result === "void" ? "" : "return null;"} end$$`

const operator = (name: string, trap: string, left: string, right: string) =>
  `create operator public.${name} (function = public.${trap}, leftarg = ${left}, rightarg = ${right})`

const betterMatches = [
  Object.entries(unary).flatMap(([name, result]) => types.map((type) => trap(name, type, result))),
  Object.entries(binary).flatMap(([name, result]) =>
    pairs.map(([left, right]) => trap(name, `${left}, ${right}`, result)),
  ),
  pairs.map(([left, right]) => trap("compare", `${left}, ${right}`, "boolean")),
  pairs.map(([left, right]) => trap("calculate", `${left}, ${right}`, left)),
  comparisons.flatMap((name) => pairs.map(([left, right]) => operator(name, "compare", left, right))),
  calculations.flatMap((name) => pairs.map(([left, right]) => operator(name, "calculate", left, right))),
]
  .flat()
  .join(";")

/**
 * Copies of Postgres' own functions, which win where `public` comes first in the path. PL/pgSQL takes no arguments of
 * some internal types; no statement of the service has such an argument.
 */
const namesakes = `
  do $do$
  declare f record;
  begin
    for f in
      select proname, pg_get_function_identity_arguments(oid) as parameters, pg_get_function_result(oid) as result
      from pg_proc where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f'
    loop
      begin
        execute format(
          'create function public.%I(%s) returns %s language plpgsql as $$begin perform public.record_call(%L); %s end$$',
          f.proname, f.parameters, f.result, f.proname || '(' || f.parameters || ')',
          case when f.result = 'void' or f.result like 'SETOF %' then '' else 'return null;' end);
      exception when others then null;
      end;
    end loop;
  end $do$`

const setUp = (role: string) => `
  grant create, usage on schema public to ${role};
  set role ${role};
  set check_function_bodies = off;
  create table public.calls (function text, called_by text, session_of text);
  create sequence public.call_count;
  create function public.record_call(function text) returns void language plpgsql set search_path = pg_catalog as
    $$begin
      perform nextval('public.call_count');
      insert into public.calls values (function, current_user, session_user);
    end$$;
  ${betterMatches};
  ${namesakes};
  reset role`

/** Another role of the service's database, which may create in `public` and waits there for the service. */
export class Intruder extends Context.Service<
  Intruder,
  {
    /** Runs a statement as the database's owner, out of the intruder's reach. */
    readonly query: (statement: string) => Effect.Effect<ReadonlyArray<Record<string, unknown>>>
    /** What the intruder's functions have recorded; calls of a transaction that was rolled back are only counted. */
    readonly calls: Effect.Effect<{
      readonly count: number
      readonly seen: ReadonlyArray<Record<string, unknown>>
    }>
  }
>()("sluice/test/support/Intruder") {
  static readonly layer = Layer.effect(
    Intruder,
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const role = `intruder_${randomUUID().replaceAll("-", "")}`
      const client = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const client = new Client({
            connectionString: Redacted.value(url),
            options: "-c search_path=pg_catalog",
          })
          await client.connect()
          return client
        }),
        (client) => Effect.promise(() => client.end()),
      )
      yield* Effect.acquireRelease(
        Effect.promise(() => client.query(`create role ${role}`)),
        () => Effect.promise(() => client.query(`drop owned by ${role} cascade; drop role ${role}`)),
      )
      yield* Effect.promise(() => client.query(setUp(role)))
      const query = (statement: string) =>
        Effect.promise(async () => (await client.query<Record<string, unknown>>(statement)).rows)
      return Intruder.of({
        query,
        calls: Effect.gen(function* () {
          const [counter] = yield* query(
            "select case when is_called then last_value else 0 end::int as count from public.call_count",
          )
          return {
            count: Number(counter?.["count"]),
            seen: yield* query("select distinct * from public.calls order by function limit 20"),
          }
        }),
      })
    }),
  )
}
