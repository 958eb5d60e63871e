// Goal: the servers that the documents show first do what is said of them.
// Method: run them as they stand, on a port of the system's choice, and talk to them as with nc.

import t from 'tap'
import { snippetsOf } from './support/markdown.js'
import { Caller, Program } from './support/program.js'

t.test('the server at the top of the README', async (t) => {
  const { code } = first('README.md', 'class Echo')
  t.equal(code.split('\n').length, 12, 'it has twelve lines')

  const program = new Program('echo', code)
  t.teardown(() => program.child.kill())
  const [, port] = /^(?:epoll|kqueue|node:net) listens on \S+:(\d+)$/.exec(await program.line()) ?? []
  const caller = new Caller(Number(port))
  caller.say('hello')
  caller.say('quit')
  t.strictSame([await caller.hear(), await caller.hear(), await caller.hear()], ['hello', 'bye', '(end)'])
})

t.test('the chat server of Getting started', async (t) => {
  const program = new Program('chat', first('docs/getting-started.md', 'class Room').code)
  t.teardown(() => program.child.kill())
  const [, port] = /^listening on 127\.0\.0\.1:(\d+)$/.exec(await program.line()) ?? []

  const ann = new Caller(Number(port))
  t.equal(await ann.hear(), 'What is your name?')
  ann.say('Ann')
  t.equal(await ann.hear(), '* Ann has come in')

  const bob = new Caller(Number(port))
  bob.say('Bob')
  t.strictSame([await bob.hear(), await bob.hear()], ['What is your name?', '* Bob has come in'])
  t.equal(await ann.hear(), '* Bob has come in')
  ann.say('hello')
  t.equal(await bob.hear(), 'Ann: hello')
  t.equal(await ann.hear(), 'Ann: hello')

  bob.say('/quit')
  t.strictSame([await bob.hear(), await bob.hear()], ['Bye.', '(end)'])
  t.equal(await ann.hear(), '* Bob has left')
  t.equal(await program.stop('SIGINT'), 0)
  t.equal(await ann.hear(), '(end)')
})

/** The first snippet of a document that has `part` in it. */
function first(file: string, part: string): { code: string } {
  const found = snippetsOf(file).find(({ code }) => code.includes(part))
  if (found === undefined) throw new Error(`${file} has no snippet with "${part}"`)
  return found
}
