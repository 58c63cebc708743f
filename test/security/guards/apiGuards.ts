import { type Guard, guard } from "./Guard.ts"

const crossSite = "Api/http/browsers/crossSite.ts"
const browserGuard = "Api/http/browsers/BrowserGuard.ts"
const hostHeader = "Domain/service/access/HostHeader.ts"
const authorization = "Api/http/Authorization.ts"
const admitWithin = "Layers/database/limits/admitWithin.ts"
const admission = "Layers/database/limits/JobAdmission.ts"

/** Guards of requests. */
export const apiGuards: ReadonlyArray<Guard> = [
  guard("Host", "browsers", hostHeader, 'host === "localhost" ||', "true ||"),
  guard(
    "malformed Host",
    "browsers",
    browserGuard,
    "if (host === undefined)",
    "if (host === undefined) continue\n if (false)",
  ),
  guard("HTTP/0.9", "browsers", browserGuard, "if (isVersion09(request))", "if (false)"),
  guard(
    "Origin",
    "browsers",
    crossSite,
    'origin !== undefined && !isOwnOrigin(origin, headers["host"])',
    "false",
  ),
  guard(
    "Sec-Fetch-Site",
    "browsers",
    crossSite,
    'site !== undefined && site !== "same-origin" && site !== "none"',
    "false",
  ),
  guard("Referer", "browsers", crossSite, "if (referer !== undefined &&", "if (false &&"),
  guard(
    "GET that changes",
    "browsers",
    crossSite,
    'return method === "GET" && isUnwantedLink(request)',
    "return false",
  ),
  guard(
    "CORS",
    "browsers",
    "Api/http/browsers/CrossOriginSharing.ts",
    "!allowedOrigins.includes(origin)",
    "false",
  ),
  guard(
    "CSP",
    "browsers",
    "Api/http/browsers/securityHeaders.ts",
    "default-src 'none'; frame-ancestors 'none'",
    "default-src *",
  ),

  guard(
    "declared length",
    "bodies",
    "Api/http/BodyGuard.ts",
    "ByteSize.toNumberUnsafe(maxBodySize)",
    "Infinity",
  ),
  guard("key", "keys", authorization, "if (!keys.required)", "if (true)"),
  guard("scope", "keys", authorization, "if (grants(caller.scopes, scope))", "if (true)"),
  guard(
    "open API",
    "Layers/process/OpenOnPurpose",
    "Layers/process/keys/OpenOnPurpose.ts",
    "if (!allowOpenApi)",
    "if (false)",
  ),
  guard(
    "expiry",
    "keys",
    "Layers/process/keys/ApiKeysConfig.ts",
    "if (!isExpired(key, yield* Clock.currentTimeMillis))",
    "if (true)",
  ),
  guard(
    "trusted proxy",
    "Api/http/clientAddress",
    "Api/http/clientAddress.ts",
    "trusted.some((network) => IpNetwork.contains(network, address))",
    "true",
  ),

  guard(
    "owner of a job",
    "ownership",
    "Layers/database/jobs/JobAccess.ts",
    "coalesce(${owner}::text, job.owner)",
    "coalesce(job.owner, ${owner}::text)",
  ),
  guard(
    "owner of an idempotency key",
    "ownership",
    "Layers/database/jobs/JobStatements.ts",
    "where owner = ${owner} and",
    "where coalesce(owner, ${owner}) = owner and",
  ),

  guard(
    "requests per second",
    "limits",
    "Layers/database/LimitsPg.ts",
    "if (empty === undefined)",
    "if (true)",
  ),
  guard(
    "requests for pages",
    "limits",
    "Api/http/limits/PageLimit.ts",
    "if (!isPublic(routePathOf(request.url)))",
    "if (true)",
  ),
  guard("previews of a caller", "limits", admitWithin, "found.mine >= perCaller", "false"),
  guard("previews of all", "limits", admitWithin, "found.all >= total", "false"),
  guard("jobs of a caller", "limits", admission, 'free.caller <= 0 ? "caller"', 'false ? "caller"'),
  guard("jobs of all", "limits", admission, 'free.total <= 0 ? "total"', 'false ? "total"'),
  guard(
    "bytes of a caller",
    "limits",
    admission,
    "(yield* bytesOf(caller, now)) >= limits.bytesPerDay",
    "false",
  ),
  guard(
    "bytes of all",
    "limits",
    admission,
    "(yield* bytesOf(null, now)) >= limits.totalBytesPerDay",
    "false",
  ),
  guard(
    "running jobs",
    "limits",
    "Layers/database/queue/claim/claimStatement.ts",
    "$3::bigint - coalesce(jobs, 0)",
    "$3::bigint + coalesce(jobs, 0)",
  ),
  guard(
    "slots of one caller",
    "Layers/database/queue/claimJobs",
    "Layers/database/queue/claim/claimStatement.ts",
    "$4::bigint - coalesce(here, 0)",
    "$4::bigint + coalesce(here, 0)",
  ),
  guard(
    "loads of one host",
    "Layers/database/queue/hostLimits",
    "Layers/database/queue/hostUse.ts",
    "where jobs >= ",
    "where jobs < 0 and jobs >= ",
  ),
  guard(
    "previews of one host",
    "Layers/database/queue/hostLimits",
    "Layers/database/limits/PreviewPlaces.ts",
    "and (select count(*) from",
    "and 0 * (select count(*) from",
  ),
  guard(
    "kept rejects",
    "Layers/database/copy/KeptAllowance",
    "Layers/database/copy/KeptAllowance.ts",
    "if (this.#bytes <= this.#limit)",
    "if (true)",
  ),
]
