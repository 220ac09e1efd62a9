#pragma once

#include "balance/types.hpp"
#include "dialect/limits.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::balance {

/// What one owner knows of the provider's own limits, per model, from the headers of any answer:
/// buckets that are kept in step with what was admitted since, so that the owner rests before it is
/// refused, and no longer than until the next request fits.
///
/// A bucket that `refills` gains evenly; one that does not is full again at its reset. Other
/// people's traffic may use the same limit, so a fresh reading always wins over our own
/// book-keeping, less what we admitted after the request that it answers: the provider had not
/// counted that yet. Answers come out of order: one whose request was admitted before that of a
/// reading already known may only lower the level. The dimensions input_tokens and output_tokens
/// are not charged for admissions, since a demand does not say how it divides: they rest the owner
/// only while a reading says that they are used up. A model's limits are forgotten ten minutes
/// after its last reading, or when its last bucket is full if that is later. Not synchronised.
class learned_limits {
public:
  /// What is remembered of a request that went out, until its answer is read.
  struct mark {
    std::uint64_t order = 0;
    std::int64_t requests = 0; ///< admitted for the model until then, this one included
    std::int64_t tokens = 0;
  };

  /// Counts one request for `model`.
  mark admitted(std::string_view model, const demand& what, time_point now);

  /// Takes in the readings of an answer to the request with this mark. Returns true if anything
  /// that concerns `model` may have changed.
  /// @param longest no reading rests anybody for longer: after that a request asks again
  bool read(std::string_view model, const mark& of, const dialect::limit_readings& readings,
            time_point now, duration longest = duration::max());

  /// When a request of this demand fits as far as is known; `now` if it does. A demand larger than
  /// a limit fits when the bucket is full.
  time_point free_at(std::string_view model, const demand& what, time_point now) const;

  /// How many requests of this demand fit now; availability::unlimited where nothing is known.
  std::uint32_t free_slots(std::string_view model, const demand& what, time_point now) const;

  /// The limits that hold back even the smallest request, as cooldowns of `scope`: reason
  /// rate_limit, source the header that said so. By model.
  std::vector<cooldown> list(dialect::scope scope, time_point now) const;

  /// The next time at which the smallest request for some model fits that does not now.
  std::optional<time_point> next_fit(time_point now) const;

  void reset() noexcept { models_.clear(); }

private:
  static constexpr std::size_t dimensions = 4;

  /// One dimension of one model.
  struct bucket {
    double limit = 0;
    double level = 0;    ///< at `as_of`; negative where more was admitted than fits
    double rate = 0;     ///< per second; 0: it does not refill, but is full at `full_at`
    double measured = 0; ///< seconds of refill that `rate` was read from: the more, the truer
    time_point as_of;
    time_point full_at;                        ///< where rate is 0
    time_point asks_again = time_point::max(); ///< when it holds nobody back any more
    std::string_view source;                   ///< static text
  };

  struct model_limits {
    std::array<std::optional<bucket>, dimensions> buckets;
    std::int64_t requests = 0; ///< admitted so far
    std::int64_t tokens = 0;
    std::uint64_t last_order = 0; ///< of the request of the freshest reading
    time_point last_seen;         ///< a reading, or a request
  };

  static void bring_to(bucket& one, time_point now);
  static double level_at(const bucket& of, time_point now);
  static double need_of(std::size_t dimension, const bucket& of, const demand& what);
  static double cost_of(std::size_t dimension, const bucket& of, const demand& what);
  static time_point fits_at(const bucket& of, double need, time_point now);
  static bool take_in(std::optional<bucket>& into, const dialect::limit_reading& from,
                      double admitted_since, time_point now, duration longest);
  static void learn_rate(bucket& into, const dialect::limit_reading& from, bool other_limit);
  const model_limits* find(std::string_view model) const;
  void forget_idle(time_point now);

  std::uint64_t last_order_ = 0;
  std::map<std::string, model_limits, std::less<>> models_;
};

} // namespace keywheel::balance
