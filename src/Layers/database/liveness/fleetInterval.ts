import * as Duration from "effect/Duration"

/**
 * When one of many processes does next what some process of them must do again and again. The fleet as a whole does it about as
 * often however many there are.
 *
 * @param times.least between two times in the whole fleet, on average
 * @param times.ofProcess the shortest time between two in one process
 * @param times.most the longest: most of the fleet may have died since the workers were counted
 * @param random 0 to 1. Processes that started together must not stay in step.
 */
export const fleetInterval = (
  times: {
    readonly least: Duration.Duration
    readonly ofProcess: Duration.Duration
    readonly most: Duration.Duration
  },
  workers: number,
  random: number,
): Duration.Duration => {
  const share = Duration.clamp(Duration.times(times.least, workers), {
    minimum: times.ofProcess,
    maximum: times.most,
  })
  return Duration.times(share, 0.75 + random / 2)
}
