import { assert, it } from "@effect/vitest"
import { problemCatalog } from "../../src/Api/contract/problems/problemCatalog.ts"
import { commandMessage } from "../../src/Cli/server/commandMessage.ts"
import { urlAdvice } from "../../src/Domain/source/urlAdvice.ts"

it.each([
  [
    "There is no job 7. Use the jobId that POST /download_file returned.",
    "There is no job 7. Use the jobId that sluice load wrote.",
  ],
  ["You have no table. GET /tables lists yours.", "You have no table. sluice tables shows yours."],
  ["Wait for that with /job_status?jobId=a-1&wait=30.", "Wait for that with sluice watch a-1."],
  [
    "format=source is for the rejects of one file, and the job has 3: give file=1 to file=3",
    "--source is for the rejects of one file, and the job has 3: give --file 1 to --file 3",
  ],
  ["Omit count, or use count=estimated.", "Omit count, or use --count estimated."],
  ["https://example.org/a?file=1&count=2 is gone", "https://example.org/a?file=1&count=2 is gone"],
])("a message of the API names commands and flags: %s", (message, shown) => {
  assert.strictEqual(commandMessage(message), shown)
})

it("no message of the API names a request of it on the command line", () => {
  const messages = [
    ...Object.values(problemCatalog).map(({ meaning }) => meaning),
    urlAdvice("file:///home/me/a.csv"),
    urlAdvice("data:text/csv,a"),
  ]
  for (const message of messages)
    assert.notMatch(commandMessage(message), /\b(?:GET|POST|PUT) \/|curl|\/job_/, message)
})
