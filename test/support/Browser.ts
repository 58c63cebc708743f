import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { existsSync } from "node:fs"
import { chromium, type Browser as Chromium, type BrowserContextOptions, type Page } from "playwright-core"

/** Where Debian, and others, install Chromium. The one without windows starts fewer processes. */
const executable =
  ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
    .map((name) => `/usr/bin/${name}`)
    .find(existsSync) ?? null

/** Why tests in a browser are skipped, for the name of their suite; empty if they are not. */
export const skipReason =
  executable === null ? ", skipped because Chromium is missing: apt-get install chromium-headless-shell" : ""

export const hasBrowser = executable !== null

/** A page of a browser, and what went wrong in it. */
export interface OpenedPage {
  readonly page: Page
  /** Errors of scripts, violations of the page's policy, and requests to other hosts. */
  readonly faults: ReadonlyArray<string>
}

/** A headless Chromium. */
export class Browser extends Context.Service<
  Browser,
  {
    /** Opens a URL in a session of its own, which closes with the scope. */
    readonly open: (
      url: string,
      options?: BrowserContextOptions,
    ) => Effect.Effect<OpenedPage, never, Scope.Scope>
  }
>()("sluice/test/support/Browser") {
  static readonly layer = Layer.effect(
    Browser,
    Effect.gen(function* () {
      const browser = yield* Effect.acquireRelease(
        Effect.promise((): Promise<Chromium> =>
          chromium.launch({
            ...(executable === null ? {} : { executablePath: executable }),
            // Chromium's sandbox refuses root.
            args: ["--no-sandbox", "--disable-dev-shm-usage"],
          }),
        ),
        (browser) => Effect.promise(() => browser.close()),
      )
      return Browser.of({
        open: Effect.fnUntraced(function* (url, options) {
          const context = yield* Effect.acquireRelease(
            Effect.promise(() => browser.newContext({ reducedMotion: "reduce", ...options })),
            (context) => Effect.promise(() => context.close()),
          )
          // Beside other tests, on a busy machine.
          context.setDefaultTimeout(90_000)
          const page = yield* Effect.promise(() => context.newPage())
          const faults: Array<string> = []
          page.on("pageerror", (error) => faults.push(String(error)))
          page.on("console", (message) => {
            // Chromium reports every response with an error status, and the page shows those itself.
            if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
              faults.push(message.text())
          })
          const { origin } = new URL(url)
          page.on("request", (request) => {
            if (!request.url().startsWith(origin) && !/^(?:data|blob):/.test(request.url()))
              faults.push(`request to ${request.url()}`)
          })
          yield* Effect.promise(() => page.goto(url))
          return { page, faults }
        }),
      })
    }),
  )
}
