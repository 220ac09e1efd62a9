#pragma once

#include "dialect/usage.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace keywheel::observe {

/// What the calls of one client have used of one model.
struct usage_row {
  std::string model;
  std::string client; ///< its name in the configuration; empty: a caller that has none
  std::uint64_t requests = 0;
  std::uint64_t input = 0; ///< tokens, as in dialect::usage
  std::uint64_t cached = 0;
  std::uint64_t output = 0;
  std::uint64_t reasoning = 0;

  bool operator==(const usage_row&) const = default;
};

/// Counts requests and tokens of one key, per model and client. Patterns let callers invent names
/// of models, so the combinations are bounded: those that come too late are counted together.
class usage_table {
public:
  /// Rows that have names of their own.
  static constexpr std::size_t most_rows = 1000;
  /// Model and client of the row for all others.
  static constexpr std::string_view other = "other";

  /// Number of the row of a combination, made at its first use. It holds as long as this object.
  std::uint32_t row_of(std::string_view model, std::string_view client);

  /// A request was sent; or it was not after all.
  void count_request(std::uint32_t row) { ++rows_.at(row).requests; }
  void uncount_request(std::uint32_t row) { --rows_.at(row).requests; }

  /// An answer has said what it used.
  void count_tokens(std::uint32_t row, const dialect::usage& used);

  /// In the order of their first use.
  const std::vector<usage_row>& rows() const noexcept { return rows_; }

private:
  struct name_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class Value>
  using by_name = std::unordered_map<std::string, Value, name_hash, std::equal_to<>>;

  std::uint32_t new_row(std::string_view model, std::string_view client);

  std::vector<usage_row> rows_;
  by_name<by_name<std::uint32_t>> numbers_; ///< by model, then by client
};

} // namespace keywheel::observe
