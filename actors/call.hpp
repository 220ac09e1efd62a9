#pragma once

#include "actors/actors.hpp"
#include "dialect/route.hpp"
#include "dialect/signal.hpp"
#include "http/fields.hpp"
#include "time.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace keywheel {

/// One client request on its way. Exactly one actor holds it at a time: the one that received it
/// last. If it is dropped before it has been answered (its holder died), its front is told, so no
/// client waits for ever.
struct call {
  call_id id = 0;
  front_actor front;           ///< where the answer goes
  dispatcher_actor dispatcher; ///< where it comes back to for another key
  dialect::route route;
  std::string model; ///< as the caller names it
  std::string method;
  http::fields headers;                    ///< what of the caller's header section may travel on
  std::shared_ptr<const std::string> body; ///< never null
  std::size_t model_begin = 0;      ///< where in the body the model's name stands, quotes included;
  std::size_t model_end = 0;        ///< both 0 where it stands in the path
  config::cooldown_config cooldown; ///< that holds for this model
  std::string upstream_model;       ///< of the model; a key may have its own
  time_point arrived;
  time_point deadline;

  std::vector<key_uid> tried; ///< keys that failed to serve it
  unsigned attempts = 0;
  std::optional<dialect::refusal> last_failure; ///< what to say if no key is left

  std::atomic<bool> left{false}; ///< the client is gone; set by the front, from any thread
  bool settled = false;          ///< it has its answer, or is about to

  call() = default;
  call(const call&) = delete;
  call& operator=(const call&) = delete;
  ~call();

  /// Answers it with an error of our own.
  void refuse(dialect::refusal what);
};

/// A key's promise of one place. It ends exactly once, when this object goes.
class lease {
public:
  lease() = default;
  lease(key_actor of, lease_id id) : key_(std::move(of)), id_(id) {}
  lease(lease&& other) noexcept;
  lease& operator=(lease&& other) noexcept;
  ~lease();

  /// What will be told to the key; abandoned unless said otherwise.
  attempt_result result = attempt_result::abandoned;

private:
  key_actor key_;
  lease_id id_ = 0;
};

/// One request to one provider with one lease.
struct attempt {
  attempt_id id = 0;
  call_ptr of;
  keywheel::lease lease;
  key_actor key; ///< whose verdict it awaits
  std::shared_ptr<const key_setup> with;
};

/// How the answer to an attempt began. The upstream keeps `what` for the case of a commit.
struct attempt_signal {
  attempt_ptr of;
  std::shared_ptr<const dialect::signal> what;
};

} // namespace keywheel
