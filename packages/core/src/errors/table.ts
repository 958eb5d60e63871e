/**
 * Every code that shiny's errors carry, with what it means. `docs/errors.md` has a heading for each;
 * a test compares the two, both ways.
 */
export const errorTable = {
  ERR_OPTION: 'An option is missing, unknown, of the wrong type or out of range.',
  ERR_ADDRESS: 'An address to listen on cannot be understood.',
  ERR_ADDRESS_IN_USE: 'Another socket already listens on the address.',
  ERR_ADDRESS_NOT_AVAILABLE: 'The address does not belong to this machine.',
  ERR_ACCESS: 'The operating system does not allow this process to use the address.',
  ERR_ALREADY_LISTENING: 'listen() was called on a server that listens or is about to.',
  ERR_STOPPED: 'The server is stopping; it cannot listen before that is done.',
  ERR_REACTOR_UNAVAILABLE: 'The native reactor was asked for and cannot run here.',
  ERR_WORKER: 'A worker thread ended or could not start.',
  ERR_TOO_MANY_CONNECTIONS: 'The reactor or the process has no room for another connection.',
  ERR_DETACHED: 'A connection object that no server made was used.',
  ERR_CONNECT: 'The operating system could not connect.',
  ERR_CONNECT_REFUSED: 'Nobody listens at the address to connect to.',
  ERR_CONNECT_TIMEOUT: 'The peer did not answer in time.',
  ERR_ABORTED: 'The signal that was given to connect() was aborted.',
  ERR_CLOSED: 'A message was sent on a connection whose sending side is closed.',
  ERR_MESSAGE_TYPE: 'A message is not of a type that the codec can encode.',
  ERR_OUTPUT_LIMIT: 'Output queued for a peer that does not read exceeded the hard cap.',
  ERR_HANDLER: 'A handler threw a value that is not an Error.',
  ERR_STOP_TIMEOUT: 'The connection was cut because the deadline of stop() passed.',
  ERR_CONNECTION_RESET: 'The peer reset the connection.',
  ERR_TIMED_OUT: 'The network gave up on the peer.',
  ERR_DATAGRAM_TOO_LONG: 'A datagram is longer than its format or the network allows.',
  ERR_UNREACHABLE: 'The network tells that a datagram did not reach its receiver.',
  ERR_TIMEOUT: 'The connection took too long; kind says what for.',
  ERR_SOCKET: 'The operating system reported another error for the socket.',
  ERR_FRAME_TOO_LONG: 'A frame is longer than the codec allows.',
  ERR_MALFORMED: 'The bytes do not follow the protocol of the codec.',
  ERR_TRUNCATED: 'The peer closed its side in the middle of a frame.',
  ERR_LEFTOVER: 'Something is left over at a change of protocol that does not allow it.',
  ERR_TOO_MANY_ELEMENTS: 'A message announces more elements than the codec allows.',
  ERR_INVALID_MESSAGE: 'The frame is intact, its content is not acceptable.',
  ERR_BUFFER_LIMIT: 'More bytes are buffered for one frame than the codec allows.',
  ERR_PROXY_HEADER: 'A connection did not begin with an acceptable PROXY header.',
  ERR_NO_PROGRESS: 'A decoder returned a message or failed without consuming a byte.'
} as const

/** One of the codes in the table of errors. */
export type ErrorCode = keyof typeof errorTable
