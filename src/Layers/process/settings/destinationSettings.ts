import * as Config from "effect/Config"
import * as Schema from "effect/Schema"
import { parseWebUrl } from "../../../Domain/source/SourceUrl.ts"
import { expecting } from "./readSettings.ts"
import { flag, list } from "./settingKinds.ts"

const ProxyUrl = Schema.String.check(
  Schema.makeFilter((text) => {
    const url = parseWebUrl(text)
    return url !== null && url.pathname === "/" && url.search === ""
  }),
)

/** From where files are fetched, and how to get there. */
export const destinationSettings = {
  /** Sources that are allowed although their address is not public: `host`, `host:port`, address or CIDR. */
  allowedHosts: list("ALLOWED_HOSTS"),
  /** Networks that are not public, although they look so: address or CIDR. */
  deniedNetworks: list("DENIED_NETWORKS"),
  /** If there are any, the only sources: as in `ALLOWED_HOSTS`, and `*.domain`. */
  sourcesOnly: list("SOURCES_ONLY"),
  /** Ports that are allowed besides those for files: `22`, `8000-8999`. */
  allowedPorts: list("ALLOWED_PORTS"),
  /** Whether a redirect may lead from https to http. */
  allowDowngrade: flag("ALLOW_DOWNGRADE"),
  /** Hosts that are reached under another name, `localhost:8000=fileserver:8000`. */
  sourceHostAliases: list("SOURCE_HOST_ALIASES"),
  /** HTTP proxy for all connections to sources. */
  sourceProxy: Config.schema(Schema.RedactedFromValue(ProxyUrl), "SOURCE_PROXY").pipe(
    Config.option,
    expecting("a URL such as http://user:password@proxy:3128"),
  ),
}
