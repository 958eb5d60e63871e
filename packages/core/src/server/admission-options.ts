import * as z from 'zod/mini'
import { AccessList, type AccessRule, BadRule } from '../admission/access-list.js'
import { AddressMatch, PATTERN_EXPECTED, parsePattern } from '../admission/address-match.js'
import type { AdmissionPolicy } from '../admission/admission.js'
import type { Rate } from '../admission/token-bucket.js'
import { optionError } from '../errors/index.js'
import { type TotalLimits, totalShape } from './total-options.js'

/** How often peers may connect: a number of times a second, or that with how often at once. */
export type AcceptRate =
  | number
  | {
      /** Times a second in the long run, above 0. */
      readonly perSecond: number
      /** How often at once, after a while without; at least 1. Default: `perSecond`, rounded up. */
      readonly burst?: number | undefined
    }

/**
 * How many may connect, and how often. One peer is an IPv4 address, the first 64 bits of an IPv6 address, or a user at the other end
 * of a Unix socket; users that the system does not tell apart are one. Who is over a limit is disconnected, and reported as `drop`.
 */
export interface AcceptanceLimits {
  /**
   * Open connections, at least 1. Default: no limit. When the process may not have as many descriptors open, the figure is
   * lowered to what it may, less 32, and a warning says so.
   */
  readonly maxConnections?: number | undefined
  /** Open connections of one peer, at least 1. Default: no limit. */
  readonly maxConnectionsPerPeer?: number | undefined
  /** New connections. Default: no limit. */
  readonly acceptRate?: AcceptRate | undefined
  /** New connections of one peer. Default: no limit. */
  readonly acceptRatePerPeer?: AcceptRate | undefined
  /** What a peer above `maxConnections` is sent before it is disconnected. Default: nothing. */
  readonly refusal?: string | Uint8Array | undefined
}

/** Who speaks the PROXY protocol to this server. */
export interface ProxyProtocolOptions {
  /**
   * The proxies: IP addresses, CIDR blocks, `unix` or `all`. From them a header, of version 1 or 2, must come before anything
   * else; all others are refused, because they would have come around the proxy.
   */
  readonly from: readonly string[]
  /** How long the header may take, in milliseconds, 1 to 2³¹ − 1. Default 5,000: less than 3,000 does not survive a lost packet. */
  readonly timeout?: number | undefined
}

/** Who may connect. */
export interface AdmissionOptions {
  /**
   * Rules about who may connect, judged in order before anything of yours is called. The first that is about a peer decides; a
   * peer that none is about may connect. Behind a proxy they are about the proxy.
   */
  readonly access?: readonly AccessRule[] | undefined
  /** How many may connect, and how often, and what they may hold together. */
  readonly limits?: (AcceptanceLimits & TotalLimits) | undefined
  /** Takes the peer's address from the PROXY header of a proxy in front of this server. Default: nobody sends one. */
  readonly proxyProtocol?: ProxyProtocolOptions | undefined
}

/** The options of admission after checking. */
export interface CheckedAdmission extends AdmissionPolicy {
  readonly refusal: Uint8Array | null
  /** In milliseconds. */
  readonly proxyTimeout: number
}

const longest = 2 ** 31 - 1

/** The parts of a server's schema that are about admission. */
export function admissionShape() {
  const match = z.union(
    [z.string(), z.strictObject({ uid: z.int().check(z.gte(0), z.lte(2 ** 32 - 1)) })],
    `${PATTERN_EXPECTED}, or a uid`
  )
  const rule = z.union(
    [z.strictObject({ allow: match }), z.strictObject({ deny: match })],
    `expected one of allow and deny: ${PATTERN_EXPECTED.replace('expected ', '')}, or a uid`
  )
  const rate = z.union(
    [
      positive(),
      z.strictObject({ perSecond: positive(), burst: z.optional(z.number().check(z.gte(1), z.lte(longest))) })
    ],
    'expected a number above 0, or perSecond above 0 with a burst of at least 1'
  )
  const count = () => z.optional(z.int().check(z.gte(1)))
  return {
    access: z.optional(z.array(rule)),
    limits: z.optional(
      z.strictObject({
        maxConnections: count(),
        maxConnectionsPerPeer: count(),
        acceptRate: z.optional(rate),
        acceptRatePerPeer: z.optional(rate),
        refusal: z.optional(z.union([z.string(), z.instanceof(Uint8Array)], 'expected a string or bytes')),
        ...totalShape()
      })
    ),
    proxyProtocol: z.optional(
      z.strictObject({
        from: z.array(z.string()).check(z.minLength(1)),
        timeout: z.optional(z.number().check(z.gte(1), z.lte(longest)))
      })
    )
  }
}

function positive() {
  return z.number().check(z.gt(0), z.lte(longest))
}

/** What remains to be checked, and the defaults; null when everybody may connect. */
export function checkAdmission({ access, limits = {}, proxyProtocol }: AdmissionOptions): CheckedAdmission | null {
  const { maxConnections, maxConnectionsPerPeer, acceptRate, acceptRatePerPeer, refusal } = limits
  const limited = maxConnections ?? maxConnectionsPerPeer ?? acceptRate ?? acceptRatePerPeer
  if (access === undefined && limited === undefined && proxyProtocol === undefined) return null
  return {
    access: access === undefined ? null : accessList(access),
    proxies: proxyProtocol === undefined ? null : proxies(proxyProtocol.from),
    proxyTimeout: proxyProtocol?.timeout ?? 5000,
    maxConnections: maxConnections ?? Number.POSITIVE_INFINITY,
    maxConnectionsPerPeer: maxConnectionsPerPeer ?? Number.POSITIVE_INFINITY,
    acceptRate: rateOf(acceptRate),
    acceptRatePerPeer: rateOf(acceptRatePerPeer),
    refusal: refusal === undefined ? null : Buffer.from(refusal)
  }
}

function accessList(rules: readonly AccessRule[]): AccessList {
  try {
    return new AccessList(rules)
  } catch (error) {
    if (!(error instanceof BadRule)) throw error
    throw optionError(`access.${error.index}.${error.key}`, error.expected)
  }
}

function proxies(from: readonly string[]): AddressMatch {
  const match = new AddressMatch()
  from.forEach((text, index) => {
    const pattern = parsePattern(text)
    if (pattern === null) throw optionError(`proxyProtocol.from.${index}`, `${PATTERN_EXPECTED}, got "${text}"`)
    match.add(pattern)
  })
  return match
}

function rateOf(rate: AcceptRate | undefined): Rate | null {
  if (rate === undefined) return null
  const { perSecond, burst } = typeof rate === 'number' ? { perSecond: rate, burst: undefined } : rate
  return { perSecond, burst: burst ?? Math.ceil(perSecond) }
}
