#pragma once

#include "dialect/verdict.hpp"
#include "time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <class T>
class Family;
} // namespace prometheus

/// What is counted while it happens, for Prometheus. What can be read off the gateway's status is
/// not counted here but shown by metrics_page.hpp.
///
/// Everything has a plain method. Those of the meters cost a few additions to atomic numbers: who
/// counts often holds its meter, and looks nothing up.
namespace keywheel::observe {

/// How a call came out, as its client saw it.
enum class call_outcome : std::uint8_t {
  answered, ///< by the provider, whatever it said, or by ourselves with what was asked for
  refused,  ///< by ourselves
  broken,   ///< its answer had begun and did not come to its end
  left      ///< the client went before it did
};
constexpr std::size_t call_outcomes = 4;
std::string_view to_string(call_outcome how) noexcept;

/// How an attempt came out; the names are those of attempt_result, in actors/messages.hpp.
enum class attempt_outcome : std::uint8_t { answered, refused, failed, abandoned, unsent };
constexpr std::size_t attempt_outcomes = 5;
std::string_view to_string(attempt_outcome how) noexcept;

/// A call that has ended.
struct call_figures {
  call_outcome outcome = call_outcome::answered;
  unsigned status = 0; ///< 0: the client left before there was one
  duration total{};
  std::optional<duration> first_byte; ///< of a provider's answer
  std::optional<duration> added;      ///< what of it is ours; known where first_byte is
};

/// Counts the calls of one model.
class model_meter {
public:
  void call_ended(const call_figures& what);

private:
  friend class metrics;
  static constexpr std::size_t status_classes = 6; ///< none, 1xx … 5xx

  std::string name_;
  prometheus::Family<prometheus::Counter>* calls_ = nullptr;
  std::array<std::array<prometheus::Counter*, status_classes>, call_outcomes> counters_{};
  prometheus::Histogram* seconds_ = nullptr;
  prometheus::Histogram* first_byte_ = nullptr;
  prometheus::Histogram* added_ = nullptr; ///< shared by all models
};

/// Counts the attempts of one key.
class key_meter {
public:
  void attempt_ended(attempt_outcome how);

private:
  friend class metrics;
  std::array<prometheus::Counter*, attempt_outcomes> attempts_{};
};

/// All that one gateway counts. Meters live as long as this object. For the I/O thread; only
/// registry() may be read from elsewhere meanwhile.
class metrics {
public:
  /// Models that have series of their own: patterns let callers invent names.
  static constexpr std::size_t most_models = 1000;

  metrics();
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  /// The meter of a model that calls may name; of one too many, the meter of the model "other".
  model_meter& of_model(std::string_view name);

  /// The meter of requests that name no model, or none that is configured.
  model_meter& of_no_model() noexcept { return no_model_; }

  /// The meter of a key, which keeps its counts if it goes and comes back.
  key_meter& of_key(const std::string& id);

  /// A cooldown began or was extended. `key` is the id of the key whose answer said so; empty where
  /// it concerns a provider as a whole.
  void cooldown_began(dialect::reason why, dialect::scope where, const std::string& provider,
                      const std::string& key);

  /// A call left the waiting line.
  void waited(duration how_long);

  /// A new configuration was put in force, or refused.
  void reloaded(bool accepted);

  void connection_opened();
  void connection_closed();

  /// For collecting: prometheus-cpp lets any thread do that.
  const prometheus::Registry& registry() const noexcept { return *registry_; }

private:
  void set_up(model_meter& which, std::string name);

  std::unique_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Counter>& attempts_;
  prometheus::Family<prometheus::Counter>& cooldowns_;
  prometheus::Family<prometheus::Histogram>& call_seconds_;
  prometheus::Family<prometheus::Histogram>& first_byte_seconds_;
  prometheus::Histogram& added_seconds_;
  prometheus::Histogram& wait_seconds_;
  prometheus::Counter& reloads_accepted_;
  prometheus::Counter& reloads_refused_;
  prometheus::Gauge& open_connections_;
  std::map<std::string, model_meter, std::less<>> models_;
  std::map<std::string, key_meter, std::less<>> keys_;
  model_meter no_model_;
};

/// Shared by the parts of one gateway.
using metrics_ptr = std::shared_ptr<metrics>;

/// A text as the value of a label: valid UTF-8 (anything else and Prometheus drops the whole
/// scrape), and not long.
std::string label_text(std::string_view text);

} // namespace keywheel::observe
