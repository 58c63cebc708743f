import { type ComponentType, lazy, type LazyExoticComponent } from "react"
import type { MainScreen } from "./components/Header.tsx"
import type { Place } from "./navigation/place.ts"
import { LoadScreen } from "./screens/load/LoadScreen.tsx"

type ScreenComponent = ComponentType<{ readonly place: Place }>

/** A screen, by the first part of its path. All but the first one are loaded when they are needed. */
export const screens: Readonly<
  Record<
    string,
    { readonly title: string; readonly Screen: ScreenComponent | LazyExoticComponent<ScreenComponent> }
  >
> = {
  "": { title: "Load", Screen: LoadScreen },
  preview: {
    title: "Preview",
    Screen: lazy(async () => ({
      default: (await import("./screens/preview/PreviewScreen.tsx")).PreviewScreen,
    })),
  },
  job: {
    title: "Job",
    Screen: lazy(async () => ({ default: (await import("./screens/job/JobScreen.tsx")).JobScreen })),
  },
  jobs: {
    title: "Jobs",
    Screen: lazy(async () => ({ default: (await import("./screens/jobs/JobsScreen.tsx")).JobsScreen })),
  },
  sources: {
    title: "Sources",
    Screen: lazy(async () => ({
      default: (await import("./screens/sources/SourcesScreen.tsx")).SourcesScreen,
    })),
  },
  tables: {
    title: "Tables",
    Screen: lazy(async () => ({ default: (await import("./screens/tables/TablesScreen.tsx")).TablesScreen })),
  },
  health: {
    title: "Health",
    Screen: lazy(async () => ({ default: (await import("./screens/health/HealthScreen.tsx")).HealthScreen })),
  },
}

/** The screens in the header. */
export const mainScreens: ReadonlyArray<MainScreen> = [
  { path: "", label: "Load" },
  { path: "jobs", label: "Jobs" },
  { path: "sources", label: "Sources" },
  { path: "tables", label: "Tables" },
  { path: "health", label: "Health" },
]
