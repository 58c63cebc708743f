import * as Array from "effect/Array"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parseApiKeys } from "../keys/parseApiKeys.ts"
import { duration, flag, list, port } from "./settingKinds.ts"
import { parseAddress } from "../../../Domain/source/hosts/parseAddress.ts"
import * as HostAndPort from "../../../Domain/source/hosts/HostAndPort.ts"
import { parseWebUrl } from "../../../Domain/source/SourceUrl.ts"

const wrong = (message: string) => Config.fail(new ConfigProvider.SourceError({ message }))

const HostText = Schema.String.check(Schema.makeFilter((text) => Result.isSuccess(HostAndPort.parse(text))))

/** An origin as browsers send it: the scheme, the host in lower case, and a port that is not the scheme's own. */
const OriginText = Schema.String.check(Schema.makeFilter((text) => parseWebUrl(text)?.origin === text))

/** The network that a text is, or that of one address. */
const parseNetwork = (text: string): IpNetwork.IpNetwork | null => {
  const address = parseAddress(text)
  return address === null
    ? Option.getOrNull(Result.getSuccess(IpNetwork.fromString(text)))
    : IpNetwork.fromAddressUnsafe(address, NetAddress.width(address))
}

const NetworkText = Schema.String.check(Schema.makeFilter((text) => parseNetwork(text) !== null))

/** Where the API listens, and who may use it. */
export const apiSettings = {
  /** Address the API listens on. */
  host: Config.NonEmptyString("HOST").pipe(Config.withDefault("127.0.0.1")),
  /** Port of the API; 0 takes any free port. */
  port: port("PORT", 3000),
  /** Names by which browsers may reach the API, besides `localhost`: `host` or `host:port`. */
  publicHosts: list("PUBLIC_HOSTS", HostText, "hosts or host:port with commas between them").pipe(
    Config.map((entries) => Array.getSuccesses(entries.map(HostAndPort.parse))),
  ),
  /** Other sites whose scripts may use the API, `https://app.example.org`. */
  allowedOrigins: list(
    "ALLOWED_ORIGINS",
    OriginText,
    "origins such as https://app.example.org with commas between them",
  ),
  /** Proxies whose `X-Forwarded-For` names the client. */
  trustedProxies: list(
    "TRUSTED_PROXIES",
    NetworkText,
    "addresses and networks such as 10.0.0.0/8 with commas between them",
  ).pipe(Config.map((entries) => entries.map(parseNetwork).filter(Predicate.isNotNull))),
  /** Longest time that a client may take to send a request. */
  requestTimeout: duration("REQUEST_TIMEOUT", Duration.seconds(30)),
  /** Port of the sample file server of `npm start`; 0 takes any free port. */
  fileserverPort: port("FILESERVER_PORT", 8000),
  /** If there are any, requests about jobs and files, and for metrics, need one of them. */
  apiKeys: Config.NonEmptyString("API_KEYS").pipe(
    Config.withDefault(""),
    Config.flatMap((text) =>
      Result.match(parseApiKeys(text), {
        onFailure: wrong,
        // Not an open API: someone wants keys to be needed.
        onSuccess: (keys) => (keys.length === 0 && text !== "" ? wrong("has no key") : Config.succeed(keys)),
      }),
    ),
  ),
  /** Whether the API may need no keys although others than this machine reach it. */
  allowOpenApi: flag("ALLOW_OPEN_API"),
  /** The file that `API_KEYS` was read from, to read it again when it changes. */
  apiKeysFile: Config.NonEmptyString("API_KEYS_FILE").pipe(Config.option),
}
