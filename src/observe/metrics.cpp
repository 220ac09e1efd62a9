#include "observe/metrics.hpp"

#include "dialect/json.hpp"
#include "observe/log.hpp"

#include <algorithm>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace keywheel::observe {

namespace {

using buckets = prometheus::Histogram::BucketBoundaries;

constexpr std::string_view other_model = "other";
constexpr std::size_t longest_label = 128;

/// Up to the ten minutes that a call may take.
const buckets call_buckets{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600};
const buckets wait_buckets{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120};
const buckets added_buckets{0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025,
                            0.005,   0.01,   0.025,   0.05,   0.1,   0.5};

constexpr std::array<std::string_view, call_outcomes> outcome_words{"answered", "refused", "broken",
                                                                    "left"};
constexpr std::array<std::string_view, attempt_outcomes> attempt_words{
    "answered", "refused", "failed", "abandoned", "unsent"};
constexpr std::array<const char*, 6> class_words{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

double seconds(duration time) {
  return std::chrono::duration<double>{std::max(time, duration::zero())}.count();
}

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& in, const char* name,
                                                  const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(in);
}

prometheus::Family<prometheus::Histogram>& histograms(prometheus::Registry& in, const char* name,
                                                      const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(in);
}

prometheus::Counter& reloads(prometheus::Registry& in, const char* result) {
  return counters(in, "keywheel_reloads_total",
                  "Configurations that were put in force or refused since the start.")
      .Add({{"result", result}});
}

} // namespace

std::string_view to_string(call_outcome how) noexcept {
  return outcome_words[static_cast<std::size_t>(how)];
}

std::string_view to_string(attempt_outcome how) noexcept {
  return attempt_words[static_cast<std::size_t>(how)];
}

std::string label_text(std::string_view text) {
  if (text.size() <= longest_label && dialect::is_utf8(text))
    return std::string{text};
  return one_line(text, longest_label);
}

// -- model_meter ---------------------------------------------------------------------------------

void model_meter::call_ended(const call_figures& what) {
  const auto status = std::min<std::size_t>(what.status / 100, status_classes - 1);
  auto*& counter = counters_[static_cast<std::size_t>(what.outcome)][status];
  if (counter == nullptr)
    counter = &calls_->Add({{"model", name_},
                            {"outcome", std::string{to_string(what.outcome)}},
                            {"status", class_words[status]}});
  counter->Increment();
  seconds_->Observe(seconds(what.total));
  if (what.first_byte)
    first_byte_->Observe(seconds(*what.first_byte));
  if (what.added)
    added_->Observe(seconds(*what.added));
}

// -- key_meter -----------------------------------------------------------------------------------

void key_meter::attempt_ended(attempt_outcome how) {
  attempts_[static_cast<std::size_t>(how)]->Increment();
}

// -- metrics -------------------------------------------------------------------------------------

metrics::metrics()
    : registry_(std::make_unique<prometheus::Registry>()),
      calls_(counters(*registry_, "keywheel_calls_total",
                      "Requests on the data port by how they ended. The model is empty where a "
                      "request named none that is configured; the status is the class of what the "
                      "client was answered, none if it left before.")),
      attempts_(counters(*registry_, "keywheel_attempts_total",
                         "Requests to providers that have ended, by key and outcome.")),
      cooldowns_(counters(*registry_, "keywheel_cooldowns_total",
                          "Cooldowns that began or were extended. The key is the one whose answer "
                          "said so, empty where a provider rests as a whole.")),
      call_seconds_(histograms(*registry_, "keywheel_call_seconds",
                               "Whole time of a call, from its header section to the last byte of "
                               "its answer.")),
      first_byte_seconds_(histograms(*registry_, "keywheel_time_to_first_byte_seconds",
                                     "From a call's header section to the first byte of a "
                                     "provider's answer that is passed on.")),
      added_seconds_(
          histograms(*registry_, "keywheel_added_latency_seconds",
                     "What Keywheel itself adds to a call that a provider answers: from the last "
                     "byte of its request to the first byte of the answer that is passed on, less "
                     "the time in the waiting line and less the time that its attempts were at "
                     "providers (from handing one to the transport to the beginning, or the "
                     "failure, of its answer).")
              .Add({}, added_buckets)),
      wait_seconds_(histograms(*registry_, "keywheel_wait_seconds",
                               "Time in the waiting line, of calls that had to wait and are out "
                               "of it again.")
                        .Add({}, wait_buckets)),
      reloads_accepted_(reloads(*registry_, "accepted")),
      reloads_refused_(reloads(*registry_, "refused")),
      open_connections_(prometheus::BuildGauge()
                            .Name("keywheel_open_connections")
                            .Help("Client connections on the data port.")
                            .Register(*registry_)
                            .Add({})) {
  set_up(no_model_, "");
}

metrics::~metrics() = default;

void metrics::set_up(model_meter& which, std::string name) {
  which.name_ = std::move(name);
  which.calls_ = &calls_;
  which.seconds_ = &call_seconds_.Add({{"model", which.name_}}, call_buckets);
  which.first_byte_ = &first_byte_seconds_.Add({{"model", which.name_}}, call_buckets);
  which.added_ = &added_seconds_;
}

model_meter& metrics::of_model(std::string_view name) {
  const auto known = models_.find(name);
  if (known != models_.end())
    return known->second;
  if (models_.size() >= most_models && name != other_model)
    return of_model(other_model);
  auto& result = models_[std::string{name}];
  set_up(result, label_text(name));
  return result;
}

key_meter& metrics::of_key(const std::string& id) {
  const auto [place, is_new] = keys_.try_emplace(id);
  auto& result = place->second;
  if (is_new)
    for (std::size_t i = 0; i < attempt_outcomes; ++i)
      result.attempts_[i] =
          &attempts_.Add({{"key", label_text(id)}, {"outcome", std::string{attempt_words[i]}}});
  return result;
}

void metrics::cooldown_began(dialect::reason why, dialect::scope where, const std::string& provider,
                             const std::string& key) {
  cooldowns_
      .Add({{"reason", std::string{dialect::to_string(why)}},
            {"scope", std::string{dialect::to_string(where)}},
            {"provider", label_text(provider)},
            {"key", label_text(key)}})
      .Increment();
}

void metrics::waited(duration how_long) {
  wait_seconds_.Observe(seconds(how_long));
}

void metrics::reloaded(bool accepted) {
  (accepted ? reloads_accepted_ : reloads_refused_).Increment();
}

void metrics::connection_opened() {
  open_connections_.Increment();
}

void metrics::connection_closed() {
  open_connections_.Decrement();
}

} // namespace keywheel::observe
