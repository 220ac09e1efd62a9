#pragma once

#include "observe/call_record.hpp"
#include "observe/call_trace.hpp"
#include "observe/metrics.hpp"
#include "time.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::observe {

/// One call as its front sees it, from its first byte to its last: gathers what the access log and
/// the metrics say of it.
class call_account {
public:
  /// The header section has come.
  void begin(time_point now);

  /// The request is whole and goes on its way, to be traced by `trace`.
  void set_out(std::string model, std::shared_ptr<const call_trace> trace, time_point now);

  /// The answer of a provider begins to be passed on.
  void answered_by(std::string_view key, unsigned attempts, unsigned status, std::string request_id,
                   time_point now);

  /// The gateway itself answers.
  void answered(unsigned status) noexcept { record_.status = status; }

  /// The answer has said what it used.
  void used(const dialect::usage& tokens) noexcept { record_.used = tokens; }

  /// The call has ended: counts it, and returns its record, which lacks what only a log line needs
  /// (client, method, path).
  call_record& end(call_outcome how, time_point now, metrics& counted);

  time_point arrived() const noexcept { return arrived_; }

  /// How many attempts it has had so far.
  unsigned attempts() const noexcept { return trace_ ? trace_->attempts() : 0; }

private:
  time_point arrived_;
  time_point whole_; ///< when the request was
  std::shared_ptr<const call_trace> trace_;
  std::optional<duration> added_;
  call_record record_;
};

} // namespace keywheel::observe
