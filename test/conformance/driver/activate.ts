import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { type Helper, python } from './helper.js'

/**
 * What systemd does: binds, puts the listening sockets at the descriptors from 3 on, sets the variables, and becomes the
 * program. The arguments are JSON: the sockets (a path, or a port of 127.0.0.1), the variables, the command. LISTEN_PID is its
 * own process unless it is given.
 */
const starter = `
import json, os, socket, sys
wanted, variables, command = (json.loads(text) for text in sys.argv[1:4])
held = []
for place in wanted:
    unix = isinstance(place, str)
    made = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    made.bind(place if unix else ('127.0.0.1', place))
    made.listen(16)
    held.append(os.dup(made.fileno()))
high = [os.dup2(fd, 100 + i, inheritable=False) for i, fd in enumerate(held)]
for i, fd in enumerate(high): os.dup2(fd, 3 + i, inheritable=True)
os.execvpe(command[0], command, {**os.environ, 'LISTEN_PID': str(os.getpid()), **variables})
`

/** Starts fixtures/activated.js with listening sockets at paths, or at ports of 127.0.0.1. */
export function activate(
  t: Test,
  reactor: string,
  sockets: readonly (string | number)[],
  variables: Readonly<Record<string, string>>,
  how = 'inherit'
): Helper {
  const file = fileURLToPath(new URL('../fixtures/activated.js', import.meta.url))
  const command = [process.execPath, file, reactor, how]
  return python(t, starter, JSON.stringify(sockets), JSON.stringify(variables), JSON.stringify(command))
}
