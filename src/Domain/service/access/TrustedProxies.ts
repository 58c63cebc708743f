import * as Context from "effect/Context"
import type * as IpNetwork from "effect/net/IpNetwork"

/** The networks of proxies whose `X-Forwarded-For` is believed. */
export const TrustedProxies = Context.Reference<ReadonlyArray<IpNetwork.IpNetwork>>(
  "sluice/Domain/TrustedProxies",
  {
    defaultValue: () => [],
  },
)
