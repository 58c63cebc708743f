import { useEffect, useRef, useState } from "react"

const interval = 10_000

/** Reads a text out to people who listen to the page, once in ten seconds at most, or at once if it is urgent. */
export const SlowAnnouncement = (props: { readonly text: string; readonly isUrgent: boolean }) => {
  const { isUrgent, text } = props
  const [spoken, setSpoken] = useState(text)
  const spokenAt = useRef(0)
  useEffect(() => {
    const speak = () => {
      spokenAt.current = Date.now()
      setSpoken(text)
    }
    const timer = setTimeout(speak, isUrgent ? 0 : Math.max(0, spokenAt.current + interval - Date.now()))
    return () => clearTimeout(timer)
  }, [text, isUrgent])
  return (
    <p className="unseen" aria-live="polite">
      {spoken}
    </p>
  )
}
