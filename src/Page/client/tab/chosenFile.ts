/** The file that the user dropped or chose. It cannot outlive a reload: then the user has to choose it again. */
let chosen: File | null = null

export const chooseFile = (file: File): void => {
  chosen = file
}

/** The chosen file, if it has this name. */
export const chosenFile = (name: string): File | null => (chosen?.name === name ? chosen : null)
