import type { Address } from '../address/address.js'
import { AddressMatch, PATTERN_EXPECTED, parsePattern } from './address-match.js'

/**
 * Whom an access rule is about: `all`, `unix` (peers of Unix sockets), an IP address, a CIDR block, or whoever runs as a user
 * at the other end of a Unix socket.
 */
export type AccessMatch = string | { readonly uid: number }

/** One rule: it lets in, or keeps out, the peers that it is about. */
export type AccessRule = { readonly allow: AccessMatch } | { readonly deny: AccessMatch }

/** The user at the other end of a Unix socket, or null where the system does not tell. */
export type AskUid = () => number | null

/** Neighbouring rules that decide alike; a user's id stands alone. */
type Run =
  | { readonly allow: boolean; readonly addresses: AddressMatch }
  | { readonly allow: boolean; readonly uid: number }

/** Says what is wrong with a rule, by the rule's index. */
export class BadRule extends Error {
  constructor(
    readonly index: number,
    readonly key: 'allow' | 'deny',
    readonly expected: string
  ) {
    super(expected)
  }
}

/** Ordered rules about who may connect: the first that is about a peer decides, and a peer that none is about may. */
export class AccessList {
  readonly #runs: readonly Run[]

  /** @throws {@link BadRule} */
  constructor(rules: readonly AccessRule[]) {
    const runs: Run[] = []
    rules.forEach((rule, index) => {
      const allow = 'allow' in rule
      const match = 'allow' in rule ? rule.allow : rule.deny
      if (typeof match !== 'string') {
        runs.push({ allow, uid: match.uid })
        return
      }
      const pattern = parsePattern(match)
      if (pattern === null) throw new BadRule(index, allow ? 'allow' : 'deny', `${PATTERN_EXPECTED}, got "${match}"`)
      let run = runs.at(-1)
      if (run === undefined || run.allow !== allow || 'uid' in run) {
        run = { allow, addresses: new AddressMatch() }
        runs.push(run)
      }
      run.addresses.add(pattern)
    })
    this.#runs = runs
  }

  /**
   * Whether the peer may connect. `uid` is asked only for a rule that needs it. What cannot be judged is refused: a peer whose
   * address is unknown, and a peer of a Unix socket whose user is unknown when a rule asks for the user.
   */
  allows(peer: Address, uid: AskUid): boolean {
    if (peer.family === 'unknown') return false
    for (const run of this.#runs) {
      if ('addresses' in run) {
        if (run.addresses.has(peer)) return run.allow
      } else if (peer.family === 'unix') {
        const user = uid()
        if (user === null) return false
        if (user === run.uid) return run.allow
      }
    }
    return true
  }
}
