#include "actors/call.hpp"

#include <caf/send.hpp>

namespace keywheel {

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

lease::lease(lease&& other) noexcept
    : result(other.result), key_(std::move(other.key_)), id_(other.id_) {
  other.key_ = nullptr;
}

lease& lease::operator=(lease&& other) noexcept {
  std::swap(key_, other.key_);
  std::swap(id_, other.id_);
  std::swap(result, other.result);
  return *this;
}

lease::~lease() {
  if (key_)
    caf::anon_send(key_, release_atom_v, id_, result);
}

} // namespace keywheel
