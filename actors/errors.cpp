#include "actors/errors.hpp"

#include <caf/atom.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace keywheel {

namespace {

constexpr auto category = caf::atom("keywheel");

} // namespace

std::string to_string(ec code) {
  switch (code) {
  case ec::none:
    return "none";
  case ec::cannot_listen:
    return "cannot_listen";
  case ec::no_middleman:
    return "no_middleman";
  case ec::bad_configuration:
    return "bad_configuration";
  case ec::shutting_down:
    return "shutting_down";
  case ec::cannot_start:
    return "cannot_start";
  }
  return "unknown";
}

caf::error make_error(ec code, std::string line) {
  return caf::error{static_cast<std::uint8_t>(code), category, caf::make_message(std::move(line))};
}

std::string describe(const caf::error& what) {
  const auto& context = what.context();
  if (!context.empty() && context.match_element<std::string>(0))
    return context.get_as<std::string>(0);
  if (what.category() == category)
    return to_string(static_cast<ec>(what.code()));
  if (what.category() == caf::atom("exit"))
    return caf::to_string(static_cast<caf::exit_reason>(what.code()));
  if (what.category() == caf::atom("system"))
    return caf::to_string(static_cast<caf::sec>(what.code()));
  return to_string(what.category()) + " error " + std::to_string(what.code());
}

} // namespace keywheel
