#pragma once

#include "actors/messages.hpp"
#include "observe/metrics.hpp"
#include "transport/settings.hpp"

#include <caf/actor.hpp>
#include <caf/io/system_messages.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

/// The catalogue: what every actor understands. Reading this file is reading the architecture.
///
/// All of them but the CONFIG WATCHER, the STATE KEEPER, the AUDIT LOG and the METRICS WRITER run
/// on the I/O thread (they are brokers), so a message between two of them is a queue push. None of
/// them blocks.
///
///   client ─▶ FRONT ─call─▶ DISPATCHER ─call─▶ KEY ─attempt─▶ UPSTREAM ══▶ provider
///               ▲                ▲              │ ▲              │
///               │                └─────next─────┘ └────signal────┘
///               └──────────── answer (after the key's commit) ───┘
///
/// Calls that refer to what one organisation keeps, and calls without a model, pass through the
/// OWNER BOOK on the way to their DISPATCHER.
/// The attempts of keys that share a quota pass through their QUOTA GROUP on the way to the
/// UPSTREAM.
namespace keywheel {

/// A FRONT is where calls come from and answers go to. There are two: the HTTP FRONT for clients on
/// the network, the MESSAGE FRONT for actors of the host application.
using front_actor = caf::typed_actor<
    // The next part of a committed answer.
    caf::reacts_to<answer_atom, call_id, answer_part>,
    // Keywheel itself answers: there will be no other answer.
    caf::reacts_to<refuse_atom, call_id, dialect::refusal>>;

struct dispatcher_setup;
struct key_setup;

/// The DISPATCHER of one model decides which key serves the next call, and keeps the waiting line.
using dispatcher_actor = caf::typed_actor<
    // A new call, from a front.
    caf::reacts_to<call_atom, call_ptr>,
    // Next, please: a call that a key gives back, after an attempt that failed or because it cannot
    // take it.
    caf::reacts_to<next_atom, call_ptr>,
    // The client of a call has left.
    caf::reacts_to<cancel_atom, call_id>,
    // A key says whether it can serve this model.
    caf::reacts_to<state_atom, key_uid, balance::availability>,
    // A key was refused; this comes before the call itself.
    caf::reacts_to<verdict_atom, key_refusal>,
    // A key that was told to watch: a call of this model succeeded.
    caf::reacts_to<success_atom>,
    // How the call came out that probed the provider.
    caf::reacts_to<probe_atom, call_id, balance::probe_result>,
    // The gateway says which keys there are and how the line is kept; answered once it is in force.
    caf::replies_to<setup_atom, dispatcher_setup>::with<void>,
    // The model is gone from the configuration: serve what is still on its way, then quit.
    caf::reacts_to<retire_atom>,
    // A person asks.
    caf::replies_to<status_atom>::with<observe::model_status>,
    // What of it survives a restart, and its return.
    caf::replies_to<keep_atom>::with<balance::kept_state>,
    caf::reacts_to<keep_atom, balance::kept_state>,
    // To itself: the line wants to be looked at.
    caf::reacts_to<tick_atom, std::uint64_t>>;

/// The OWNER BOOK stands before the dispatchers for calls that refer to what a provider keeps for
/// one organisation, or that have no model: it knows who made what, and binds them to those keys.
using owner_book_actor = caf::typed_actor<
    // A call, from a front: it goes on to its dispatcher, or is refused.
    caf::reacts_to<call_atom, call_ptr>,
    // The upstream has seen what an answer made, and has not passed it on yet.
    caf::reacts_to<made_atom, made_things>,
    // It does not exist any more: the provider has deleted it.
    caf::reacts_to<gone_atom, std::string>,
    // New routing, or keys that have turned out to share a quota group; answered once it is in
    // force.
    caf::replies_to<setup_atom, routing_ptr>::with<void>>;

/// The UPSTREAM is the one owner of curl multi: it performs attempts on the I/O thread.
using upstream_actor = caf::typed_actor<
    // A key wants this attempt performed.
    caf::reacts_to<attempt_atom, attempt_ptr>,
    // The key's verdict: the answer goes to the client.
    caf::reacts_to<commit_atom, attempt_ptr>,
    // The key's verdict: nobody wants this answer.
    caf::reacts_to<discard_atom, attempt_id>,
    // The client of a call has left.
    caf::reacts_to<cancel_atom, call_id>,
    // A front has passed on so many bytes of an answer.
    caf::reacts_to<written_atom, call_id, std::uint64_t>,
    // To itself: a stream has been held for long enough.
    caf::reacts_to<tick_atom, attempt_id>>;

/// The KEY owns one credential: its cooldowns, budgets and leases. It has the last word on whether
/// it serves a call, and the verdict on every answer.
using key_actor = caf::typed_actor<
    // A dispatcher hands over a call; it comes back to that dispatcher if this key cannot serve it.
    caf::reacts_to<call_atom, call_ptr>,
    // The upstream tells how an answer began, or that there is none: judge it.
    caf::reacts_to<signal_atom, signal_ptr>,
    // The upstream tells what went wrong after the commit: the key is charged, the lease ends.
    caf::reacts_to<late_atom, signal_ptr>,
    // Its quota group had no room for this attempt.
    caf::reacts_to<next_atom, attempt_ptr>,
    // A lease has ended.
    caf::reacts_to<release_atom, lease_id, attempt_end>,
    // Its quota group says whether calls of a model may pass.
    caf::reacts_to<state_atom, std::string, balance::availability>,
    // To itself: its availability changes by itself about now.
    caf::reacts_to<tick_atom, std::uint64_t>,
    // A dispatcher wants to be told whether this key can serve its model, now and after every
    // change; the last says whether the number of its requests in flight matters.
    caf::reacts_to<follow_atom, std::string, dispatcher_actor, bool>,
    // It does not any more.
    caf::reacts_to<discard_atom, std::string>,
    // A dispatcher wants to hear of the next success with its model, or not any more.
    caf::reacts_to<watch_atom, std::string, bool>,
    // The provider itself was the limit: undo what doubtful refusals have done since then.
    caf::reacts_to<pardon_atom, time_point>,
    // New settings.
    caf::reacts_to<setup_atom, key_setup>,
    // The one that performs attempts, when it has been replaced.
    caf::reacts_to<setup_atom, upstream_actor>,
    // A person clears cooldowns and rejection.
    caf::reacts_to<reset_atom>,
    // What of it survives a restart, and its return.
    caf::replies_to<keep_atom>::with<balance::kept_state>,
    caf::reacts_to<keep_atom, balance::kept_state>,
    // No dispatcher knows this key any more; answered when nothing is in flight.
    caf::replies_to<retire_atom>::with<void>,
    // Nobody will ask it anything again: quit.
    caf::reacts_to<done_atom>,
    // A person asks.
    caf::replies_to<status_atom>::with<observe::key_status>>;

/// The QUOTA GROUP owns what its keys share at their provider: limits, budgets, cooldowns. It has
/// the last word on whether an attempt of theirs is made.
using quota_group_actor = caf::typed_actor<
    // A key's attempt: it goes on to the upstream, or back to the key.
    caf::reacts_to<attempt_atom, attempt_ptr>,
    // A lease of the group has ended.
    caf::reacts_to<release_atom, lease_id, attempt_end>,
    // A key has judged an answer.
    caf::reacts_to<verdict_atom, group_verdict>,
    // The provider itself was the limit: undo what doubtful refusals have done since then.
    caf::reacts_to<pardon_atom, time_point>,
    // A key of the group serves this model: tell it whether calls may pass, now and after every
    // change.
    caf::reacts_to<follow_atom, key_uid, std::string, key_actor>,
    // A key has been alone so far: what it rests for concerns all.
    caf::reacts_to<verdict_atom, std::vector<balance::cooldown>>,
    // A key does not belong to the group any more.
    caf::reacts_to<discard_atom, key_uid>,
    // To itself: something changes by itself about now.
    caf::reacts_to<tick_atom, std::uint64_t>,
    // New budgets.
    caf::reacts_to<setup_atom, config::budgets_config>,
    // The one that performs attempts, when it has been replaced.
    caf::reacts_to<setup_atom, upstream_actor>,
    // A person clears cooldowns.
    caf::reacts_to<reset_atom>,
    // What of it survives a restart, and its return.
    caf::replies_to<keep_atom>::with<balance::kept_state>,
    caf::reacts_to<keep_atom, balance::kept_state>,
    // A person asks what holds it back.
    caf::replies_to<status_atom>::with<std::vector<observe::cooldown_status>>,
    // No key belongs to it any more: quit when nothing is in flight.
    caf::reacts_to<retire_atom>>;

/// The STATE KEEPER writes what survives a restart, on a thread of its own.
using state_keeper_actor = caf::typed_actor<
    // Answered when it is on the disk; false if it cannot be written.
    caf::replies_to<keep_atom, saved_state_ptr>::with<bool>>;

/// The AUDIT LOG writes down who changed what, on a thread of its own.
using audit_log_actor = caf::typed_actor<
    // An accepted change.
    caf::reacts_to<audit_atom, observe::audit_entry>,
    // The newest entries, at most so many, as they stand in the file.
    caf::replies_to<audit_atom, std::size_t>::with<std::vector<std::string>>>;

/// The GATEWAY supervises the rest and turns configurations into actors. It is the handle that a
/// host application gets.
using gateway_actor = caf::typed_actor<
    // Answered once all is up: where it listens, or why it cannot.
    caf::replies_to<ready_atom>::with<listening>,
    // A request from the host application, answered as a whole.
    caf::replies_to<ask_atom, api_request>::with<api_response>,
    // The same, streamed to the given actor as requests (answer_atom, id, api_head), (chunk_atom,
    // id, std::string) …, (done_atom, id, bool complete): each is sent once the one before it has
    // been answered, which is the backpressure.
    caf::reacts_to<stream_atom, std::uint64_t, api_request, caf::actor>,
    // A call that has no dispatcher yet: its model's name fits a pattern, or it has no model.
    caf::reacts_to<call_atom, call_ptr>,
    // A configuration to be put in force; answered with its generation when it is.
    caf::replies_to<apply_atom, config::snapshot>::with<reload_report>,
    // A configuration that was refused: kept for people to see.
    caf::reacts_to<problem_atom, std::vector<config::problem>>,
    // Load the configuration file again.
    caf::replies_to<reload_atom>::with<reload_report>,
    // Change the configuration file in place, and load it.
    caf::replies_to<edit_atom, config_edit>::with<edit_report>,
    // A key's answer named its organisation at the provider.
    caf::reacts_to<follow_atom, key_uid, std::string>,
    // Something has changed that survives a restart.
    caf::reacts_to<changed_atom>,
    // To itself: write it down.
    caf::reacts_to<tick_atom>,
    // Clear a key's cooldowns and rejection, by its id; false if there is no such key.
    caf::replies_to<reset_atom, std::string>::with<bool>,
    // A person asks: everything at one moment.
    caf::replies_to<status_atom>::with<observe::status>,
    // Stop accepting, finish what is in flight (at most server.drain_timeout), answer, quit.
    caf::replies_to<drain_atom>::with<void>>;

/// The HTTP FRONT listens on the data port.
using http_front_actor = front_actor::extend<
    // Answered with the address it listens on, or with why it cannot.
    caf::replies_to<listen_atom>::with<std::string>,
    // New routing; answered once every new call follows it.
    caf::replies_to<setup_atom, routing_ptr>::with<void>,
    // The one that performs attempts, when it has been replaced.
    caf::reacts_to<setup_atom, upstream_actor>,
    // Stop accepting; answered when no call is in flight, or at the given time from now at the
    // latest.
    caf::replies_to<drain_atom, std::chrono::milliseconds>::with<void>,
    // To itself: a call that asks for a stream has waited in silence (server.stream_keepalive).
    caf::reacts_to<tick_atom, call_id>,
    // To itself: connections may have timed out.
    caf::reacts_to<tick_atom>, caf::reacts_to<caf::io::new_connection_msg>,
    caf::reacts_to<caf::io::new_data_msg>, caf::reacts_to<caf::io::data_transferred_msg>,
    caf::reacts_to<caf::io::connection_closed_msg>, caf::reacts_to<caf::io::acceptor_closed_msg>>;

/// The MESSAGE FRONT takes calls from actors of the host application.
using message_front_actor =
    front_actor::extend<caf::replies_to<ask_atom, api_request>::with<api_response>,
                        caf::reacts_to<stream_atom, std::uint64_t, api_request, caf::actor>,
                        caf::replies_to<setup_atom, routing_ptr>::with<void>,
                        caf::reacts_to<setup_atom, upstream_actor>,
                        caf::replies_to<drain_atom, std::chrono::milliseconds>::with<void>>;

/// The ADMIN serves people and their tools on the admin port.
using admin_actor = caf::typed_actor<
    // Answered with the address it listens on, or with why it cannot.
    caf::replies_to<listen_atom>::with<std::string>,
    // A new configuration: its token, and what health says.
    caf::replies_to<setup_atom, routing_ptr>::with<void>,
    // The one that writes down changes, when it has been replaced.
    caf::reacts_to<setup_atom, audit_log_actor>,
    // Stop accepting; readyz says 503 from now on.
    caf::reacts_to<drain_atom>, caf::reacts_to<tick_atom>,
    // To itself: a minute of the history ends.
    caf::reacts_to<status_atom>, caf::reacts_to<caf::io::new_connection_msg>,
    caf::reacts_to<caf::io::new_data_msg>, caf::reacts_to<caf::io::data_transferred_msg>,
    caf::reacts_to<caf::io::connection_closed_msg>, caf::reacts_to<caf::io::acceptor_closed_msg>>;

/// The METRICS WRITER makes the text of /metrics, on CAF's scheduler: with many keys that takes
/// longer than the I/O thread may be held.
using metrics_writer_actor = caf::typed_actor<
    caf::replies_to<status_atom, observe::metrics_ptr, observe::status>::with<std::string>>;

/// The CONFIG WATCHER notices an edited file, loads, checks and edits it, on a thread of its own.
using config_watcher_actor = caf::typed_actor<
    // Something near the file has changed (from the I/O thread's inotify descriptor).
    caf::reacts_to<changed_atom>,
    // To itself: it has been quiet for a moment since.
    caf::reacts_to<tick_atom, std::uint64_t>, caf::replies_to<reload_atom>::with<reload_report>,
    caf::replies_to<edit_atom, config_edit>::with<edit_report>>;

// -- settings that carry handles -----------------------------------------------------------------

/// What a key needs to know: itself, and its provider's part that concerns it.
struct key_setup {
  key_uid uid = 0; ///< stays the same if its actor has to be replaced
  config::key_config key;
  dialect::kind dialect = dialect::kind::openai;
  dialect::signal_table signals = dialect::signal_table::generic;
  config::timeouts_config timeouts;
  transport::settings_ptr transport;
  quota_group_actor group; ///< null: it shares no quota
  std::string group_name;
  bool forget_rejection = false; ///< its config changed: a rejected key gets another chance
  bool leaving = false;          ///< not in the configuration any more: finish what is in flight
  observe::metrics_ptr counts;   ///< of the gateway; null: nobody counts
};

/// What a dispatcher needs to know.
struct dispatcher_setup {
  struct member {
    key_uid uid = 0;
    std::string id;
    key_actor key;
    bool enabled = true;
    std::uint32_t weight = 1;
  };
  config::model_config model;  ///< the entry that the name was found under
  bool load_balancing = false; ///< in effect
  config::waiting_line_config line;
  std::chrono::milliseconds request_timeout{0};
  std::vector<member> keys;    ///< in rotation order
  observe::metrics_ptr counts; ///< of the gateway; null: nobody counts
};

/// What the fronts need.
struct routing {
  std::uint64_t generation = 0;
  config::snapshot config;
  std::unordered_map<std::string, dispatcher_actor>
      dispatchers; ///< by the model name that callers use
  std::unordered_map<std::string, dispatcher_actor>
      provider_dispatchers;           ///< of calls without a model, by provider; made at first use
  std::vector<balance::owner> owners; ///< the keys, with the groups that they are in
  owner_book_actor book;              ///< null: the book itself is told
  observe::metrics_ptr counts;        ///< of the gateway; never null
  bool json_log = false;              ///< calls are logged as JSON objects
};

} // namespace keywheel

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::observe::metrics_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::key_setup)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(keywheel::dispatcher_setup)
