#pragma once

#include "actors/actors.hpp"

#include <spdlog/logger.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace keywheel::cli {

/// What is known of a gateway. Told by an actor, read by the main thread, which can poll for it.
class gateway_news {
public:
  struct state {
    std::optional<listening> listens; ///< once it does
    std::string refusal;              ///< why it does not come to listen
    unsigned reloads = 0;             ///< that came to an end, well or not
    bool ended = false;
    bool orderly = false; ///< it ended because it was told to
    std::string reason;   ///< of its end
  };

  gateway_news();
  ~gateway_news();
  gateway_news(const gateway_news&) = delete;
  gateway_news& operator=(const gateway_news&) = delete;

  /// Readable when there is something new.
  int descriptor() const noexcept { return descriptor_; }

  /// What is known now; the descriptor is quiet until there is more.
  state take();

  void listens(listening where);
  void refuses(std::string why);
  void reloaded();
  void ends(const caf::error& reason);

private:
  void ring() const noexcept;

  int descriptor_;
  std::mutex mutex_;
  state state_;
};

/// Starts an actor that waits until `gateway` listens and until it ends, and tells `news`; it ends
/// with it. On reload_atom it has the gateway reload and logs what came of it.
///
/// It has to be an actor that also monitors: a request that reaches an actor of CAF 0.17 in the
/// moment of its end may never be answered.
caf::actor watch_gateway(caf::actor_system& system, const gateway_actor& gateway,
                         const std::shared_ptr<gateway_news>& news,
                         const std::shared_ptr<spdlog::logger>& log);

} // namespace keywheel::cli
