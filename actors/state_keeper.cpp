#include "actors/state_keeper.hpp"

#include "actors/detail/guard.hpp"
#include "state/state_file.hpp"

#include <spdlog/spdlog.h>

namespace keywheel {

state_keeper_actor::behavior_type state_keeper(state_keeper_actor::pointer self, std::string path,
                                               observe::logger_ptr log) {
  detail::die_with_reason(self);
  return {
      [path = std::move(path), log = std::move(log)](keep_atom, const saved_state_ptr& what) {
        const auto error = state::save(path, *what);
        if (!error.empty())
          log->error("state cannot be kept over a restart: {}", error);
        return error.empty();
      },
  };
}

} // namespace keywheel
