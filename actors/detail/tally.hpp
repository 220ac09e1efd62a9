#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace keywheel::detail {

/// Runs a function once after a number of answers have come in. For one actor's own use.
class tally {
public:
  static std::shared_ptr<tally> make(std::function<void()> then) {
    return std::make_shared<tally>(std::move(then));
  }

  explicit tally(std::function<void()> then) : then_(std::move(then)) {}

  /// One more answer is awaited.
  void add() noexcept { ++open_; }

  /// One has come in.
  void done() {
    if (--open_ == 0)
      std::exchange(then_, nullptr)();
  }

  /// No more will be added; if none is awaited, this is the moment.
  void seal() { done(); }

private:
  std::size_t open_ = 1; // the one that seal() takes
  std::function<void()> then_;
};

} // namespace keywheel::detail
