/** Who is at the other end of a Unix socket, as the operating system vouches for it. */
export interface PeerCredentials {
  /** The process; 0 where the system does not tell, as for a process of another container. */
  readonly pid: number
  /** The effective user. */
  readonly uid: number
  /** The effective group. */
  readonly gid: number
}
