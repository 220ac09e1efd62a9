#include "tests/balance/simulation/world.hpp"

#include "tests/balance/at.hpp"

#include <algorithm>

namespace keywheel::balance::test {

namespace {

/// Far more than any schedule takes: one that takes as many does not end.
constexpr std::uint64_t most_events = 100'000;

} // namespace

tally& tally::operator+=(const tally& other) {
  for (std::size_t i = 0; i < placed.size(); ++i)
    placed[i] += other.placed[i];
  served += other.served;
  passed_back += other.passed_back;
  left += other.left;
  probes += other.probes;
  model_probes += other.model_probes;
  pardons += other.pardons;
  moves += other.moves;
  exhausted += other.exhausted;
  late += other.late;
  return *this;
}

world::world(const plan& with, flaw wrong)
    : plan_(with),
      wrong_(wrong),
      dice_(with.seed, 3),
      now_(at(0s)),
      last_delivery_(std::size_t{most_actors} * most_actors) {
  for (std::uint32_t i = 0; i < plan_.models; ++i) {
    pools_.push_back(std::make_unique<sim_pool>(plan_.line, plan_.jitter ? with.seed | 1U : 0));
    auto& pool = *pools_.back();
    pool.number = next_actor();
    pool.index = i;
    pool.model = i == 0 ? "a" : "b";
    configure(pool);
  }
}

world::~world() = default;

tally world::run() {
  for (const auto& one : plan_.keys)
    add_key(one);
  reload();
  // The first words of the keys are in before the first call.
  const auto start = at(plan_.max_delay * 4 + 1ms);
  for (const auto& one : plan_.calls) {
    calls_.push_back(std::make_unique<sim_call>());
    auto& call = *calls_.back();
    call.with = one;
    call.id = one.number;
    call.arrived = start + one.arrives;
    call.deadline = call.arrived + one.deadline;
    schedule(call.arrived, [this, &call] {
      call.is_at = sim_call::place::under_way;
      send(people, pools_[call.with.model]->number, [this, &call] { place(call); });
    });
    if (one.leaves)
      schedule(call.arrived + *one.leaves, [this, &call] { caller_leaves(call); });
  }
  for (const auto& one : plan_.changes)
    schedule(start + one.when, [this, &one] { change(one); });
  while (!queue_.empty()) {
    const auto next = queue_.top();
    queue_.pop();
    now_ = next.when;
    const auto what = std::move(actions_[next.what]);
    done_.push_back(next.what);
    what();
    require(++events_ < most_events, rule::lost_call, "the schedule comes to an end");
  }
  check_end();
  return tally_;
}

void world::schedule(time_point when, action what) {
  if (done_.empty()) {
    done_.push_back(static_cast<std::uint32_t>(actions_.size()));
    actions_.emplace_back();
  }
  const auto where = done_.back();
  done_.pop_back();
  actions_[where] = std::move(what);
  queue_.push({when, number_++, where});
}

/// Delivers after a random delay, in the order of sending between the two.
void world::send(actor_number from, actor_number to, action what) {
  auto& last = last_delivery_[std::size_t{from} * most_actors + to];
  last = std::max(last, now_ + dice_.between(0s, plan_.max_delay));
  schedule(last, std::move(what));
}

void world::note(const std::string& what) const {
  if (trace != nullptr)
    trace->push_back(std::to_string(std::chrono::duration<double>(now_ - at(0s)).count()) + " "
                     + what);
}

actor_number world::next_actor() {
  require(actors_ < most_actors, rule::bookkeeping, "a plan has few actors");
  return actors_++;
}

} // namespace keywheel::balance::test
