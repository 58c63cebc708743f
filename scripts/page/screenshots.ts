/**
 * Makes the images of docs/page.md and the README: `npm run screenshots`, or only some of them, with `-- preview`.
 * Needs Chromium. Runs a service of its own, and a source that sends its file slowly, so that a job can be seen while it runs.
 */
import { spawn } from "node:child_process"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { type BrowserContextOptions, chromium, type Page } from "playwright-core"

const folder = "docs/images"
const rowsPerPart = 5000
const parts = 60

const header = "trip_id;picked_up;borough;distance;fare;note"
const boroughs = ["Bronx", "Brooklyn", "Manhattan", "Queens", "Staten Island"]

const rowOf = (n: number): string => {
  const minute = String(n % 60).padStart(2, "0")
  const row = [
    n,
    `2020-05-18 06:${minute}:07`,
    boroughs[n % 5],
    `${n % 17}.${n % 10}`,
    `${(n % 40) + 5}.50`,
    n % 9 === 4 ? "shared ride" : "",
  ]
  return [...row, ...(n === 7 || n % 4000 === 0 ? ["extra"] : [])].join(";")
}

const partOf = (part: number): string =>
  Array.from({ length: rowsPerPart }, (_, index) => `${rowOf(part * rowsPerPart + index + 1)}\n`).join("")

const file = `Trips of May 2020\n${header}\n${Array.from({ length: parts }, (_, part) => partOf(part)).join("")}`

/** Paths that were requested before. */
const requested = new Set<string>()

/** Sends the file at once, or in 20 seconds if its path says so, and perhaps only when it is requested again. */
const source = createServer((request, response) => {
  const { url = "" } = request
  const isFirst = !requested.has(url)
  requested.add(url)
  if (url.includes("busy") && isFirst) {
    response.writeHead(503).end()
    return
  }
  response.writeHead(200, { "content-type": "text/csv", "content-length": Buffer.byteLength(file) })
  if (!url.includes("slow")) {
    response.end(file)
    return
  }
  const size = Math.ceil(file.length / 100)
  let sent = 0
  const timer = setInterval(() => {
    // The speed of a source varies.
    const part = file.slice(sent, sent + Math.round(size * (0.6 + 0.8 * Math.abs(Math.sin(sent / 900_000)))))
    sent += part.length
    response.write(part)
    if (sent < file.length) return
    clearInterval(timer)
    response.end()
  }, 200)
  request.on("close", () => clearInterval(timer))
})

const dataDir = await mkdtemp(join(tmpdir(), "screenshots-"))
await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve))
const { port } = source.address() as AddressInfo
const service = spawn(process.execPath, ["src/main.ts"], {
  env: {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: "0",
    FILESERVER_PORT: "0",
    ALLOWED_HOSTS: `127.0.0.1:${port}`,
    SOURCE_HOST_ALIASES: `files.example.org:80=127.0.0.1:${port}`,
    LOG_FORMAT: "pretty",
  },
  stdio: ["ignore", "pipe", "inherit"],
})
const ended = new Promise((resolve) => service.once("exit", resolve))

const origin = await new Promise<string>((resolve, reject) => {
  createInterface(service.stdout).on("line", (line) => {
    const ready = /Sluice is ready: (http:\S+)/.exec(line)?.[1]
    if (ready !== undefined) resolve(ready)
  })
  service.once("exit", () => reject(new Error("the service did not start")))
})

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox"],
})

/** The URL of a file as people know them: the images show no port of this machine. */
const fileUrl = (name: string): string => `http://files.example.org/${name}`

/** Creates a job as another client does, and returns its id. */
const createJob = async (
  name: string,
  tableName: string,
  options: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const body = new URLSearchParams({
    fileUrl: fileUrl(name),
    tableName,
    types: "infer",
    maxBadRows: "5%",
    ...options,
  })
  // @effect-diagnostics-next-line globalFetch:off - a script without the runtime of Effect.
  const response = await fetch(`${origin}/download_file`, { method: "POST", body })
  const { jobId } = (await response.json()) as { readonly jobId: string }
  return jobId
}

