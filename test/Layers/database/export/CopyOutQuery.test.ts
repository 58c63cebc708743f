import { assert, it } from "@effect/vitest"
import { buffer } from "node:stream/consumers"
import { Client } from "pg"
import { inject } from "vitest"
import { CopyOutQuery } from "../../../../src/Layers/database/export/CopyOutQuery.ts"

/** Runs `use` with a connection, which can be used for other statements afterwards. */
const withClient = async (use: (client: Client) => Promise<void>) => {
  const client = new Client({ connectionString: inject("databaseUrl") })
  await client.connect()
  try {
    await use(client)
    assert.deepStrictEqual((await client.query("select 1 as one")).rows, [{ one: 1 }])
  } finally {
    await client.end()
  }
}

it("rows are read without the notices and settings between them", () =>
  withClient(async (client) => {
    await client.query(`
      create function pg_temp.noisy(n integer) returns integer language plpgsql as $$ begin
        if n % 3 = 0 then
          raise notice '% %', n, repeat('x', n % 500);
          perform set_config('application_name', 'test ' || n, false);
        end if;
        return n;
      end $$`)
    const rows = 20_000
    const query = client.query(
      new CopyOutQuery(`copy (select pg_temp.noisy(n) from generate_series(1, ${rows}) as n) to stdout`),
    )
    const expected = Array.from({ length: rows }, (_, n) => `${n + 1}\n`).join("")
    assert.isTrue((await buffer(query)).equals(Buffer.from(expected)))
    assert.strictEqual(query.rows, rows)
  }))

it("a row that fails ends the stream with the server's error, the first one without any data", () =>
  withClient(async (client) => {
    for (const failing of [1, 100_000]) {
      const query = client.query(
        new CopyOutQuery(
          `copy (select 1 / (${failing} - n) as a from generate_series(1, 200000) as n) to stdout with (format csv, header)`,
        ),
      )
      let size = 0
      query.on("data", (bytes: Buffer) => (size += bytes.byteLength))
      const error = await new Promise<unknown>((resolve) => query.once("error", resolve))
      assert.propertyVal(error, "code", "22012")
      assert.strictEqual(size > 0, failing > 1)
    }
  }))
