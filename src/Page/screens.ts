import { type ComponentType, lazy } from "react"
import type { MainScreen } from "./frame/Header.tsx"
import type { Place } from "./navigation/place.ts"
import { LoadScreen } from "./screens/load/LoadScreen.tsx"

type ScreenComponent = ComponentType<{ readonly place: Place }>

/** A screen that is loaded when it is needed. */
const later = (load: () => Promise<ScreenComponent>) => lazy(async () => ({ default: await load() }))

/** The screens, by the first part of their paths. All but the first one are loaded when they are needed. */
export const screens: Readonly<
  Record<string, { readonly title: string; readonly Screen: ScreenComponent | ReturnType<typeof later> }>
> = {
  "": { title: "Load", Screen: LoadScreen },
  preview: {
    title: "Preview",
    Screen: later(async () => (await import("./screens/preview/PreviewScreen.tsx")).PreviewScreen),
  },
  job: {
    title: "Job",
    Screen: later(async () => (await import("./screens/job/JobScreen.tsx")).JobScreen),
  },
  jobs: {
    title: "Jobs",
    Screen: later(async () => (await import("./screens/jobs/JobsScreen.tsx")).JobsScreen),
  },
  sources: {
    title: "Sources",
    Screen: later(async () => (await import("./screens/sources/SourcesScreen.tsx")).SourcesScreen),
  },
  tables: {
    title: "Tables",
    Screen: later(async () => (await import("./screens/tables/TablesScreen.tsx")).TablesScreen),
  },
  health: {
    title: "Health",
    Screen: later(async () => (await import("./screens/health/HealthScreen.tsx")).HealthScreen),
  },
}

/** The screens in the header. */
export const mainScreens: ReadonlyArray<MainScreen> = ["", "jobs", "sources", "tables", "health"].map(
  (path) => ({ path, label: screens[path]?.title ?? path }),
)
