#include "observe/call_account.hpp"

namespace keywheel::observe {

void call_account::begin(time_point now) {
  arrived_ = now;
  trace_.reset();
  added_.reset();
  record_ = {};
}

void call_account::set_out(std::string model, std::shared_ptr<const call_trace> trace,
                           time_point now) {
  whole_ = now;
  trace_ = std::move(trace);
  record_.model = std::move(model);
}

void call_account::answered_by(std::string_view key, unsigned attempts, unsigned status,
                               std::string request_id, time_point now) {
  record_.key = key;
  record_.attempts = attempts;
  record_.status = status;
  record_.request_id = std::move(request_id);
  record_.first_byte = now - arrived_;
  if (trace_)
    added_ = now - whole_ - trace_->waited() - trace_->at_provider();
}

call_record& call_account::end(call_outcome how, time_point now, metrics& counted) {
  record_.outcome = to_string(how);
  record_.total = now - arrived_;
  auto* meter = &counted.of_no_model();
  if (trace_) {
    record_.attempts = trace_->attempts();
    record_.waited = trace_->waited();
    if (auto* const of_model = trace_->meter())
      meter = of_model;
  }
  meter->call_ended({how, record_.status, record_.total, record_.first_byte, added_});
  trace_.reset();
  return record_;
}

} // namespace keywheel::observe
