import { useUpload } from "../client/upload.ts"
import { bytes, percent } from "../format/numbers.ts"
import { duration } from "../format/times.ts"
import { ProgressBar } from "../components/ProgressBar.tsx"
import { SlowAnnouncement } from "../components/notices/SlowAnnouncement.tsx"
import { useNow } from "../components/useNow.ts"

/** The running upload. It continues on every screen, until the page is closed. */
export const UploadStrip = () => {
  const upload = useUpload()
  const now = useNow(upload === null ? null : 1000)
  if (upload === null) return null
  const { cancel, fileName, sent, startedAt, total } = upload
  const seconds = Math.max(0, (now - startedAt) / 1000)
  const share = total === 0 ? 100 : (sent / total) * 100
  const speed = seconds < 0.5 ? null : sent / seconds
  const isSent = sent >= total
  const facts = [
    percent(Math.floor(share)),
    `${bytes(sent)} of ${bytes(total)}`,
    ...(speed === null || isSent ? [] : [`${bytes(speed)}/s`]),
    isSent
      ? "all sent, waiting for the commit"
      : speed === null || speed === 0
        ? "starting"
        : `${duration((total - sent) / speed)} left`,
  ]
  return (
    <section className="card stack" aria-label="Upload">
      <div className="row spread">
        <strong>Uploading {fileName}</strong>
        <button type="button" className="button danger small" onClick={cancel}>
          Cancel the upload
        </button>
      </div>
      <ProgressBar label="Share of the file that was sent" tone="accent" percent={share} isMoving />
      <p className="muted">{facts.join(" · ")}</p>
      <SlowAnnouncement text={`Uploading, ${facts.join(", ")}`} isUrgent={false} />
    </section>
  )
}
