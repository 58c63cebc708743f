import { ago, exactTime } from "../format/times.ts"
import { useNow } from "./useNow.ts"

/** How long ago, with the exact time in its title. */
export const Time = ({ time }: { readonly time: string }) => {
  const now = useNow(10_000)
  return (
    <time dateTime={time} title={exactTime(time)}>
      {ago(time, now)}
    </time>
  )
}
