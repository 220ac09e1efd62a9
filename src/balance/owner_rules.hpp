#pragma once

#include "balance/owner_book.hpp"
#include "dialect/refusal.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keywheel::balance {

/// Something that a call refers to.
struct reference {
  std::string id;
  std::optional<owner> by; ///< who made it; nothing: that is not known
};

/// A key that could serve a call if it were not for what the call refers to.
struct serving_key {
  owner who;
  bool enabled = true;
};

/// What decides where a call may go.
struct owner_question {
  std::span<const reference> refers;
  std::span<const serving_key> keys; ///< of the call's model, or of its provider; of one provider
  std::string_view wants_key;        ///< the only one that the caller wants; empty: any
  bool lists = false;                ///< it asks what one organisation keeps
  std::string_view of;               ///< whose the keys are, for people: "the model "x""
};

/// Where a call may go: the keys that it is bound to, the owner first; nothing: any key.
using bound_to = std::optional<std::vector<std::string>>;

/// Decides where a call may go, or why it is refused. In this order:
/// - The key that the caller wants, alone: he knows best.
/// - What belongs to two organisations cannot be used together: bad_request.
/// - The owner, if it still serves, under this name or another; then the others of its quota group.
///   If none of them does: not_found.
/// - What is not known goes along with what is known, for no key could use both otherwise. Nothing
///   is known, or a list is asked for: any key, if all that are enabled share one organisation;
///   else not_found, and for a list bad_request.
std::variant<bound_to, dialect::refusal> way_of(const owner_question& what);

/// Finds the provider of a call that names none: that of the key that the caller wants, else of the
/// first owner known, else the only one there is. `those`: the providers that speak its dialect.
std::variant<std::string, dialect::refusal> provider_of(std::span<const reference> refers,
                                                        std::span<const std::string> those,
                                                        std::string_view wants_key);

} // namespace keywheel::balance
