#include "actors/call.hpp"

namespace keywheel {

model_probe& model_probe::operator=(model_probe&& other) noexcept {
  std::swap(dispatcher_, other.dispatcher_);
  std::swap(call_, other.call_);
  return *this;
}

void model_probe::end(balance::probe_result how) {
  if (const auto dispatcher = std::exchange(dispatcher_, nullptr))
    caf::anon_send(dispatcher, probe_atom_v, call_, how);
}

call::~call() {
  if (settled || left || !front)
    return;
  caf::anon_send(front, refuse_atom_v, id,
                 dialect::refusal{dialect::refusal_code::internal_error,
                                  "a part of the gateway failed while it held this request",
                                  {},
                                  {}});
}

void call::refuse(dialect::refusal what) {
  settled = true;
  if (!left)
    caf::anon_send(front, refuse_atom_v, id, std::move(what));
}

void attempt::ends(attempt_result how, const dialect::usage& used) {
  of_key.end.result = how;
  of_key.end.used = used;
  of_group.end = of_key.end;
}

} // namespace keywheel