const untilRead = async (page: Page) => {
  await page.getByRole("button", { name: /^Create table/ }).waitFor()
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" })
}

const previewOf = async (page: Page, name: string, table: string) => {
  await page.getByLabel("URL of the file").fill(fileUrl(name))
  await page.getByLabel("Table name").fill(table)
  await page.keyboard.press("Enter")
  await page.getByRole("button", { name: "Use the suggested types" }).click()
  await untilRead(page)
  // Beside other work, this script can be a slow source, and the preview says so.
  while (await page.getByText("The source is slow").isVisible()) {
    await page.reload()
    await untilRead(page)
  }
}

/** Parts of the names of the images to make; none: all of them. */
const wanted = process.argv.slice(2)

/** Runs a scene in a session of its own, and takes its picture. */
const picture = async (
  name: string,
  options: BrowserContextOptions,
  scene: (page: Page) => Promise<unknown>,
) => {
  if (!wanted.every((part) => name.includes(part))) return
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options })
  const page = await context.newPage()
  await page.goto(origin)
  await scene(page)
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(folder, `${name}.png`) })
  await context.close()
}

const light = { colorScheme: "light" } as const
const dark = { colorScheme: "dark" } as const
const phone = { ...light, viewport: { width: 360, height: 740 } }

const running = (page: Page) => page.waitForTimeout(9000)

try {
  await mkdir(folder, { recursive: true })
  await picture("load-light", light, (page) => page.getByLabel("URL of the file").waitFor())
  await picture("preview-light", light, (page) => previewOf(page, "trips.csv", "trips"))
  await picture("preview-dark", dark, (page) => previewOf(page, "trips.csv", "trips"))
  await picture("job-dark", dark, async (page) => {
    await previewOf(page, "slow/trips.csv", "trips_of_may")
    await page.getByRole("button", { name: /^Create table/ }).click()
    await running(page)
  })
  await picture("job-light", light, async (page) => {
    await page.goto(`${origin}/#/job/${await createJob("slow/busy/trips.csv", "trips_of_june")}`)
    await running(page)
  })
  await picture("jobs-light", light, async (page) => {
    await createJob("trips_2019.csv", "trips_of_2019", { maxBadRows: "0" })
    await createJob("slow/june/trips.csv", "trips_of_2020")
    await page.goto(`${origin}/#/jobs`)
    await running(page)
  })
  await picture("rejects-light", light, async (page) => {
    await previewOf(page, "trips.csv", "trips_of_july")
    await page.getByRole("button", { name: /^Create table/ }).click()
    await page.getByText("completed").first().waitFor()
    await page.getByRole("tab", { name: /^Rejects/ }).click()
    await page.getByRole("columnheader", { name: "Reason" }).waitFor()
    await page.evaluate("document.querySelector('[role=tablist]').scrollIntoView()")
  })
  await picture("table-light", light, async (page) => {
    await page.goto(`${origin}/#/tables/public.trips_of_july`)
    await page.getByRole("button", { name: "fare" }).click()
    await page.getByRole("button", { name: "fare ↑" }).waitFor()
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" })
  })
  await picture("columns-light", light, async (page) => {
    await page.goto(`${origin}/#/tables/public.trips_of_july?tab=columns`)
    await page.getByRole("columnheader", { name: "Range" }).waitFor()
  })
  await picture("preview-phone", phone, async (page) => {
    await previewOf(page, "trips.csv", "trips")
    await page.getByRole("group", { name: "How the file is read" }).scrollIntoViewIfNeeded()
  })
  await picture("job-phone", phone, async (page) => {
    await previewOf(page, "slow/trips.csv", "trips_of_august")
    await page.getByRole("button", { name: /^Create table/ }).click()
    await running(page)
  })
} finally {
  await browser.close()
  source.close()
  source.closeAllConnections()
  service.kill("SIGTERM")
  await ended
  await rm(dataDir, { recursive: true, force: true })
}
