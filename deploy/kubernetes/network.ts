import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy"
import type { INetworkPolicyEgressRule } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule"
import { labelsOf, metadataOf } from "./pods.ts"
import { metricsPort } from "./processes.ts"

const names: INetworkPolicyEgressRule = {
  to: [
    { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } },
    // NodeLocal DNSCache listens on the node, and not in a pod that a selector finds.
    { ipBlock: { cidr: "169.254.20.10/32" } },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
}

/** Narrow it to the address of your database. */
const database: INetworkPolicyEgressRule = { ports: [{ protocol: "TCP", port: 5432 }] }

/** Files of the internet. Sluice checks addresses itself; this is a second wall around the cluster's own networks. */
const sources: INetworkPolicyEgressRule = {
  to: [
    {
      ipBlock: {
        cidr: "0.0.0.0/0",
        except: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
      },
    },
    { ipBlock: { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] } },
  ],
  ports: [
    { protocol: "TCP", port: 80 },
    { protocol: "TCP", port: 443 },
  ],
}

/** What is not allowed here is forbidden, in both directions. */
const policyOf = (
  component: string,
  incoming: ReadonlyArray<string | number>,
  outgoing: ReadonlyArray<INetworkPolicyEgressRule>,
) =>
  new NetworkPolicy({
    metadata: metadataOf(component),
    spec: {
      podSelector: { matchLabels: labelsOf(component) },
      policyTypes: ["Ingress", "Egress"],
      ingress: incoming.map((port) => ({ ports: [{ protocol: "TCP" as const, port }] })),
      egress: [names, database, ...outgoing],
    },
  })

export const network = [
  policyOf("migrate", [], []),
  // Previews and uploads: the API fetches files, too.
  policyOf("api", ["http"], [sources]),
  policyOf("worker", [metricsPort], [sources]),
]
