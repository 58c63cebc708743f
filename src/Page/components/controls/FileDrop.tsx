import { type DragEvent, useRef, useState } from "react"
import { Icon } from "../Icon.tsx"
import "./fileDrop.css"

/** Takes a file that is dropped or chosen. */
export const FileDrop = ({ onFile }: { readonly onFile: (file: File) => void }) => {
  const [isOver, setIsOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const over = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(true)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    const [file] = event.dataTransfer.files
    if (file !== undefined) onFile(file)
  }
  return (
    <div
      className={`file-drop ${isOver ? "over" : ""}`}
      onDragOver={over}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <Icon name="file" />
      <span>
        Or drop a file here, or{" "}
        <button type="button" className="button text" onClick={() => input.current?.click()}>
          choose one
        </button>
      </span>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to load"
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file !== undefined) onFile(file)
        }}
      />
    </div>
  )
}
