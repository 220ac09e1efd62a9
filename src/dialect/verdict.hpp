#pragma once

#include "dialect/signal.hpp"
#include "dialect/signal_table.hpp"
#include "time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Where a cooldown lands (DESIGN §1).
enum class scope : std::uint8_t { key_model, key, quota_group, provider_model };
std::string_view to_string(scope where) noexcept;
std::optional<scope> scope_from_string(std::string_view word) noexcept;

/// What a signal says, in one word (the classes of PROVIDERS §11).
enum class reason : std::uint8_t {
  none,         ///< nothing is wrong
  rate_limit,   ///< too many requests or tokens for now
  quota,        ///< a limit of a day or longer, until a stated date or the next reset
  billing,      ///< no money, or a spending limit
  credential,   ///< the credential was refused
  permission,   ///< this key may not use this model
  overload,     ///< the provider has no capacity for this model; no key is to blame
  server_error, ///< the provider failed
  bad_request,  ///< the caller's mistake
  too_large,    ///< the request exceeds what this key's tier takes at once
  blocked,      ///< region, address or firewall: the deployment's fault, no key's
  unreachable,  ///< nothing was sent
  no_answer,    ///< sent, then closed, reset or garbled
  timed_out,    ///< sent, then silence
  deadline      ///< the call's own time is over
};
std::string_view to_string(reason why) noexcept;
std::optional<reason> reason_from_string(std::string_view word) noexcept;

/// What follows from a signal.
struct verdict {
  enum class request : std::uint8_t {
    pass,     ///< the answer goes to the client as it is
    next_key, ///< the provider refused it, or nothing was sent: another key may serve it
    fail      ///< it was sent and not answered: repeated only where the model's config allows
  };

  reason why = reason::none;
  request for_request = request::pass;
  dialect::scope scope = dialect::scope::key_model; ///< where `why` is to be charged, if it is
  std::optional<std::chrono::milliseconds> rest;    ///< as the provider says; nothing: it does not
  /// What said how long: the header's name, "body" (its text, or the reset that its words imply) or
  /// "table" (the answer names no time, but the provider's documents do: PROVIDERS §4). Where
  /// `rest` is nothing, what decided: "body", "x-amzn-errortype", "status" or "transport"; empty
  /// where nothing is wrong. Static text.
  std::string_view source;
  /// True where the provider's own words decided (a code, a type, an anchored text), false where
  /// only the status did: when all keys get the latter within a moment, no key is to blame.
  bool certain = false;
  std::string organization;         ///< that the answer names; empty if none
  std::optional<bool> should_retry; ///< x-should-retry
};

/// Judges one signal: pure, driven by tables, in the order of PROVIDERS §11: the provider's own
/// codes, generic codes, status; texts only where anchored and only in the error's message. `now`
/// serves dates. Bytes of any kind are read without an exception; memory may run out. An answer
/// below 400 costs a look at its headers, and memory only if it names an organisation.
verdict judge(signal_table of, const signal& what, wall_time now);

} // namespace keywheel::dialect
