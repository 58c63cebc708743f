import { existsSync, readFileSync, realpathSync } from "node:fs"
import { SourceMap } from "node:module"
import { dirname, join } from "node:path"
import { argv } from "node:process"
import { pathToFileURL } from "node:url"

/** The folder of the running program, where bundles have their source maps. */
const folder = dirname(realpathSync(argv[1] ?? "."))
const url = `${pathToFileURL(folder).href}/`

const maps = new Map<string, SourceMap | null>()

const mapOf = (bundle: string): SourceMap | null => {
  const known = maps.get(bundle)
  if (known !== undefined) return known
  const file = join(folder, `${bundle}.map`)
  const map = existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, "utf8"))) : null
  maps.set(bundle, map)
  return map
}

/**
 * A stack trace of bundles with the places of their sources. Node's `--enable-source-maps` would read all maps at the start: 20 MB
 * and a third of the CPU time of a start, for traces that few processes ever write.
 */
export const sourcePlaces = (trace: string): string =>
  trace.replaceAll(/file:\/\/[^\s()]+:\d+:\d+/g, (place) => {
    const [, bundle = "", line, column] = /^([\w$-]+\.mjs):(\d+):(\d+)$/.exec(place.replace(url, "")) ?? []
    const found = mapOf(bundle)?.findEntry(Number(line) - 1, Number(column) - 1)
    if (found === undefined || !("originalSource" in found)) return place
    const source = found.originalSource.replace(/^(?:\.\.\/)+/, "")
    return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`
  })
