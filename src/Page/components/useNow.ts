import { useEffect, useState } from "react"

/**
 * The time, in milliseconds, again and again.
 *
 * @param interval in milliseconds; `null` stops the clock
 */
export const useNow = (interval: number | null): number => {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (interval === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), interval)
    return () => clearInterval(timer)
  }, [interval])
  return now
}
