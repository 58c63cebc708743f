/** A key that no other request has. `crypto.randomUUID` exists over HTTPS only. */
export const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
