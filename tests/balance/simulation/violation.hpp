#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace keywheel::balance::test {

/// What must hold at every step of a simulation. The first eight are those of DESIGN §6 that
/// concern the balance, by their numbers there.
enum class rule : std::uint8_t {
  resting_key,      ///< 1: no attempt goes out by a cooled, disabled or removed key
  no_key,           ///< 2: "no key available" is never said while one is
  round_robin,      ///< 3: exact over any window, among keys that are always free
  lease,            ///< 4: each is released exactly once
  cooldown_shorter, ///< 5: never by a signal
  one_answer,       ///< 6: each call has one, and nothing happens to it after that
  replay,           ///< 7: only of what was refused or not sent, or where that is allowed
  one_charge,       ///< 8: a bad request costs at most one key
  budget,           ///< of no key and no group exceeded, in any window
  one_probe,        ///< at a time of each rest
  first_come,       ///< first served, among the calls of a client; and nobody overtakes the line
  fairness,         ///< of two clients that wait, one is served at most two calls more
  lost_call,        ///< none is: everybody who stays gets an answer
  line_bound,       ///< no more calls wait than the line has places
  bound,            ///< a bound call is never served by another key
  deadline,         ///< every call has ended by its own
  bookkeeping       ///< whatever else a pool and its keys owe each other
};

std::string_view to_string(rule which) noexcept;

/// A rule that did not hold.
struct violation : std::runtime_error {
  violation(rule which, const std::string& what)
      : std::runtime_error(std::string{to_string(which)} + ": " + what), broken(which) {}
  rule broken;
};

inline void require(bool holds, rule which, const char* what) {
  if (!holds)
    throw violation{which, what};
}

} // namespace keywheel::balance::test
