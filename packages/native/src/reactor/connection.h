// One connection as the reactor sees it: a socket, what was received and not consumed, what was sent and not taken.
//
//   connecting ──▶ open ──close──▶ closing (flushing) ──▶ lingering (stream ended, input discarded) ──▶ dead ──▶ slot free
//        └──────────┴──────────── destroy, error ───────────────────────────────────────────────────────┘
//
// A dead connection keeps its slot until the handler has been told, so that a slot never means two connections to it.
#pragma once

#include <cstdint>

#include "framing/framing.h"
#include "reactor/input_store.h"
#include "reactor/output_queue.h"
#include "sys/address.h"
#include "sys/credentials.h"

namespace shiny::reactor {

struct Listener;

struct Connection {
  int fd = -1;
  int32_t slot = 0;
  uint32_t generation = 0;  // bumped when the slot is freed; part of the token, so that a stale event is told apart
  uint32_t interest = 0;    // what the backend was asked for
  Listener* listener = nullptr;  // where it came from; outlives it
  const framing::Plan* plan = nullptr;
  uint32_t high_water = 0;
  uint32_t low_water = 0;
  int32_t error = 0;  // what ended it

  bool used : 1 = false;
  bool registered : 1 = false;  // the backend knows the descriptor
  bool held : 1 = false;        // the handler wants no input
  bool above : 1 = false;       // output went above the high-water mark and has not yet fallen to the low one
  bool drain_due : 1 = false;   // the handler is to be told that it has
  bool backlog : 1 = false;     // there may be whole frames in `input`
  bool more : 1 = false;        // the handler has messages left that need no bytes
  bool ended : 1 = false;       // the peer ended its side
  bool end_due : 1 = false;     // the handler is to be told so
  bool end_again : 1 = false;   // the backend has reported it once more
  bool idle_due : 1 = false;    // the handler wants to know when all that has arrived is delivered
  bool connecting : 1 = false;  // this side began it, and the peer has not answered yet
  bool own : 1 = false;         // this side began it
  bool open_due : 1 = false;    // the handler is to be told that it is open
  bool ending : 1 = false;      // our side of the stream is to end when the output has left; input goes on
  bool closing : 1 = false;     // the handler closed it
  bool lingering : 1 = false;   // our side of the stream is ended; input is discarded
  bool dead : 1 = false;        // the socket is closed
  bool pending : 1 = false;     // in the reactor's list of connections that have something due
  bool in_turn : 1 = false;     // has a DATA record in this turn
  bool end_told : 1 = false;    // has an END record in this turn
  bool reframed : 1 = false;    // in which its plan has changed: what is not consumed is framed anew
  bool dropping : 1 = false;    // and is not kept at all

  uint32_t needed = 0;        // fewer bytes than this in `input` are not worth a record
  uint32_t first_output = 0;  // index + 1 of its first output record of this flush
  uint32_t last_output = 0;
  int64_t linger_until = 0;  // ms
  InputStore input;
  OutputQueue output;
  framing::State framing;
  sys::PeerAddress peer;
  sys::PeerAddress local;        // known once it is dead, and only where the listener is bound to a wildcard
  sys::Credentials credentials;  // of the peer of a Unix socket; known once it is dead
};

}  // namespace shiny::reactor
