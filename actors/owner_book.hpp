#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "balance/owner_book.hpp"
#include "balance/owner_rules.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <string_view>
#include <unordered_map>
#include <vector>

namespace keywheel {

struct owner_book_state;
using owner_book_pointer = owner_book_actor::stateful_broker_pointer<owner_book_state>;

/// Carries calls that refer to something to those who own it, as its book and the rules say.
struct owner_book_state {
  static constexpr const char* name = "keywheel.owner_book";

  explicit owner_book_state(owner_book_pointer self_ptr) : self(self_ptr) {}

  owner_book_actor::behavior_type make_behavior(routing_ptr first, gateway_actor supervisor);

  // -- operations ----------------------------------------------------------------------------

  void take(call_ptr call);
  void follow(routing_ptr next);

  // -- helpers -------------------------------------------------------------------------------

  bool find_provider(call& of, const std::vector<balance::reference>& refers);
  bool bind(call& of, const std::vector<balance::reference>& refers);
  std::vector<balance::reference> references_of(const call& of);
  std::vector<balance::serving_key> keys_for(const call& of) const;
  dispatcher_actor dispatcher_of(const call& of) const;
  time_point now() const { return self->clock().now(); }

  // -- data ----------------------------------------------------------------------------------

  owner_book_pointer self;
  gateway_actor gateway;
  routing_ptr routing;
  std::unordered_map<std::string_view, const balance::owner*> owners; ///< of routing, by key
  balance::owner_book book;
};

/// Starts the actor that knows who made what.
owner_book_actor::behavior_type owner_book(owner_book_pointer self, routing_ptr routing,
                                           gateway_actor gateway);

} // namespace keywheel
