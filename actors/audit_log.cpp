#include "actors/audit_log.hpp"

#include "actors/detail/guard.hpp"
#include "state/audit_file.hpp"

#include <spdlog/spdlog.h>

namespace keywheel {

audit_log_actor::behavior_type audit_log(audit_log_actor::pointer self, std::string path,
                                         observe::logger_ptr log) {
  detail::die_with_reason(self);
  return {
      [path, log = std::move(log)](audit_atom, const observe::audit_entry& what) {
        const auto error = state::append_line(path, observe::audit_json(what));
        if (!error.empty())
          log->error("a change by {} cannot be written to the audit log: {}", what.who, error);
      },
      [path](audit_atom, std::size_t most) { return state::newest_lines(path, most); },
  };
}

} // namespace keywheel
