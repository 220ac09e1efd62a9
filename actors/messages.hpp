#pragma once

#include "actors/type_ids.hpp"
#include "balance/group_ledger.hpp"
#include "balance/key_ledger.hpp"
#include "balance/model_circuit.hpp"
#include "balance/owner_book.hpp"
#include "balance/types.hpp"
#include "config/config.hpp"
#include "config/edit_file.hpp"
#include "config/load.hpp"
#include "dialect/limits.hpp"
#include "dialect/refusal.hpp"
#include "dialect/signal.hpp"
#include "dialect/usage.hpp"
#include "http/message.hpp"
#include "observe/audit.hpp"
#include "observe/status.hpp"
#include "state/saved_state.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Every message that travels between actors. None of them crosses the network, so they are plain
/// structs without serialisation.
namespace keywheel {

using balance::call_id;
using balance::key_uid;
using balance::lease_id;

/// Number of an attempt, unique in a process.
using attempt_id = std::uint64_t;

// -- the way of a call
// -----------------------------------------------------------------------------

/// A call and its attempts; see call.hpp. Whoever received the pointer last holds the call.
struct call;
using call_ptr = std::shared_ptr<call>;
struct attempt;
using attempt_ptr = std::shared_ptr<attempt>;

/// What stands before the body of an answer.
struct answer_head {
  http::response_head head;          ///< as the provider gave it, hygiene applied
  std::optional<std::size_t> length; ///< of the body, where the provider announced it
  std::string key;                   ///< id of the key that served
  unsigned attempts = 1;
};

/// The next part of a committed answer.
struct answer_part {
  enum class end : std::uint8_t { no, complete, broken };
  std::shared_ptr<answer_head> head; ///< in the first part only; the receiver may take it apart
  std::string bytes;
  end ends = end::no;
  dialect::usage used; ///< in the last part: what the answer said
};

/// What became of an attempt.
enum class attempt_result : std::uint8_t {
  answered,  ///< a usable answer went through to its end
  refused,   ///< the provider refused it
  failed,    ///< no answer, or one that broke off
  abandoned, ///< the client left, or the attempt was lost inside
  unsent     ///< nothing was sent, or the key's quota group had no room
};

/// How an attempt ended, told to all whose lease it had.
struct attempt_end {
  attempt_result result = attempt_result::abandoned;
  dialect::usage used;         ///< as the answer said
  std::uint32_t usage_row = 0; ///< of the key: where it counts them
};

/// How an upstream answer began, told to the key for its verdict. The attempt travels with it and
/// comes back with the commit.
struct attempt_signal;
using signal_ptr = std::shared_ptr<attempt_signal>;

// -- settings
// --------------------------------------------------------------------------------------

/// What an answer to a key's attempt means for the quota group that the key shares.
struct group_verdict {
  lease_id lease = 0; ///< the group's
  std::string model;
  dialect::verdict what;
  bool charge = true;
  config::cooldown_config settings;
  dialect::limit_readings readings;
};

/// A refusal that may concern a model's provider as a whole, told by a key to its dispatcher.
struct key_refusal {
  key_uid key = 0;
  dialect::verdict what;
  std::optional<time_point> returns; ///< when the key may come back, if its provider said so
  time_point when;                   ///< the key was struck: what a pardon takes back begins here
};

/// What the fronts need: the configuration in force, and who serves which model.
struct routing;
using routing_ptr = std::shared_ptr<const routing>;

/// What survives a restart. Never changed.
using saved_state_ptr = std::shared_ptr<const state::saved_state>;

/// What an answer has named that its provider keeps from now on.
struct made_things {
  balance::owner by;
  std::vector<std::string> ids;
};

// -- people
// ----------------------------------------------------------------------------------------

/// Where a gateway listens; empty where it does not.
struct listening {
  std::string data; ///< "127.0.0.1:4100"
  std::string admin;
  std::string
      token_file; ///< where the generated admin token is; empty if the configuration gives one
};

/// What became of a request to change the configuration.
struct reload_report {
  std::uint64_t generation = 0;           ///< in force now
  std::vector<config::problem> problems;  ///< why nothing was changed; empty if all is well
  std::vector<std::string> needs_restart; ///< fields that differ but take effect at the next start
};

/// Changes that a person asks for, to be written into the file as one.
struct config_edit {
  config::file_edit what;
  std::uint64_t if_generation = 0; ///< refuse it unless this one is in force; 0: any
};

/// What became of it: `error` or `problems` say why nothing was changed.
struct edit_report {
  std::uint64_t generation = 0;    ///< in force now
  bool generation_differs = false; ///< another one than the edit was made for
  config::edit_failure why = config::edit_failure::none;
  std::string error;
  std::vector<config::problem> problems;
};

/// A request from an actor of the host application.
struct api_request {
  std::string method = "POST";
  std::string target; ///< path and query as on the data port, "/v1/chat/completions"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// The whole answer.
struct api_response {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool complete = true; ///< false: the provider broke off in the middle of the body
};

/// The beginning of a streamed answer.
struct api_head {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
};

} // namespace keywheel

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::call_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::attempt_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::answer_part)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::attempt_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::signal_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::attempt_end)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::group_verdict)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::key_refusal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::made_things)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::config::budgets_config)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::time_point)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<keywheel::balance::cooldown>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<keywheel::observe::cooldown_status>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::balance::probe_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::balance::kept_state)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::saved_state_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::routing_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::listening)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::reload_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::config_edit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::edit_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::api_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::api_response)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::api_head)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::balance::availability)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::config::snapshot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::dialect::refusal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::observe::audit_entry)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::observe::key_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::observe::model_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::observe::status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<keywheel::config::problem>)
