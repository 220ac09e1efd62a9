#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "front/intake.hpp"

#include <caf/io/abstract_broker.hpp>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>

namespace keywheel::detail {

/// What both fronts do with an order: make it a call, send it to its dispatcher or to the
/// owner book, and tell everybody
/// who may hold it when its client leaves. Lives in a front's state, on the I/O thread.
class call_desk {
public:
  /// @param number tells the fronts of one gateway apart
  call_desk(std::uint16_t number, front_actor front, gateway_actor gateway, upstream_actor upstream,
            routing_ptr routing);

  /// A number for the next call.
  call_id next_id() noexcept { return ++last_; }

  /// Who calls.
  struct caller {
    std::string_view name; ///< in the configuration; empty: it has none
    std::string address;   ///< empty: an actor of the host
  };

  /// Sends an order of `from` on its way as the call `id`; returns what will be known of it.
  std::shared_ptr<const observe::call_trace> send(call_id id, front::order what, caller from,
                                                  time_point now);

  /// The call has been answered.
  void forget(call_id call);

  /// The client of a call has left.
  void cancel(call_id call);

  /// So many more bytes of an answer have been passed on.
  void written(call_id call, std::uint64_t bytes);

  void follow(routing_ptr next) { routing_ = std::move(next); }
  void follow(upstream_actor next) { upstream_ = std::move(next); }
  const routing& current() const { return *routing_; }

  std::string fresh_request_id();

private:
  call_id last_;
  front_actor front_;
  gateway_actor gateway_;
  upstream_actor upstream_;
  routing_ptr routing_;
  std::unordered_map<call_id, std::weak_ptr<call>> calls_;
  std::mt19937_64 random_;
};

} // namespace keywheel::detail
