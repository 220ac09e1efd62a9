#pragma once

#include "balance/key_ledger.hpp"

#include <map>
#include <set>
#include <string>

namespace keywheel::balance::test {

/// A key_ledger that is held, at every step, against the plainest account of what it must say.
/// Throws `violation`.
class checked_key {
public:
  checked_key(bool enabled, std::uint32_t max_in_flight, config::cooldown_config cooldown,
              time_point now);

  void configure(bool enabled, std::uint32_t max_in_flight, time_point now);
  void reset(time_point now);
  std::optional<lease_id> admit(const std::string& model, time_point now);

  /// Releases a lease, and tries to do so twice.
  void release(lease_id lease, const std::string& model, time_point now);
  bool is_out(lease_id lease) const;

  /// Returns whether the key was charged.
  bool apply(const dialect::verdict& what, const std::string& model, time_point now);

  availability available_for(const std::string& model, time_point now) const;

  /// Since when the key has been neither disabled, rejected nor cooling for `model`; the end of
  /// time if it is.
  time_point willing_since(const std::string& model, time_point now) const;

  bool enabled() const { return enabled_; }
  std::uint32_t max_in_flight() const { return max_in_flight_; }
  std::size_t in_flight() const { return out_.size(); }

private:
  time_point rests_until(const std::string& model) const;

  key_ledger ledger_;
  config::cooldown_config cooldown_;
  bool enabled_;
  bool rejected_ = false;
  std::uint32_t max_in_flight_;
  time_point in_service_since_;
  std::map<std::string, time_point> rests_; ///< by model; "" for the whole key
  std::set<lease_id> out_;
  std::set<lease_id> ever_;
};

} // namespace keywheel::balance::test
