import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  unlinkSync
} from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'

/** What fits into a socket's address. */
const LONGEST_PATH = process.platform === 'linux' ? 107 : 103
/** Others may bind and remove at the same time. */
const ATTEMPTS = 3
/** A flag of Linux that Node does not name: a folder need not be readable for its descriptor to be had. */
const O_PATH = 0o10000000

/** Whose file it is, told by what the system calls it. */
interface Identity {
  readonly dev: bigint
  readonly ino: bigint
  readonly ctimeNs: bigint
}

/**
 * The file of a Unix socket, made in a way that Node itself does not offer. Node listens before permissions can be set, and when it
 * closes it removes whatever is at the path it was told. So it listens in a folder that nobody else may enter, where the permissions
 * are set; then the socket gets its path by a link, which replaces nothing; and the folder, with the name that Node
 * knows, is removed.
 */
export class UnixPath {
  readonly #path: string
  readonly #identity: Identity

  private constructor(path: string) {
    this.#path = path
    this.#identity = identityOf(path) as Identity
  }

  /** Lets `listen` listen on a name that it is given, and moves the socket to `path`. Rejects with an error of the system. */
  static async bind(
    path: string,
    mode: number | undefined,
    listen: (path: string) => Promise<void>
  ): Promise<UnixPath> {
    if (Buffer.byteLength(path) > LONGEST_PATH) throw systemError('ENAMETOOLONG')
    const shelter = mkdtempSync(join(dirname(path), '.shiny-'))
    let folder: number | undefined
    try {
      // Never the same, because Node removes that name later, when the descriptor may be of another folder.
      let inner = join(shelter, randomUUID().slice(0, 8))
      if (process.platform === 'linux' && Buffer.byteLength(inner) > LONGEST_PATH) {
        folder = openSync(shelter, constants.O_DIRECTORY | O_PATH)
        inner = `/proc/self/fd/${folder}/${randomUUID()}`
      }
      if (Buffer.byteLength(inner) > LONGEST_PATH) throw systemError('ENAMETOOLONG')
      await listen(inner)
      if (mode !== undefined) chmodSync(inner, mode)
      await place(inner, path)
      return new UnixPath(path)
    } finally {
      rmSync(shelter, { recursive: true, force: true })
      if (folder !== undefined) closeSync(folder)
    }
  }

  /** Removes the file, unless somebody else has put another one in its place. The socket must still be open. */
  remove(): void {
    const now = identityOf(this.#path)
    if (now === undefined || now.dev !== this.#identity.dev || now.ino !== this.#identity.ino) return
    try {
      unlinkSync(this.#path)
    } catch {
      // It has gone in the meantime, or is not to be removed.
    }
  }
}

/** Gives a socket its path, replacing nothing but a socket that a dead process has left there. */
async function place(inner: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      linkSync(inner, path)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === ATTEMPTS) throw error
    }
    await removeStale(path)
  }
}

/** Removes a socket that refuses connections; what else there may be is left alone, and told by an error. */
async function removeStale(path: string): Promise<void> {
  const found = identityOf(path)
  if (found === undefined) return
  if (!lstatSync(path).isSocket()) throw systemError('EEXIST')
  if (await somebodyListens(path)) throw systemError('EADDRINUSE')
  const now = identityOf(path)
  if (now === undefined) return
  // A new file may have got the number of one that was removed.
  if (now.dev !== found.dev || now.ino !== found.ino || now.ctimeNs !== found.ctimeNs) throw systemError('EADDRINUSE')
  rmSync(path, { force: true })
}

/** Whether a connection is anything but refused. Not to be allowed to ask counts as yes. */
function somebodyListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path })
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'))
  })
}

function identityOf(path: string): Identity | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}
