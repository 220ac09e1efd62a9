#pragma once

#include <caf/atom.hpp>
#include <caf/type_id.hpp>

// Atoms, written as CAF 0.18 and later want them. Ten characters at most (CAF 0.17).
CAF_BEGIN_TYPE_ID_BLOCK(keywheel, caf::first_custom_type_id)

// The way of a call.
CAF_ADD_ATOM(keywheel, keywheel, call_atom, "kwcall")
CAF_ADD_ATOM(keywheel, keywheel, next_atom, "kwnext")
CAF_ADD_ATOM(keywheel, keywheel, attempt_atom, "kwattempt")
CAF_ADD_ATOM(keywheel, keywheel, signal_atom, "kwsignal")
CAF_ADD_ATOM(keywheel, keywheel, late_atom, "kwlate")
CAF_ADD_ATOM(keywheel, keywheel, commit_atom, "kwcommit")
CAF_ADD_ATOM(keywheel, keywheel, discard_atom, "kwdiscard")
CAF_ADD_ATOM(keywheel, keywheel, answer_atom, "kwanswer")
CAF_ADD_ATOM(keywheel, keywheel, refuse_atom, "kwrefuse")
CAF_ADD_ATOM(keywheel, keywheel, written_atom, "kwwritten")
CAF_ADD_ATOM(keywheel, keywheel, cancel_atom, "kwcancel")
CAF_ADD_ATOM(keywheel, keywheel, release_atom, "kwrelease")
CAF_ADD_ATOM(keywheel, keywheel, verdict_atom, "kwverdict")
CAF_ADD_ATOM(keywheel, keywheel, success_atom, "kwsuccess")
CAF_ADD_ATOM(keywheel, keywheel, probe_atom, "kwprobe")
CAF_ADD_ATOM(keywheel, keywheel, made_atom, "kwmade")
CAF_ADD_ATOM(keywheel, keywheel, gone_atom, "kwgone")

// Keys and their dispatchers.
CAF_ADD_ATOM(keywheel, keywheel, state_atom, "kwstate")
CAF_ADD_ATOM(keywheel, keywheel, follow_atom, "kwfollow")
CAF_ADD_ATOM(keywheel, keywheel, setup_atom, "kwsetup")
CAF_ADD_ATOM(keywheel, keywheel, watch_atom, "kwwatch")
CAF_ADD_ATOM(keywheel, keywheel, pardon_atom, "kwpardon")
CAF_ADD_ATOM(keywheel, keywheel, reset_atom, "kwreset")
CAF_ADD_ATOM(keywheel, keywheel, retire_atom, "kwretire")
CAF_ADD_ATOM(keywheel, keywheel, tick_atom, "kwtick")

// The gateway and its people.
CAF_ADD_ATOM(keywheel, keywheel, apply_atom, "kwapply")
CAF_ADD_ATOM(keywheel, keywheel, reload_atom, "kwreload")
CAF_ADD_ATOM(keywheel, keywheel, edit_atom, "kwedit")
CAF_ADD_ATOM(keywheel, keywheel, audit_atom, "kwaudit")
CAF_ADD_ATOM(keywheel, keywheel, problem_atom, "kwproblem")
CAF_ADD_ATOM(keywheel, keywheel, changed_atom, "kwchanged")
CAF_ADD_ATOM(keywheel, keywheel, keep_atom, "kwkeep")
CAF_ADD_ATOM(keywheel, keywheel, status_atom, "kwstatus")
CAF_ADD_ATOM(keywheel, keywheel, ready_atom, "kwready")
CAF_ADD_ATOM(keywheel, keywheel, drain_atom, "kwdrain")
CAF_ADD_ATOM(keywheel, keywheel, listen_atom, "kwlisten")
CAF_ADD_ATOM(keywheel, keywheel, ask_atom, "kwask")
CAF_ADD_ATOM(keywheel, keywheel, stream_atom, "kwstream")
CAF_ADD_ATOM(keywheel, keywheel, chunk_atom, "kwchunk")
CAF_ADD_ATOM(keywheel, keywheel, done_atom, "kwdone")

CAF_END_TYPE_ID_BLOCK(keywheel)
