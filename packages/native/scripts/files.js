// Files of the build: which sources there are, what they add up to, and who may build just now.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The folder of @shiny/native. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The names that end in one of `endings`, in a folder of this package; none when it does not exist. */
export function list(folder, ...endings) {
  let names
  try {
    names = readdirSync(join(root, folder))
  } catch {
    return []
  }
  return names
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort()
    .map((name) => join(root, folder, name))
}

/** A digest of files' names and contents and of any other text that a result depends on. */
export function digest(files, ...facts) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.update(JSON.stringify(facts)).digest('hex')
}

/** The text of a file, or an empty one. */
export function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Waits until no other process builds in `folder` and returns the function that lets the next one in. A lock whose owner is
 * gone is taken over.
 */
export async function lock(folder) {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'lock')
  const release = () => rmSync(file, { force: true })
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return release
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (abandoned(file)) release()
      else await setTimeout(100)
    }
  }
}

function abandoned(file) {
  const owner = Number(read(file))
  if (!owner) return false
  try {
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
