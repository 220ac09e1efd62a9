#pragma once

#include "balance/model_circuit.hpp"
#include "balance/types.hpp"
#include "dialect/verdict.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace keywheel::balance {

/// An attempt of a call that did not succeed.
struct failed_attempt {
  key_uid key = 0;
  dialect::reason why = dialect::reason::none;
  int status = 0;       ///< HTTP; 0 if there was no answer
  bool charged = false; ///< to the key
};

/// What a call's configuration allows, and how far the call is.
struct attempt_limits {
  unsigned max_attempts = 3;      ///< model_config::max_attempts; 0 counts as 1
  bool replay_unanswered = false; ///< model_config::replay_unanswered
  bool committed = false;         ///< the answer has begun: nothing else can be sent
};

/// What to do after a verdict.
struct decision {
  enum class what : std::uint8_t {
    commit,   ///< this answer goes to the client (or goes on)
    next_key, ///< another key may serve the call; if none can, this failure is the answer
    fail,     ///< there is no answer to give, and there is to be no other attempt
  };
  enum class payer : std::uint8_t {
    nobody,
    key,            ///< the key, or its group if the verdict's scope says so
    provider_model, ///< the circuit of the provider's model; no key
  };
  what is = what::commit;
  payer charge = payer::nobody;
  bool operator==(const decision&) const = default;
};

/// What an attempt says of the rest of (provider, model) that its call probes. Any answer ends it,
/// a caller's mistake too; the same refusals that can begin it extend it; other failures say
/// nothing.
probe_result probed(const dialect::verdict& what) noexcept;

/// Decides about a call after the verdict on its attempt at `key`, which `status` answered.
/// `earlier` are the call's failed attempts before this one. Pure. In this order:
/// - After commit nothing else is sent; who is to blame is charged all the same.
/// - What the verdict passes goes to the client, but never as a 401: it would take that for a word
///   about its own token. A caller's mistake charges nobody.
/// - Refusals by limits, money or credentials go through the whole pool and charge each key.
/// - A missing permission goes through the pool too, for another key may have it, but charges the
///   first key only: the model that was asked for may be one that nobody has.
/// - What was sent and not answered fails, unless `replay_unanswered`; then it is as a
/// server_error.
/// - The same failure on a second key (server_error with the same status, too_large, no answer
///   twice) is the request's fault: it is the answer, and charges nobody else. Not so for
///   unreachable and overload: the request had no part in them.
/// - Failures of the provider (server_error, unreachable, too_large, overload, and unanswered ones)
///   count against `max_attempts`; the last is the answer.
/// - overload charges the provider's model, never a key.
decision decide(const dialect::verdict& what, int status, key_uid key,
                std::span<const failed_attempt> earlier, const attempt_limits& limits);

} // namespace keywheel::balance
