import { type InputHTMLAttributes, useEffect, useRef, useState } from "react"

/** Long enough for the next letter. */
const delay = 350

/** A text field that reports its text when the user stops typing, or presses Enter. */
export const DelayedInput = ({
  onChange,
  value,
  ...rest
}: Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> & {
  readonly value: string
  readonly onChange: (value: string) => void
}) => {
  const [written, setWritten] = useState(value)
  const reported = useRef(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    // Changed from outside: "back", or a link that clears the field.
    if (value !== reported.current) setWritten(value)
    reported.current = value
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const report = (text: string) => {
    clearTimeout(timer.current)
    if (text === reported.current) return
    reported.current = text
    onChange(text)
  }
  return (
    <input
      {...rest}
      value={written}
      onChange={({ target }) => {
        setWritten(target.value)
        clearTimeout(timer.current)
        timer.current = setTimeout(() => report(target.value.trim()), delay)
      }}
      onKeyDown={({ key }) => {
        if (key === "Enter") report(written.trim())
      }}
      onBlur={() => report(written.trim())}
    />
  )
}
