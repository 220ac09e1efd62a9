#pragma once

#include <caf/error.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <string>

namespace keywheel::detail {

/// Lets an actor die of an exception with the exception's text as its reason, so that the gateway
/// can log it. CAF's own handler prints to stderr, which belongs to the host.
template <class Self>
void die_with_reason(Self* self) {
  self->set_exception_handler([](std::exception_ptr& what) -> caf::error {
    std::string text = "unknown exception";
    try {
      std::rethrow_exception(what);
    } catch (const std::exception& error) {
      text = error.what();
    } catch (...) {
      // nop: the text stays
    }
    return caf::make_error(caf::sec::runtime_error, std::move(text));
  });
}

} // namespace keywheel::detail
