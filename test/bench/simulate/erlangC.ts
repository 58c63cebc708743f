/** The mean wait of an M/M/c queue, in seconds, by Erlang's formula C. */
export const meanWaitOf = (arrivalsPerSecond: number, meanSeconds: number, servers: number): number => {
  const offered = arrivalsPerSecond * meanSeconds
  // Erlang B by its recursion, which does not overflow.
  let blocked = 1
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked)
  const waits = blocked / (1 - (offered / servers) * (1 - blocked))
  return (waits * meanSeconds) / (servers - offered)
}
