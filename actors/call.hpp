#pragma once

#include "actors/actors.hpp"
#include "balance/attempt_policy.hpp"
#include "balance/owner_rules.hpp"
#include "dialect/request_facts.hpp"
#include "dialect/route.hpp"
#include "dialect/signal.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
#include "observe/call_trace.hpp"
#include "time.hpp"

#include <caf/send.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keywheel {

/// One call's turn as the probe of a model that rests as a whole. Its dispatcher hears exactly once
/// how it ended: abandoned, unless said otherwise before this object goes.
class model_probe {
public:
  model_probe() = default;
  model_probe(dispatcher_actor of, call_id call) : dispatcher_(std::move(of)), call_(call) {}
  model_probe(model_probe&& other) noexcept
      : dispatcher_(std::exchange(other.dispatcher_, nullptr)), call_(other.call_) {}
  model_probe& operator=(model_probe&& other) noexcept;
  ~model_probe() { end(balance::probe_result::abandoned); }

  /// Lets it go in silence: the dispatcher knows how it ended.
  void forget() noexcept { dispatcher_ = nullptr; }

  /// Tells how it ended. No effect the second time.
  void end(balance::probe_result how);

private:
  dispatcher_actor dispatcher_;
  call_id call_ = 0;
};

/// One client request on its way. Exactly one actor holds it at a time: the one that received it
/// last. If it is dropped before it has been answered (its holder died), its front is told, so no
/// client waits for ever.
struct call {
  call_id id = 0;
  front_actor front;           ///< where the answer goes
  dispatcher_actor dispatcher; ///< where it comes back to for another key
  dialect::route route;
  std::string model;  ///< as the caller names it
  std::string client; ///< who calls, for fairness: its name in the configuration, or its address
  std::string client_name; ///< in the configuration; empty: it has none
  std::string method;
  http::fields headers;                   ///< what of the caller's header section may travel on
  std::shared_ptr<const http::body> body; ///< never null
  std::size_t model_begin = 0; ///< where in the body the model's name stands, quotes included;
  std::size_t model_end = 0;   ///< both 0 where it stands in the path
  dialect::request_facts facts;
  std::shared_ptr<const config::model_config> rules; ///< of this model; null in the owner book only
  time_point arrived;
  time_point deadline;

  std::vector<std::string> refers; ///< ids of what its provider keeps
  std::string provider;            ///< of a call without a model, where it is known
  std::string wants_key;           ///< the only key that its client wants; empty: any
  balance::bound_to bound;         ///< ids of the keys that may serve it, the preferred first
  owner_book_actor book;           ///< who is to know what it makes or removes; else null

  std::vector<key_uid> tried; ///< keys that failed to serve it
  std::uint64_t tag = 0;      ///< its place among the waiting, see balance::ticket
  unsigned attempts = 0;
  std::vector<balance::failed_attempt> history;
  std::optional<dialect::refusal> last_failure; ///< what to say if no key is left
  model_probe probe;

  /// What its front wants to know in the end. Never null.
  std::shared_ptr<observe::call_trace> trace = std::make_shared<observe::call_trace>();

  std::atomic<bool> left{false}; ///< the client is gone; set by the front, from any thread
  bool settled = false;          ///< it has its answer, or is about to

  call() = default;
  call(const call&) = delete;
  call& operator=(const call&) = delete;
  ~call();

  /// Answers it with an error of our own, or with a provider's.
  void refuse(dialect::refusal what);
};

/// A promise of one place, by a key or by its quota group. It ends exactly once, when this object
/// goes.
template <class Owner>
class lease {
public:
  lease() = default;
  lease(Owner of, lease_id id) : owner_(std::move(of)), id_(id) {}
  lease(lease&& other) noexcept
      : end(std::move(other.end)), owner_(std::exchange(other.owner_, nullptr)), id_(other.id_) {}
  lease& operator=(lease&& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(id_, other.id_);
    std::swap(end, other.end);
    return *this;
  }
  ~lease() {
    if (owner_)
      caf::anon_send(owner_, release_atom_v, id_, std::move(end));
  }

  lease_id id() const noexcept { return id_; }

  /// What will be told to the owner; abandoned unless said otherwise.
  attempt_end end;

private:
  Owner owner_;
  lease_id id_ = 0;
};

/// One request to one provider with one lease.
struct attempt {
  attempt_id id = 0;
  call_ptr of;
  lease<key_actor> of_key;
  lease<quota_group_actor> of_group; ///< of a key that shares a quota
  key_actor key;                     ///< whose verdict it awaits
  std::shared_ptr<const key_setup> with;

  /// Says to all whose lease it is how it ended.
  void ends(attempt_result how, const dialect::usage& used = {});
};

/// How the answer to an attempt began. The upstream keeps `what` for the case of a commit.
struct attempt_signal {
  attempt_ptr of;
  std::shared_ptr<const dialect::signal> what;
};

} // namespace keywheel
