#include "observe/metrics_page.hpp"

#include <map>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <utility>
#include <vector>

namespace keywheel::observe {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// The words of key_status::state.
constexpr const char* key_states[] = {"available", "busy",     "cooling",
                                      "disabled",  "draining", "rejected"};

MetricFamily family(const char* name, const char* help, MetricType type = MetricType::Gauge) {
  MetricFamily result;
  result.name = name;
  result.help = help;
  result.type = type;
  return result;
}

void add(MetricFamily& to, double value, std::vector<ClientMetric::Label> labels = {}) {
  auto& sample = to.metric.emplace_back();
  sample.label = std::move(labels);
  if (to.type == MetricType::Counter)
    sample.counter.value = value;
  else
    sample.gauge.value = value;
}

MetricFamily single(const char* name, const char* help, double value,
                    MetricType type = MetricType::Gauge) {
  auto result = family(name, help, type);
  add(result, value);
  return result;
}

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

/// One key twice, where its credential was renewed and the old one still drains: two samples of one
/// series would spoil the scrape, so their numbers are added.
template <class Value>
void add_all(MetricFamily& to, const char* label, const std::map<std::string, Value>& values) {
  for (const auto& [name, value] : values)
    add(to, number(value), {{label, name}});
}

MetricFamily states(const status& now) {
  auto result = family("keywheel_key_state", "1 for the state that a key is in, 0 for the others.");
  std::map<std::string, std::string> by_key;
  for (const auto& key : now.keys)
    if (auto& state = by_key[label_text(key.id)]; state.empty() || state == "draining")
      state = key.state;
  for (const auto& [id, is] : by_key)
    for (const auto* state : key_states)
      add(result, is == state ? 1 : 0, {{"key", id}, {"state", state}});
  return result;
}

MetricFamily in_flight(const status& now) {
  auto result = family("keywheel_in_flight", "Attempts under way.");
  std::map<std::string, std::uint64_t> by_key;
  for (const auto& key : now.keys)
    by_key[label_text(key.id)] += key.in_flight;
  add_all(result, "key", by_key);
  return result;
}

MetricFamily waiting(const status& now) {
  auto result = family("keywheel_waiting", "Calls in the waiting line.");
  std::map<std::string, std::uint64_t> by_model;
  for (const auto& model : now.models)
    if (!model.pattern)
      by_model[label_text(model.name)] += model.waiting;
  add_all(result, "model", by_model);
  return result;
}

MetricFamily tokens(const status& now) {
  auto result = family("keywheel_tokens_total",
                       "Tokens as the providers count them. Cached ones are of the input, "
                       "reasoning ones of the output.",
                       MetricType::Counter);
  struct sums {
    std::uint64_t input = 0, cached = 0, output = 0, reasoning = 0;
  };
  std::map<std::pair<std::string, std::string>, sums> all;
  for (const auto& key : now.keys)
    for (const auto& row : key.usage) {
      auto& to = all[{label_text(key.id), label_text(row.model)}];
      to.input += row.input;
      to.cached += row.cached;
      to.output += row.output;
      to.reasoning += row.reasoning;
    }
  for (const auto& [of, used] : all)
    for (const auto& [kind, value] :
         {std::pair{"input", used.input}, std::pair{"cached", used.cached},
          std::pair{"output", used.output}, std::pair{"reasoning", used.reasoning}})
      add(result, number(value), {{"key", of.first}, {"model", of.second}, {"kind", kind}});
  return result;
}

MetricFamily build_info() {
  auto result = family("keywheel_build_info", "1, with the version as a label.");
  add(result, 1, {{"version", KEYWHEEL_VERSION}});
  return result;
}

void put_process(std::vector<MetricFamily>& to, const process_figures& of) {
  to.push_back(single("process_cpu_seconds_total", "User and system CPU time spent.",
                      of.cpu_seconds, MetricType::Counter));
  to.push_back(
      single("process_start_time_seconds", "Start time, in seconds since 1970.", of.start_time));
  to.push_back(
      single("process_resident_memory_bytes", "Resident memory.", number(of.resident_bytes)));
  to.push_back(single("process_virtual_memory_bytes", "Virtual memory.", number(of.virtual_bytes)));
  to.push_back(single("process_open_fds", "Open file descriptors.", number(of.open_descriptors)));
  to.push_back(single("process_max_fds", "Open file descriptors that are allowed.",
                      number(of.most_descriptors)));
}

} // namespace

std::string metrics_page(const metrics& counted, const status& now,
                         const std::optional<process_figures>& process) {
  auto all = counted.registry().Collect();
  all.push_back(states(now));
  all.push_back(in_flight(now));
  all.push_back(waiting(now));
  all.push_back(tokens(now));
  all.push_back(single("keywheel_config_generation", "The configuration in force.",
                       number(now.config.generation)));
  all.push_back(build_info());
  if (process)
    put_process(all, *process);
  return prometheus::TextSerializer{}.Serialize(all);
}

} // namespace keywheel::observe
