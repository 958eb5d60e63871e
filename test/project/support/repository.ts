import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository; this file runs in test/dist/project/support. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..')

/** The text of a file, named from the root. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** The files below a folder whose names end in one of `endings`, named from the root with slashes. */
export function filesIn(folder: string, ...endings: string[]): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}
